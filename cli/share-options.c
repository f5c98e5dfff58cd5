/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "LAN [via WAN] [options]"; see share-options.h. Values are not checked here, except
 * "auto", which restores a default: the service says what is wrong with them. */
#include "share-options.h"

#include "passphrase.h"
#include "quantity.h"

#include <string.h>

/* Option values are taken verbatim: main () has checked that they are UTF-8, and the
 * other type would convert them from the locale's character set. */
#define ARG_TEXT      G_OPTION_ARG_FILENAME
#define ARG_TEXT_LIST G_OPTION_ARG_FILENAME_ARRAY
#define FLAG          G_OPTION_ARG_NONE
#define UNSET         G_OPTION_FLAG_REVERSE

/* Behind the amount of data of a month. */
#define MONTHLY "/month"

/* The value of a flag or number that the user does not give. */
#define UNNAMED G_MININT

typedef struct
{
  char *address;         /* (owned) (nullable) */
  char **dns;            /* (owned) (nullable) */
  char **allow_rebind;   /* (owned) (nullable) */
  char *domain;          /* (owned) (nullable) */
  char *ipv6;            /* (owned) (nullable) */
  char **dhcp_options;   /* (owned) (nullable) */
  char *ssid;            /* (owned) (nullable) */
  char *passphrase_file; /* (owned) (nullable) */
  char *passphrase;      /* (owned) (nullable) */
  char *security;        /* (owned) (nullable) */
  char *band;            /* (owned) (nullable) */
  char *limit;           /* (owned) (nullable) "10G", "10G/month" */
  char *rate;            /* (owned) (nullable) "10M" */
  guint64 limit_bytes;   /* what limit says */
  guint64 rate_bits;     /* and rate */
  int channel;           /* or UNNAMED, like the flags */
  int max_clients;
  int idle_off;
  gboolean keep_lan;
  gboolean dial;
  gboolean persistent;
  gboolean force;
  gboolean hidden;
  gboolean isolate;
  gboolean upnp;
} Options;

/* clang-format off */
#define OPTIONS_INIT \
  { .channel = UNNAMED, .max_clients = UNNAMED, .idle_off = UNNAMED, .keep_lan = UNNAMED, .dial = UNNAMED, \
    .persistent = UNNAMED, .force = UNNAMED, .hidden = UNNAMED, .isolate = UNNAMED, .upnp = UNNAMED }
/* clang-format on */

static void
options_clear (Options *options)
{
  g_free (options->address);
  g_strfreev (options->dns);
  g_strfreev (options->allow_rebind);
  g_free (options->domain);
  g_free (options->ipv6);
  g_strfreev (options->dhcp_options);
  g_free (options->ssid);
  g_free (options->passphrase_file);
  g_free (options->passphrase);
  g_free (options->security);
  g_free (options->band);
  g_free (options->limit);
  g_free (options->rate);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
pack_texts (const Options *options, GVariantDict *dict)
{
  const char *address = options->address;
  const struct
  {
    const char *key;
    const char *value;
  } texts[] = { { "address", g_strcmp0 (address, "auto") == 0 ? "" : address },
                { "domain", options->domain },
                { "ipv6", options->ipv6 },
                { "ssid", options->ssid },
                { "passphrase", options->passphrase },
                { "security", options->security },
                { "band", options->band } };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      g_variant_dict_insert (dict, texts[i].key, "s", texts[i].value);
}

static void
pack_flags (const Options *options, GVariantDict *dict)
{
  const struct
  {
    const char *key;
    gboolean value;
  } flags[] = { { "keep-lan", options->keep_lan },
                { "dial", options->dial },
                { "persistent", options->persistent },
                { "force", options->force },
                { "hidden", options->hidden },
                { "isolate", options->isolate },
                { "upnp", options->upnp } };

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (flags[i].value != UNNAMED)
      g_variant_dict_insert (dict, flags[i].key, "b", flags[i].value);
}

static gboolean
is_monthly (const Options *options)
{
  return g_str_has_suffix (options->limit, MONTHLY);
}

static void
pack_numbers (const Options *options, GVariantDict *dict)
{
  const struct
  {
    const char *key;
    int value;
  } numbers[] = { { "channel", options->channel },
                  { "max-clients", options->max_clients },
                  { "idle-off", options->idle_off } };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].value != UNNAMED)
      g_variant_dict_insert (dict, numbers[i].key, "u", (guint32)numbers[i].value);
  if (options->rate != NULL)
    g_variant_dict_insert (dict, "rate", "t", options->rate_bits);
  if (options->limit == NULL)
    return;
  g_variant_dict_insert (dict, "limit", "t", options->limit_bytes);
  g_variant_dict_insert (dict, "limit-period", "s",
                         is_monthly (options) ? "month" : "all");
}

