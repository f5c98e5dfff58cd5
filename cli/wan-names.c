/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Most names are those of interfaces or of their connections, which one call lists.
 * Whether any other is that of a profile that is not connected, only the service
 * knows: it previews a share with this choice alone. */
#include "wan-names.h"

#include "dictionary.h"
#include "near.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

static const char *const words[]
    = { "auto", "wifi", "ethernet", "mobile", "vpn", "ppp", NULL };

static gboolean
is_word (const char *choice)
{
  g_autofree char *lower = g_ascii_strdown (choice, -1);

  return g_strv_contains (words, lower);
}

/* Of char * (owned), NULL-terminated. */
static GPtrArray *
list_names (GVariant *interfaces, const char *lan, gboolean with_words)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      const char *name = cs_dictionary_get_string (interface, "name");
      const char *connection = cs_dictionary_get_string (interface, "connection");

      if (g_str_equal (name, lan) || !cs_dictionary_get_boolean (interface, "can-be-wan"))
        continue;
      g_ptr_array_add (names, g_strdup (name));
      if (*connection != '\0')
        g_ptr_array_add (names, g_strdup (connection));
    }
  for (guint i = 0; with_words && words[i] != NULL; i++)
    g_ptr_array_add (names, g_strdup (words[i]));
  g_ptr_array_add (names, NULL);
  return names;
}

static gboolean
exists (CsDbusManager *manager, const char *lan, const char *choice)
{
  g_autoptr (GVariant) preview = NULL;

  return !cs_dbus_manager_call_preview_sync (
             manager, lan, choice, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE,
             -1, &preview, NULL, NULL)
         || !g_str_equal (cs_dictionary_get_string (preview, "reason"), "uplink-missing");
}

static void
warn (const char *name, const char *nearest)
{
  g_autofree char *line = cs_output_line (name);
  g_autofree char *other = cs_output_line (nearest != NULL ? nearest : "");

  fprintf (
      stderr,
      "sharectl: warning: no interface or connection profile is called \"%s\"%s%s%s\n",
      line, nearest != NULL ? "; did you mean \"" : "", other,
      nearest != NULL ? "\"?" : "");
}

static void
check_choice (CsDbusManager *manager,
              GVariant *interfaces,
              const char *lan,
              const char *choice)
{
  static const char prefix[] = "interface:";
  gboolean prefixed = g_str_has_prefix (choice, prefix);
  const char *name = prefixed ? choice + strlen (prefix) : choice;
  g_autoptr (GPtrArray) names = NULL;

  /* the service refuses "profile:" and "type:" where there is no such thing */
  if (is_word (choice) || g_str_has_prefix (choice, "profile:")
      || g_str_has_prefix (choice, "type:"))
    return;
  names = list_names (interfaces, lan, !prefixed);
  if (g_strv_contains ((const char *const *)names->pdata, name)
      || exists (manager, lan, choice))
    return;
  warn (name, cs_near_find (name, (const char *const *)names->pdata));
}

/* (nullable) An interface that can be a LAN. Owned. */
static char *
find_any_lan (GVariant *interfaces)
{
  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);

      if (cs_dictionary_get_boolean (interface, "can-be-lan"))
        return g_strdup (cs_dictionary_get_string (interface, "name"));
    }
  return NULL;
}

void
cs_wan_names_warn (CsDbusManager *manager, const char *lan, const char *wan)
{
  g_autoptr (GVariant) interfaces = NULL;
  g_auto (GStrv) choices = g_strsplit (wan, ",", -1);
  g_autofree char *any = NULL;

  if (!cs_dbus_manager_call_list_interfaces_sync (manager, G_DBUS_CALL_FLAGS_NONE, -1,
                                                  &interfaces, NULL, NULL))
    return;
  if (lan == NULL)
    lan = any = find_any_lan (interfaces);
  for (guint i = 0; lan != NULL && choices[i] != NULL; i++)
    check_choice (manager, interfaces, lan, g_strstrip (choices[i]));
}
