/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "LAN [via WAN] [options]"; see wish.h. Values are not looked at here: the service says
 * what is wrong with them. */
#include "wish.h"

/* Option values are taken as they are: main () has checked that they are UTF-8, and the
 * other type would convert them from the locale's character set. */
#define ARG_TEXT      G_OPTION_ARG_FILENAME
#define ARG_TEXT_LIST G_OPTION_ARG_FILENAME_ARRAY

typedef struct
{
  char *address; /* (owned) (nullable) */
  char **dns;    /* (owned) (nullable) */
  gboolean keep_lan;
  gboolean no_dial;
  gboolean temporary;
  gboolean force;
} Options;

static GVariant *
pack (const Options *options)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (options->address != NULL)
    g_variant_dict_insert (&dict, "address", "s", options->address);
  if (options->dns != NULL)
    g_variant_dict_insert (&dict, "dns", "^as", options->dns);
  if (options->keep_lan)
    g_variant_dict_insert (&dict, "keep-lan", "b", TRUE);
  if (options->no_dial)
    g_variant_dict_insert (&dict, "dial", "b", FALSE);
  if (options->temporary)
    g_variant_dict_insert (&dict, "persistent", "b", FALSE);
  if (options->force)
    g_variant_dict_insert (&dict, "force", "b", TRUE);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
read_words (const CsCommand *command, char **words, CsWish *wish)
{
  guint n = g_strv_length (words);

  if (n > 1 && !g_str_equal (words[1], "via"))
    {
      cs_command_misused (command, "expected 'via' after '%s', not '%s'", words[0],
                          words[1]);
      return FALSE;
    }
  if (n == 2)
    {
      cs_command_misused (
          command, "'via' needs an interface, a connection profile, a type, or auto");
      return FALSE;
    }
  wish->lan = g_strdup (words[0]);
  wish->wan = g_strdup (n == 3 ? words[2] : "auto");
  return TRUE;
}

gboolean
cs_wish_parse (const CsCommand *command, char **arguments, CsWish *wish, gboolean *json)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "address", 0, 0, ARG_TEXT, &options.address,
      "The computer's own address on the LAN", "ADDRESS/PREFIX" },
    { "dns", 0, 0, ARG_TEXT_LIST, &options.dns,
      "Name server to ask instead of the uplink's (again for more)", "ADDRESS" },
    { "keep-lan", 0, 0, G_OPTION_ARG_NONE, &options.keep_lan,
      "Leave addresses, DHCP and DNS of the LAN alone", NULL },
    { "no-dial", 0, 0, G_OPTION_ARG_NONE, &options.no_dial,
      "Wait for a connection profile, rather than connect it", NULL },
    { "temporary", 0, 0, G_OPTION_ARG_NONE, &options.temporary,
      "Do not share again after a reboot", NULL },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options.force,
      "Share even an interface that carries the default route", NULL },
    { json != NULL ? "json" : NULL, 0, 0, G_OPTION_ARG_NONE, json, "Print JSON", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  gboolean ok = cs_command_parse (command, entries, arguments, 1, 3, &words)
                && read_words (command, words, wish);

  if (ok)
    wish->options = pack (&options);
  g_free (options.address);
  g_strfreev (options.dns);
  return ok;
}

void
cs_wish_clear (CsWish *wish)
{
  g_clear_pointer (&wish->lan, g_free);
  g_clear_pointer (&wish->wan, g_free);
  g_clear_pointer (&wish->options, g_variant_unref);
}