/* @reset: this word alone restores the default. */
static void
pack_list (GVariantDict *dict, const char *key, char **list, const char *reset)
{
  static const char *const none[] = { NULL };

  if (list != NULL)
    g_variant_dict_insert (dict, key, "^as",
                           g_str_equal (list[0], reset) && list[1] == NULL
                               ? none
                               : (const char *const *)list);
}

static GVariant *
pack (const Options *options)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  pack_texts (options, &dict);
  pack_flags (options, &dict);
  pack_list (&dict, "dns", options->dns, "auto");
  pack_list (&dict, "allow-rebind", options->allow_rebind, "none");
  pack_list (&dict, "dhcp-option", options->dhcp_options, "none");
  pack_numbers (options, &dict);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* What is wrong with @words, of which there are @n; NULL: nothing. */
static char *
find_mistake (const CsCommand *command, char **words, guint n)
{
  if (n == 0)
    return g_strdup_printf ("%s needs %s", command->name, command->arguments);
  if (g_str_equal (words[0], "via") && (n == 1 || !g_str_equal (words[1], "via")))
    return g_strdup_printf ("missing LAN before \"via\": %s %s", command->name,
                            command->arguments);
  if (n > 2 && g_str_equal (words[2], "via") && !g_str_equal (words[1], "via"))
    return g_strdup_printf ("unexpected \"%s\": a share has one LAN", words[1]);
  if (n > 1 && !g_str_equal (words[1], "via"))
    return g_strdup_printf ("expected \"via\" after \"%s\", not \"%s\"", words[0],
                            words[1]);
  if (n == 2)
    return g_strdup ("\"via\" needs an interface, a connection profile, a type, or auto");
  if (n > 3 && (g_str_has_suffix (words[2], ",") || g_str_has_prefix (words[3], ",")))
    return g_strdup_printf ("unexpected argument \"%s\": write a list without spaces "
                            "around its commas",
                            words[3]);
  if (n > 3)
    return g_strdup_printf ("unexpected argument \"%s\": if it belongs to a name, quote "
                            "that: via \"%s %s\"",
                            words[3], words[2], words[3]);
  return NULL;
}

static gboolean
read_words (const CsCommand *command, char **words, CsShareOptions *wanted)
{
  guint n = g_strv_length (words);
  g_autofree char *mistake = find_mistake (command, words, n);

  if (mistake != NULL)
    {
      cs_command_misused (command, "%s", mistake);
      return FALSE;
    }
  wanted->lan = g_strdup (words[0]);
  wanted->wan = n == 3 ? g_strdup (words[2]) : NULL;
  return TRUE;
}

/* Without what makes it a month's. */
static gboolean
read_limit (Options *options)
{
  g_autofree char *amount = g_strdup (options->limit);

  if (is_monthly (options))
    amount[strlen (amount) - strlen (MONTHLY)] = '\0';
  return cs_quantity_parse (amount, &options->limit_bytes);
}

/* Of how much clients may use. Returns CS_EXIT_DONE, or the exit status. */
static int
read_limits (const CsCommand *command, Options *options)
{
  if (options->limit != NULL && !read_limit (options))
    return cs_command_misused (command,
                               "\"%s\" is not an amount of data: expected bytes such as "
                               "500M or 10G, 10G/month, or none",
                               options->limit);
  if (options->rate != NULL && !cs_quantity_parse (options->rate, &options->rate_bits))
    return cs_command_misused (command,
                               "\"%s\" is not a speed: expected bits per second such as "
                               "500k or 10M, or none",
                               options->rate);
  if (options->max_clients < 0 && options->max_clients != UNNAMED)
    return cs_command_misused (command, "%d is not a number of clients",
                               options->max_clients);
  if (options->idle_off < 0 && options->idle_off != UNNAMED)
    return cs_command_misused (command, "%d is not a number of minutes",
                               options->idle_off);
  return CS_EXIT_DONE;
}

