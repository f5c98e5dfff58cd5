/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part for each LAN, behind its name, and then the counters. */
#include "clients-file.h"

#include "base/files.h"
#include "system/nft/client-counts.h"

#include <string.h>

#define FILE_NAME   "clients"
#define LAN_LINE    "LAN "
#define COUNTS_LINE "COUNTS\n"

char *
cs_clients_file_path (const char *runtime_dir)
{
  return g_build_filename (runtime_dir, FILE_NAME, NULL);
}

void
cs_clients_file_write (const char *path, GHashTable *lans)
{
  g_autofree char *counts = cs_client_counts_to_text ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer name, lan;

  g_hash_table_iter_init (&iter, lans);
  while (g_hash_table_iter_next (&iter, &name, &lan))
    {
      g_autofree char *list = cs_client_list_to_text (((CsLanClients *)lan)->list);

      g_string_append_printf (text, LAN_LINE "%s\n%s", (char *)name, list);
    }
  g_string_append_printf (text, COUNTS_LINE "%s", counts);
  if (!g_file_set_contents_full (path, text->str, (gssize)text->len,
                                 G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_warning ("%s", error->message);
}

/* The part of the file that begins behind the line @begin (owned) (nullable). */
static char *
read_part (const char *path, const char *begin)
{
  g_autofree char *text = cs_file_read (path, NULL);
  char *part = text != NULL ? strstr (text, begin) : NULL;
  const char *end;

  if (part == NULL)
    return NULL;
  part += strlen (begin);
  end = strstr (part, LAN_LINE);
  if (end == NULL)
    end = strstr (part, COUNTS_LINE);
  return end != NULL ? g_strndup (part, (gsize)(end - part)) : g_strdup (part);
}

void
cs_clients_file_read_lan (const char *path, const char *lan, CsClientList *list)
{
  g_autofree char *begin = g_strdup_printf (LAN_LINE "%s\n", lan);
  g_autofree char *part = read_part (path, begin);

  if (part != NULL)
    cs_client_list_from_text (list, part);
}

void
cs_clients_file_read_counts (const char *path)
{
  g_autofree char *part = read_part (path, COUNTS_LINE);

  if (part != NULL)
    cs_client_counts_from_text (part);
}
