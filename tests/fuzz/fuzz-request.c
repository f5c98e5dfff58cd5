/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request as it comes over D-Bus: "LAN\nWAN\n" and a dictionary of options, either as
 * GVariant serializes it or, after an '=', in its text form, which a fuzzer and a reader
 * of the seeds have an easier time with. What is accepted must survive everything that
 * is done with requests later. */
#include "core/value/request.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GVariant *
read_options (const char *data, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;

  if (size > 0 && data[0] == '=')
    {
      g_autofree char *text = g_strndup (data + 1, size - 1);

      /* of what is no UTF-8 the parser makes strings that GVariant does not allow */
      return g_utf8_validate (text, -1, NULL)
                 ? g_variant_parse (NULL, text, NULL, NULL, NULL)
                 : NULL;
    }
  bytes = g_bytes_new (data, size);
  return g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

/* The text up to the next line feed, which @data then points behind. */
static char *
read_line (const char **data, gsize *size)
{
  const char *end = memchr (*data, '\n', *size);
  gsize length = end ? (gsize)(end - *data) : *size;
  char *line = g_strndup (*data, length);

  *data += length + (end ? 1 : 0);
  *size -= length + (end ? 1 : 0);
  return line;
}

static gboolean
are_equal (const CsRequest *a, const CsRequest *b)
{
  g_autoptr (GKeyFile) file_a = g_key_file_new ();
  g_autoptr (GKeyFile) file_b = g_key_file_new ();
  g_autofree char *text_a = NULL;
  g_autofree char *text_b = NULL;

  cs_request_to_key_file (a, file_a);
  cs_request_to_key_file (b, file_b);
  text_a = g_key_file_to_data (file_a, NULL, NULL);
  text_b = g_key_file_to_data (file_b, NULL, NULL);
  return g_str_equal (text_a, text_b);
}

static void
check (const CsRequest *request)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (cs_request_options (request));
  g_autoptr (CsRequest) again
      = cs_request_new (request->lan, request->wan, options, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (CsRequest) read = NULL;

  /* the options do not tell it */
  g_assert_true (again && !again->hotspot.passphrase);
  again->hotspot.passphrase = g_strdup (request->hotspot.passphrase);
  g_assert_true (are_equal (request, again));
  cs_request_to_key_file (request, file);
  read = cs_request_from_key_file (file, NULL);
  g_assert_true (read && are_equal (request, read));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *rest = (const char *)data;
  g_autofree char *lan = read_line (&rest, &size);
  g_autofree char *wan = read_line (&rest, &size);
  g_autoptr (GVariant) options = read_options (rest, size);
  g_autoptr (CsRequest) known = cs_request_new ("lan0", "ppp0", NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) update_error = NULL;
  g_autoptr (CsRequest) request = cs_request_new (lan, wan, options, &error);
  g_autoptr (CsRequest) updated = NULL;

  g_assert_true (!request == (error != NULL));
  if (request)
    check (request);
  if (!options)
    return 0;
  updated = cs_request_update (known, options, &update_error);
  g_assert_true (!updated == (update_error != NULL));
  if (updated)
    check (updated);
  return 0;
}