/* The values that are not taken verbatim. Returns CS_EXIT_DONE, or the exit status. */
static int
read_values (const CsCommand *command, Options *options)
{
  g_autoptr (GError) error = NULL;
  int status = read_limits (command, options);

  if (status != CS_EXIT_DONE)
    return status;
  if (options->channel < 0 && options->channel != UNNAMED)
    return cs_command_misused (command, "%d is not a channel", options->channel);
  if (options->passphrase_file == NULL)
    return CS_EXIT_DONE;
  options->passphrase = cs_passphrase_read (options->passphrase_file, &error);
  return options->passphrase != NULL ? CS_EXIT_DONE : cs_command_failed (error);
}

static void
add_entries (GArray *entries, Options *options)
{
  const GOptionEntry all[] = {
    { "address", 0, 0, ARG_TEXT, &options->address,
      "This computer's own address on the LAN, or auto", "ADDRESS/PREFIX" },
    { "dns", 0, 0, ARG_TEXT_LIST, &options->dns,
      "Name server to use instead of the uplink's (repeat for more), or auto",
      "ADDRESS" },
    { "allow-rebind", 0, 0, ARG_TEXT_LIST, &options->allow_rebind,
      "Domain whose names may have private addresses (repeat for more), or none",
      "DOMAIN" },
    { "domain", 0, 0, ARG_TEXT, &options->domain,
      "Domain of the names of clients (default: lan)", "DOMAIN" },
    { "dhcp-option", 0, 0, ARG_TEXT_LIST, &options->dhcp_options,
      "boot-file, next-server or ntp-server for clients (repeat for more), or none",
      "NAME=VALUE" },
    { "ipv6", 0, 0, ARG_TEXT, &options->ipv6,
      "IPv6 for clients: auto (default), delegated, extended, masquerade, or off",
      "WORD" },
    { "keep-lan", 0, 0, FLAG, &options->keep_lan,
      "Leave addresses, DHCP and DNS of the LAN alone", NULL },
    { "no-keep-lan", 0, UNSET, FLAG, &options->keep_lan, "Provide them (default)", NULL },
    { "no-dial", 0, UNSET, FLAG, &options->dial,
      "Wait for a connection profile instead of connecting it", NULL },
    { "dial", 0, 0, FLAG, &options->dial, "Connect it (default)", NULL },
    { "temporary", 0, UNSET, FLAG, &options->persistent,
      "Do not share again after a reboot", NULL },
    { "persistent", 0, 0, FLAG, &options->persistent, "Share again (default)", NULL },
    { "force", 0, 0, FLAG, &options->force,
      "Share even an interface that this computer itself uses", NULL },
    { "no-force", 0, UNSET, FLAG, &options->force, "Refuse that (default)", NULL },
    { "limit", 0, 0, ARG_TEXT, &options->limit,
      "Bytes that clients may use in all or each month, such as 10G, or none",
      "SIZE[/month]" },
    { "rate", 0, 0, ARG_TEXT, &options->rate,
      "Bits per second for each client, such as 10M, or none", "SPEED" },
    { "max-clients", 0, 0, G_OPTION_ARG_INT, &options->max_clients,
      "Clients at once, or 0 for any number", "NUMBER" },
    { "upnp", 0, 0, FLAG, &options->upnp,
      "Let clients map ports to themselves (UPnP, PCP, NAT-PMP)", NULL },
    { "no-upnp", 0, UNSET, FLAG, &options->upnp, "Let only you do that (default)", NULL },
  };

  g_array_append_vals (entries, all, G_N_ELEMENTS (all));
}

