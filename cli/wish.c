/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "LAN [via WAN] [options]"; see wish.h. Values are not looked at here: the service says
 * what is wrong with them. */
#include "wish.h"

#include "passphrase.h"

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
  char *ssid;            /* (owned) (nullable) */
  char *passphrase_file; /* (owned) (nullable) */
  char *passphrase;      /* (owned) (nullable) */
  char *security;        /* (owned) (nullable) */
  char *band;            /* (owned) (nullable) */
  int channel;
  gboolean hidden;
  gboolean isolate;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->address);
  g_strfreev (options->dns);
  g_free (options->ssid);
  g_free (options->passphrase_file);
  g_free (options->passphrase);
  g_free (options->security);
  g_free (options->band);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
pack_wifi (const Options *options, GVariantDict *dict)
{
  const struct
  {
    const char *key;
    const char *value;
  } texts[] = { { "ssid", options->ssid },
                { "passphrase", options->passphrase },
                { "security", options->security },
                { "band", options->band } };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      g_variant_dict_insert (dict, texts[i].key, "s", texts[i].value);
  if (options->channel != 0)
    g_variant_dict_insert (dict, "channel", "u", (guint32)options->channel);
  if (options->hidden)
    g_variant_dict_insert (dict, "hidden", "b", TRUE);
  if (options->isolate)
    g_variant_dict_insert (dict, "isolate", "b", TRUE);
}

static GVariant *
pack (const Options *options)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  pack_wifi (options, &dict);
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

/* The values that are not taken as they are. Returns CS_EXIT_DONE, or how to end. */
static int
read_values (const CsCommand *command, Options *options)
{
  g_autoptr (GError) error = NULL;

  if (options->channel < 0)
    {
      cs_command_misused (command, "%d is not a channel", options->channel);
      return CS_EXIT_USAGE;
    }
  if (options->passphrase_file == NULL)
    return CS_EXIT_DONE;
  options->passphrase = cs_passphrase_read (options->passphrase_file, &error);
  return options->passphrase != NULL ? CS_EXIT_DONE : cs_command_failed (error);
}

int
cs_wish_parse (const CsCommand *command, char **arguments, CsWish *wish, gboolean *json)
{
  g_auto (Options) options = { NULL };
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
      "Share even an interface that this computer itself uses", NULL },
    { "ssid", 0, 0, ARG_TEXT, &options.ssid, "Name of the Wi-Fi network", "NAME" },
    { "passphrase-file", 0, 0, ARG_TEXT, &options.passphrase_file,
      "File with the passphrase of the Wi-Fi network, - for standard input", "FILE" },
    { "security", 0, 0, ARG_TEXT, &options.security, "wpa2, wpa3, wpa2+wpa3, or open",
      "WORD" },
    { "band", 0, 0, ARG_TEXT, &options.band, "2.4GHz or 5GHz", "BAND" },
    { "channel", 0, 0, G_OPTION_ARG_INT, &options.channel, "Channel of the Wi-Fi network",
      "NUMBER" },
    { "hidden", 0, 0, G_OPTION_ARG_NONE, &options.hidden,
      "Do not announce the name of the Wi-Fi network", NULL },
    { "isolate", 0, 0, G_OPTION_ARG_NONE, &options.isolate,
      "Keep clients of the Wi-Fi network apart from each other", NULL },
    { json != NULL ? "json" : NULL, 0, 0, G_OPTION_ARG_NONE, json, "Print JSON", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  int status;

  if (!cs_command_parse (command, entries, arguments, 1, 3, &words)
      || !read_words (command, words, wish))
    return CS_EXIT_USAGE;
  status = read_values (command, &options);
  if (status == CS_EXIT_DONE)
    wish->options = pack (&options);
  return status;
}

void
cs_wish_clear (CsWish *wish)
{
  g_clear_pointer (&wish->lan, g_free);
  g_clear_pointer (&wish->wan, g_free);
  g_clear_pointer (&wish->options, g_variant_unref);
}
