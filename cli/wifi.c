/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl wifi: how to join an access point, in words, as JSON, and as a QR code on
 * the terminal or in a file. */
#include "call.h"
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "errors.h"
#include "json.h"
#include "output.h"
#include "qr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void
print_row (const char *name, const char *value)
{
  g_autofree char *clean = cs_output_clean (value);

  printf ("%-11s %s\n", name, clean);
}

static void
print_words (GVariant *data)
{
  const char *passphrase = cs_dictionary_get_string (data, "passphrase");

  print_row ("network", cs_dictionary_get_string (data, "ssid"));
  if (cs_dictionary_get_boolean (data, "hidden"))
    print_row ("", "(hidden: clients have to type its name)");
  print_row ("passphrase",
             *passphrase != '\0' ? passphrase : "none: anybody can join and listen");
  print_row ("security", cs_dictionary_get_string (data, "security"));
}

/* A code that the terminal wraps cannot be scanned. */
static void
print_code (const CsQr *qr)
{
  g_autofree char *drawing = cs_qr_to_text (qr, cs_output_wants_color ());

  if (cs_output_has_room (cs_qr_get_width (qr)))
    printf ("\n%s", drawing);
  else
    printf ("\nThe QR code needs %u columns: widen the terminal, or use --png FILE\n",
            cs_qr_get_width (qr));
}

static void
print_json (GVariant *data)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cs_json_add_dictionary (builder, data);
  json_builder_end_object (builder);
  cs_json_print (builder);
}

static gboolean
replace_file (const char *path, const char *data, gsize size, GError **error)
{
  return g_file_set_contents_full (path, data, (gssize)size,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static gboolean
write_into (const char *path, const char *data, gsize size, GError **error)
{
  FILE *file = fopen (path, "we");
  gboolean written = file != NULL && fwrite (data, 1, size, file) == size;

  if (file == NULL || fclose (file) != 0 || !written)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "cannot write the picture to \"%s\": %s", path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/* The picture is as good as the passphrase: only its owner may read the file. But a
 * file must not replace a pipe or a device. */
static int
write_png (const CsQr *qr, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = cs_qr_to_png (qr, &error);
  struct stat found;
  gsize size;
  const char *data;
  gboolean is_file = stat (path, &found) < 0 || S_ISREG (found.st_mode);
  g_autofree char *target = is_file ? realpath (path, NULL) : NULL;

  if (png == NULL)
    return cs_command_failed (error);
  data = g_bytes_get_data (png, &size);
  if (is_file ? replace_file (target != NULL ? target : path, data, size, &error)
              : write_into (path, data, size, &error))
    return CS_EXIT_DONE;
  return cs_command_failed (error);
}

static int
show (GVariant *data, gboolean json, const char *png)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsQr) qr = NULL;

  if (json)
    print_json (data);
  if (json && png == NULL)
    return CS_EXIT_DONE;
  qr = cs_qr_new (cs_dictionary_get_string (data, "uri"), &error);
  if (qr == NULL
      && (png != NULL || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)))
    return cs_command_failed (error);
  if (png != NULL)
    return write_png (qr, png);
  print_words (data);
  if (qr != NULL)
    print_code (qr);
  return CS_EXIT_DONE;
}

/* Returns CS_EXIT_DONE, or the exit status. Asks for no password if there is nothing
 * to tell. */
static int
get_wifi (CsDbusShare *share, GVariant **data)
{
  g_autoptr (CsCall) call = NULL;
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (cs_dbus_share_get_ssid (share), "") == 0)
    {
      g_set_error (&error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                   "\"%s\" is not an access point: only a Wi-Fi device that "
                   "NetworkManager manages becomes one, and not with --keep-lan",
                   cs_dbus_share_get_lan (share));
      return cs_command_failed (error);
    }
  call = cs_call_new ();
  cs_dbus_share_call_get_wifi (share, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
                               cs_call_get_cancellable (call), cs_call_done, call);
  cs_dbus_share_call_get_wifi_finish (share, data, cs_call_wait (call), &error);
  return cs_call_finish (call, error);
}

int
cs_command_wifi (const CsCommand *command, char **arguments)
{
  gboolean json = FALSE;
  g_autofree char *png = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    { "png", 0, 0, G_OPTION_ARG_FILENAME, &png, "Write the QR code to this picture",
      "FILE" },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) shares = NULL;
  g_autoptr (GVariant) data = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!cs_command_parse (command, entries, arguments, 1, 1, &words))
    return CS_EXIT_USAGE;
  shares = cs_client_get_shares (words[0], &error);
  if (shares == NULL)
    return cs_command_failed (error);
  status = get_wifi (shares->pdata[0], &data);
  return status == CS_EXIT_DONE ? show (data, json, png) : status;
}