static void
add_wifi_entries (GArray *entries, Options *options)
{
  const GOptionEntry all[] = {
    { "ssid", 0, 0, ARG_TEXT, &options->ssid, "Name of the Wi-Fi network", "NAME" },
    { "passphrase-file", 0, 0, ARG_TEXT, &options->passphrase_file,
      "File with the passphrase of the Wi-Fi network, - for standard input", "FILE" },
    { "security", 0, 0, ARG_TEXT, &options->security, "wpa2, wpa3, wpa2+wpa3, or open",
      "WORD" },
    { "band", 0, 0, ARG_TEXT, &options->band, "2.4GHz, 5GHz, or auto", "BAND" },
    { "channel", 0, 0, G_OPTION_ARG_INT, &options->channel,
      "Channel of the Wi-Fi network, or 0 for any", "NUMBER" },
    { "hidden", 0, 0, FLAG, &options->hidden,
      "Do not announce the name of the Wi-Fi network", NULL },
    { "no-hidden", 0, UNSET, FLAG, &options->hidden, "Announce it (default)", NULL },
    { "isolate", 0, 0, FLAG, &options->isolate,
      "Keep clients of the Wi-Fi network apart from each other", NULL },
    { "no-isolate", 0, UNSET, FLAG, &options->isolate,
      "Let them reach each other (default)", NULL },
    { "idle-off", 0, 0, G_OPTION_ARG_INT, &options->idle_off,
      "Switch the access point off after so long without clients, or 0 for never",
      "MINUTES" },
  };

  g_array_append_vals (entries, all, G_N_ELEMENTS (all));
}

int
cs_share_options_parse (const CsCommand *command,
                        char **arguments,
                        CsShareOptions *wanted,
                        gboolean *json)
{
  g_auto (Options) options = OPTIONS_INIT;
  g_autoptr (GArray) entries = g_array_new (TRUE, FALSE, sizeof (GOptionEntry));
  const GOptionEntry json_entry = { "json", 0, 0, FLAG, json, "Print JSON", NULL };
  g_auto (GStrv) words = NULL;
  int status;

  add_entries (entries, &options);
  add_wifi_entries (entries, &options);
  if (json != NULL)
    g_array_append_val (entries, json_entry);
  if (!cs_command_parse (command, (const GOptionEntry *)entries->data, arguments, 0,
                         G_MAXUINT, &words)
      || !read_words (command, words, wanted))
    return CS_EXIT_USAGE;
  status = read_values (command, &options);
  if (status == CS_EXIT_DONE)
    wanted->options = pack (&options);
  return status;
}

/* An open network has no passphrase: unless one is given, the old one is dropped. */
GVariant *
cs_share_options_changes (const CsShareOptions *wanted)
{
  GVariantDict changes;
  const char *security = NULL;

  g_variant_dict_init (&changes, wanted->options);
  if (wanted->wan != NULL)
    g_variant_dict_insert (&changes, "wan", "s", wanted->wan);
  if (g_variant_dict_lookup (&changes, "security", "&s", &security)
      && g_str_equal (security, "open")
      && !g_variant_dict_contains (&changes, "passphrase"))
    g_variant_dict_insert (&changes, "passphrase", "s", "");
  return g_variant_ref_sink (g_variant_dict_end (&changes));
}

/* What restores the default. */
static gboolean
is_empty (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
         && g_str_equal (g_variant_get_string (value, NULL), "");
}

void
cs_share_options_complete (CsShareOptions *wanted, const char *wan, GVariant *options)
{
  GVariantDict all;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (wanted->wan == NULL)
    wanted->wan = g_strdup (wan);
  g_variant_dict_init (&all, options);
  g_variant_iter_init (&iter, wanted->options);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (is_empty (value))
      g_variant_dict_remove (&all, key);
    else
      g_variant_dict_insert_value (&all, key, value);
  g_variant_unref (wanted->options);
  wanted->options = g_variant_ref_sink (g_variant_dict_end (&all));
}

void
cs_share_options_clear (CsShareOptions *wanted)
{
  g_clear_pointer (&wanted->lan, g_free);
  g_clear_pointer (&wanted->wan, g_free);
  g_clear_pointer (&wanted->options, g_variant_unref);
}
