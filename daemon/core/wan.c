/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splitting and sorting words; what they mean now is for uplink.c to find out. */
#include "wan.h"

#include "ifname.h"
#include "quote.h"

#include "dbus/errors.h"

#include <string.h>

#define MOST_CHOICES 16
/* NetworkManager knows no limit for an id; nobody types a longer one. */
#define LONGEST_NAME 255

static const struct
{
  const char *word;
  CsKind kind;
} types[] = {
  { "wifi", CS_KIND_WIFI },     { "ethernet", CS_KIND_ETHERNET },
  { "mobile", CS_KIND_MOBILE }, { "vpn", CS_KIND_VPN },
  { "ppp", CS_KIND_PPP },
};

static void
choice_free (gpointer data)
{
  CsWanChoice *choice = data;

  g_free (choice->name);
  g_free (choice);
}

static gboolean
find_type (const char *word, CsKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].word, word))
      {
        *kind = types[i].kind;
        return TRUE;
      }
  return FALSE;
}

static gboolean
has_control (const char *text)
{
  for (const char *c = text; *c; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

static gboolean
check_text (const char *text, GError **error)
{
  g_autofree char *quoted = NULL;

  if (text[0] != '\0' && strlen (text) <= LONGEST_NAME && g_utf8_validate (text, -1, NULL)
      && !has_control (text))
    return TRUE;
  quoted = cs_quote (text);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "WAN %s is not the name of an interface or of a connection profile: it "
               "needs 1 to %d bytes without control characters; see \"sharectl "
               "interfaces\"",
               quoted, LONGEST_NAME);
  return FALSE;
}

/* Sets kind, name and type from @text, which is checked already. */
static gboolean
parse_words (CsWanChoice *choice, const char *text, GError **error)
{
  static const struct
  {
    const char *prefix;
    CsWanKind kind;
  } prefixes[] = {
    { "interface:", CS_WAN_INTERFACE },
    { "profile:", CS_WAN_PROFILE },
    { "type:", CS_WAN_TYPE },
  };

  choice->kind = CS_WAN_NAME;
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (text, prefixes[i].prefix))
      {
        choice->kind = prefixes[i].kind;
        text += strlen (prefixes[i].prefix);
        break;
      }
  choice->name = g_strdup (text);
  if (choice->kind == CS_WAN_NAME && g_str_equal (text, "auto"))
    choice->kind = CS_WAN_AUTO;
  if (choice->kind == CS_WAN_NAME && find_type (text, &choice->type))
    choice->kind = CS_WAN_TYPE;
  if (choice->kind == CS_WAN_INTERFACE)
    return cs_ifname_check (text, "WAN", error);
  if (choice->kind == CS_WAN_TYPE && !find_type (text, &choice->type))
    {
      g_autofree char *quoted = cs_quote (text);

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "WAN type %s is unknown; the types are wifi, ethernet, mobile, vpn "
                   "and ppp",
                   quoted);
      return FALSE;
    }
  return check_text (text, error);
}

static gboolean
add_choice (GPtrArray *choices, const char *text, GError **error)
{
  CsWanChoice *choice = g_new0 (CsWanChoice, 1);

  g_ptr_array_add (choices, choice);
  if (!check_text (text, error) || !parse_words (choice, text, error))
    return FALSE;
  for (guint i = 0; i + 1 < choices->len; i++)
    {
      const CsWanChoice *other = choices->pdata[i];

      if (other->kind == choice->kind && g_str_equal (other->name, choice->name))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "WAN names \"%s\" twice; each choice counts once", text);
          return FALSE;
        }
    }
  return TRUE;
}

GPtrArray *
cs_wan_parse (const char *spec, GError **error)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (choice_free);
  g_auto (GStrv) words = g_strsplit (spec, ",", -1);

  if (g_strv_length (words) > MOST_CHOICES)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "WAN lists more than %d choices", MOST_CHOICES);
      return NULL;
    }
  for (char **word = words; *word; word++)
    if (!add_choice (choices, g_strstrip (*word), error))
      return NULL;
  if (choices->len == 0 && !check_text (spec, error))
    return NULL;
  return g_steal_pointer (&choices);
}

gboolean
cs_wan_choice_allows_interface (const CsWanChoice *choice, const char *name)
{
  return (choice->kind == CS_WAN_NAME || choice->kind == CS_WAN_INTERFACE)
         && g_str_equal (choice->name, name);
}
