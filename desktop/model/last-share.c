/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text file, written whole or not at all; see last-share.h. */
#include "last-share.h"

#include <glib/gstdio.h>

#define TYPE "(ssa{sv})"

CsLastShare *
cs_last_share_new (const char *lan, const char *wan, GVariant *options)
{
  CsLastShare *last = g_new0 (CsLastShare, 1);

  last->lan = g_strdup (lan);
  last->wan = g_strdup (wan);
  last->options = g_variant_ref_sink (options);
  return last;
}

void
cs_last_share_free (CsLastShare *last)
{
  g_free (last->lan);
  g_free (last->wan);
  g_variant_unref (last->options);
  g_free (last);
}

char *
cs_last_share_get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "connshare", "last-share", NULL);
}

CsLastShare *
cs_last_share_load (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *lan, *wan;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  value = g_variant_parse (G_VARIANT_TYPE (TYPE), text, NULL, NULL, NULL);
  if (value == NULL)
    return NULL;
  g_variant_get (value, "(&s&s@a{sv})", &lan, &wan, &options);
  return cs_last_share_new (lan, wan, options);
}

gboolean
cs_last_share_save (const CsLastShare *last, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new ("(ss@a{sv})", last->lan, last->wan, last->options));
  g_autofree char *text = g_variant_print (value, TRUE);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "cannot create the folder \"%s\"", folder);
      return FALSE;
    }
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                   error);
}
