/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits and classifies words; uplink.c finds out what they mean now. */
#include "wan.h"

#include "cidr.h"
#include "ifname.h"
#include "quote.h"

#include "dbus/errors.h"

#include <string.h>

#define MOST_CHOICES 16
/* NetworkManager has no limit for an id; nobody types a longer one. */
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
  g_free (choice->spelled);
  g_free (choice);
}

/* Of a word for which @text stands, in any case. */
static void
take_name (CsWanChoice *choice, const char *word, const char *text)
{
  choice->name = g_strdup (word);
  choice->spelled = g_str_equal (word, text) ? NULL : g_strdup (text);
}

static gboolean
take_type (CsWanChoice *choice, const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (types[i].word, word) == 0)
      {
        choice->kind = CS_WAN_TYPE;
        choice->type = types[i].kind;
        take_name (choice, types[i].word, word);
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_auto (CsWanChoice *choice, const char *word)
{
  if (g_ascii_strcasecmp (word, "auto") != 0)
    return FALSE;
  choice->kind = CS_WAN_AUTO;
  take_name (choice, "auto", word);
  return TRUE;
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
               "invalid WAN %s: expected the name of an interface or connection profile, "
               "1 to %d bytes without control characters",
               quoted, LONGEST_NAME);
  return FALSE;
}

static gboolean
refuse_type (const char *word, GError **error)
{
  g_autofree char *quoted = cs_quote (word);

  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid WAN type %s: expected wifi, ethernet, mobile, vpn or ppp",
               quoted);
  return FALSE;
}

/* Without a prefix: hardly any interface or profile is called so, but many take the
 * address of a gateway for what is shared. */
static gboolean
check_no_address (const char *text, GError **error)
{
  g_autofree char *quoted = NULL;
  CsAddress address;
  CsCidr cidr;

  if (!cs_address_parse (text, &address) && !cs_cidr_parse (text, &cidr, NULL))
    return TRUE;
  quoted = cs_quote (text);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "the WAN %s is an address: expected the name of an interface or "
               "connection profile (interface:%s or profile:%s if that is its name)",
               quoted, text, text);
  return FALSE;
}

/* Sets kind, name and type from @text, which has been checked. */
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
  if (choice->kind == CS_WAN_NAME
      && (take_auto (choice, text) || take_type (choice, text)))
    return TRUE;
  if (choice->kind == CS_WAN_TYPE)
    return take_type (choice, text) || refuse_type (text, error);
  choice->name = g_strdup (text);
  if (choice->kind == CS_WAN_INTERFACE)
    return cs_ifname_check (text, "WAN", error);
  return check_text (text, error)
         && (choice->kind == CS_WAN_PROFILE || check_no_address (text, error));
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
                       "the WAN lists \"%s\" twice", text);
          return FALSE;
        }
    }
  return TRUE;
}

/* A list where somebody put a comma too many, or a space that the shell took for the end
 * of the word. */
static gboolean
check_comma (const char *spec, char **words, const char *word, GError **error)
{
  g_autofree char *quoted = NULL;

  if (*word != '\0' || words[1] == NULL)
    return TRUE;
  quoted = cs_quote (spec);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "the WAN %s has a comma with no choice on one side of it", quoted);
  return FALSE;
}

GPtrArray *
cs_wan_parse (const char *spec, GError **error)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (choice_free);
  g_auto (GStrv) words = g_strsplit (spec, ",", -1);

  if (g_strv_length (words) > MOST_CHOICES)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "the WAN lists more than %d choices", MOST_CHOICES);
      return NULL;
    }
  for (char **word = words; *word; word++)
    if (!check_comma (spec, words, g_strstrip (*word), error)
        || !add_choice (choices, *word, error))
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
