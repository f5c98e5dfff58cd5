/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client-choices.h"

#include "client-name.h"

#include "dbus/errors.h"

#include <string.h>

/* Of each list. */
#define MOST 256

const char *
cs_client_choice_find (char **list, const char *mac)
{
  gsize length = strlen (mac);

  for (; list && *list; list++)
    if (strncmp (*list, mac, length) == 0 && strchr (" ", (*list)[length]))
      return *list;
  return NULL;
}

char **
cs_client_choice_put (char **list, const char *mac, const char *entry)
{
  g_auto (GStrv) old = list;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *replaced = cs_client_choice_find (old, mac);

  for (char **one = old; one && *one; one++)
    if (*one != replaced)
      g_strv_builder_add (builder, *one);
  if (entry)
    g_strv_builder_add (builder, entry);
  return g_strv_builder_end (builder);
}

static gboolean
check_list (char **list,
            const char *key,
            gboolean (*is_valid) (const char *),
            GError **error)
{
  for (guint i = 0; list && list[i]; i++)
    {
      g_autofree char *text = g_strndup (list[i], strcspn (list[i], " "));
      g_autofree char *again = NULL;
      CsMac mac;

      if (i < MOST && cs_mac_parse (text, &mac)
          && cs_client_choice_find (list, text) == list[i]
          && is_valid (list[i] + strlen (text)))
        again = cs_mac_to_string (mac);
      if (again && g_str_equal (again, text))
        continue;
      g_set_error (
          error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
          "invalid \"%s\": expected clients by their MAC addresses, each of them "
          "once, %d at most",
          key, MOST);
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_nothing (const char *rest)
{
  return rest[0] == '\0';
}

static gboolean
is_name (const char *rest)
{
  return rest[0] == ' ' && cs_client_name_is_valid (rest + 1);
}

gboolean
cs_blocked_check (char **blocked, GError **error)
{
  return check_list (blocked, "blocked", is_nothing, error);
}

gboolean
cs_client_names_check (char **names, GError **error)
{
  return check_list (names, "client-names", is_name, error);
}

gboolean
cs_blocked_has (char **blocked, CsMac mac)
{
  g_autofree char *text = cs_mac_to_string (mac);

  return cs_client_choice_find (blocked, text) != NULL;
}
