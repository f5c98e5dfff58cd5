/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See wan.h. */
#include "wan.h"

#include <glib/gi18n-lib.h>

#define INTERFACE "interface:"

static const char *const prefixes[] = { INTERFACE, "profile:", "type:" };

static const char *
skip_prefix (const char *choice)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (choice, prefixes[i]))
      return choice + strlen (prefixes[i]);
  return choice;
}

static char *
title_of_choice (const char *choice, GPtrArray *interfaces)
{
  CsInterface *interface;

  if (g_ascii_strcasecmp (choice, CS_WAN_AUTO) == 0)
    return g_strdup (_ ("Automatic"));
  interface = cs_interfaces_find (interfaces, skip_prefix (choice));
  if (interface != NULL)
    return cs_interface_title (interface);
  return g_strdup (skip_prefix (choice));
}

char *
cs_wan_title (const char *wan, GPtrArray *interfaces)
{
  g_auto (GStrv) choices = g_strsplit (wan, ",", -1);

  for (char **choice = choices; *choice != NULL; choice++)
    {
      char *title = title_of_choice (g_strstrip (*choice), interfaces);

      g_free (*choice);
      *choice = title;
    }
  /* Translators: stands between connections in order of preference */
  return g_strjoinv (_ (", then "), choices);
}

char *
cs_wan_for_interface (const char *name)
{
  return g_strconcat (INTERFACE, name, NULL);
}

gboolean
cs_wan_is_interface (const char *wan, const char *name)
{
  if (g_str_has_prefix (wan, INTERFACE))
    wan += strlen (INTERFACE);
  return g_str_equal (wan, name);
}
