/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request's file in /var/lib/connshare. */
#include "core/value/request.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GKeyFile) written = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRequest) request = NULL;
  g_autoptr (CsRequest) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (!g_key_file_load_from_data (file, (const char *)data, size, 0, NULL))
    return 0;
  request = cs_request_from_key_file (file, &error);
  g_assert_true (!request == (error != NULL));
  if (!request)
    return 0;
  cs_request_to_key_file (request, written);
  text = g_key_file_to_data (written, NULL, NULL);
  again = cs_request_from_key_file (written, NULL);
  g_assert_nonnull (again);
  cs_request_to_key_file (again, written);
  text_again = g_key_file_to_data (written, NULL, NULL);
  g_assert_cmpstr (text, ==, text_again);
  return 0;
}
