/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tiny parser; a word that it does not know ends the program. */
#include "network.h"

#include <string.h>

static CsCidr
parse_cidr (const char *text)
{
  CsCidr cidr = { 0 };
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (text, "default") && !cs_cidr_parse (text, &cidr, &error))
    g_error ("%s", error->message);
  return cidr;
}

static guint32
parse_ipv4 (const char *text)
{
  guint32 address;

  if (!cs_ipv4_parse (text, &address))
    g_error ("not an address: %s", text);
  return address;
}

static guint
parse_number (const char *text)
{
  return (guint)g_ascii_strtoull (text, NULL, 10);
}

/* Seconds, with a fraction, as microseconds. */
static gint64
parse_time (const char *text)
{
  return (gint64)(g_ascii_strtod (text, NULL) * G_USEC_PER_SEC);
}

/* Words have no spaces in them: '~' stands for one. */
static char *
parse_text (const char *text)
{
  return g_strdelimit (g_strdup (text), "~", ' ');
}

static int
index_of (const CsSnapshot *snapshot, const char *name)
{
  const CsInterface *interface = cs_snapshot_find (snapshot, name);

  if (!interface)
    g_error ("no link %s yet", name);
  return interface->ifindex;
}

static void
add_address (CsInterface *interface, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ">", 2);
  CsAddress address = { .local = parse_cidr (parts[0]) };

  if (parts[1])
    address.peer = parse_ipv4 (parts[1]);
  g_array_append_val (interface->addresses, address);
}

static gboolean
set_flag (CsInterface *interface, const char *word)
{
  static const struct
  {
    const char *word;
    gsize offset;
    int value;
  } flags[] = {
    { "ethernet", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_ETHERNET },
    { "wifi", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_WIFI },
    { "mobile", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_MOBILE },
    { "ppp", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_PPP },
    { "vpn", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_VPN },
    { "bridge", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_BRIDGE },
    { "loopback", G_STRUCT_OFFSET (CsInterface, kind), CS_KIND_LOOPBACK },
    { "down", G_STRUCT_OFFSET (CsInterface, up), FALSE },
    { "unplugged", G_STRUCT_OFFSET (CsInterface, carrier), FALSE },
    { "ptp", G_STRUCT_OFFSET (CsInterface, point_to_point), TRUE },
    { "managed", G_STRUCT_OFFSET (CsInterface, managed), CS_MANAGED_YES },
    { "external", G_STRUCT_OFFSET (CsInterface, managed), CS_MANAGED_EXTERNAL },
    { "ours", G_STRUCT_OFFSET (CsInterface, connection_ours), TRUE },
    { "changing", G_STRUCT_OFFSET (CsInterface, changing), TRUE },
    { "disconnected", G_STRUCT_OFFSET (CsInterface, disconnected), TRUE },
    { "shared", G_STRUCT_OFFSET (CsInterface, connection_shared), TRUE },
    { "station", G_STRUCT_OFFSET (CsInterface, wifi_use), CS_WIFI_STATION },
    { "serving", G_STRUCT_OFFSET (CsInterface, wifi_use), CS_WIFI_ACCESS_POINT },
    { "radio-off", G_STRUCT_OFFSET (CsInterface, wifi_off), TRUE },
    { "station-only", G_STRUCT_OFFSET (CsInterface, no_access_point), TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (flags[i].word, word))
      {
        G_STRUCT_MEMBER (int, interface, flags[i].offset) = flags[i].value;
        return TRUE;
      }
  return FALSE;
}

/* "1,36!,52?": free, forbidden, with radar. */
static GArray *
parse_channels (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  GArray *channels = g_array_new (FALSE, FALSE, sizeof (CsChannel));

  for (char **word = words; *word; word++)
    {
      CsChannel channel = { .number = parse_number (*word) };

      if (strchr (*word, '!'))
        channel.use = CS_CHANNEL_FORBIDDEN;
      else if (strchr (*word, '?'))
        channel.use = CS_CHANNEL_RADAR;
      g_array_append_val (channels, channel);
    }
  return channels;
}

static void
set_value (CsSnapshot *snapshot,
           CsInterface *interface,
           const char *key,
           const char *value)
{
  if (g_str_equal (key, "index"))
    interface->ifindex = (int)parse_number (value);
  else if (g_str_equal (key, "mtu"))
    interface->mtu = parse_number (value);
  else if (g_str_equal (key, "master"))
    interface->master = index_of (snapshot, value);
  else if (g_str_equal (key, "addr"))
    add_address (interface, value);
  else if (g_str_equal (key, "fwd"))
    interface->forwarding = (int)parse_number (value);
  else if (g_str_equal (key, "rp"))
    {
      interface->rp_filter = value[0] - '0';
      interface->rp_filter_own = value[2] - '0';
    }
  else if (g_str_equal (key, "con"))
    interface->connection_id = parse_text (value);
  else if (g_str_equal (key, "uuid"))
    interface->connection_uuid = g_strdup (value);
  else if (g_str_equal (key, "gw"))
    interface->gateway = parse_ipv4 (value);
  else if (g_str_equal (key, "dns"))
    interface->dns = g_strsplit (value, ",", -1);
  else if (g_str_equal (key, "carries"))
    interface->carries = g_strdup (value);
  else if (g_str_equal (key, "region"))
    interface->region = g_strdup (value);
  else if (g_str_equal (key, "channels"))
    interface->channels = parse_channels (value);
  else
    g_error ("link: %s?", key);
}

static void
parse_link (CsSnapshot *snapshot, char **words)
{
  CsInterface *interface = cs_interface_new (words[1],
                                             (int)snapshot->interfaces->len + 1);

  interface->kind = CS_KIND_ETHERNET;
  interface->up = TRUE;
  interface->carrier = TRUE;
  interface->mtu = 1500;
  interface->forwarding = 0;
  interface->rp_filter = 0;
  interface->rp_filter_own = 0;
  for (char **word = words + 2; *word; word++)
    {
      char *equals = strchr (*word, '=');

      if (equals)
        {
          *equals = '\0';
          set_value (snapshot, interface, *word, equals + 1);
        }
      else if (!set_flag (interface, *word))
        g_error ("link: %s?", *word);
    }
  g_ptr_array_add (snapshot->interfaces, interface);
}

static gboolean
set_profile_state (CsProfile *profile, const char *word)
{
  static const char *const states[] = { [CS_PROFILE_DOWN] = "down",
                                        [CS_PROFILE_GOING] = "going",
                                        [CS_PROFILE_COMING] = "coming",
                                        [CS_PROFILE_UP] = "up" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (word, states[i]))
      {
        profile->state = i;
        return TRUE;
      }
  return FALSE;
}

/* "TIME" or "TIME:WORDS" */
static void
set_failure (CsProfile *profile, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);

  profile->failed_at = parse_time (parts[0]);
  profile->failure = parts[1] ? parse_text (parts[1]) : NULL;
}

static void
parse_profile (CsSnapshot *snapshot, char **words)
{
  g_autofree char *id = parse_text (words[1]);
  CsProfile *profile = cs_profile_new (id, words[2]);

  for (char **word = words + 3; *word; word++)
    if (g_str_has_prefix (*word, "interface="))
      profile->interface = g_strdup (strchr (*word, '=') + 1);
    else if (g_str_has_prefix (*word, "failed="))
      set_failure (profile, strchr (*word, '=') + 1);
    else if (g_str_equal (*word, "hung-up"))
      profile->hung_up = TRUE;
    else if (!set_profile_state (profile, *word))
      g_error ("profile: %s?", *word);
  g_ptr_array_add (snapshot->profiles, profile);
}

static void
parse_route (CsSnapshot *snapshot, char **words)
{
  CsRoute route = { .destination = parse_cidr (words[1]),
                    .table = CS_TABLE_MAIN,
                    .unicast = g_str_equal (words[0], "route") };

  for (char **word = words + 2; *word; word += g_str_equal (*word, "onlink") ? 1 : 2)
    if (g_str_equal (*word, "dev"))
      route.ifindex = index_of (snapshot, word[1]);
    else if (g_str_equal (*word, "via"))
      route.gateway = parse_ipv4 (word[1]);
    else if (g_str_equal (*word, "src"))
      route.source = parse_ipv4 (word[1]);
    else if (g_str_equal (*word, "metric"))
      route.metric = parse_number (word[1]);
    else if (g_str_equal (*word, "table"))
      route.table = parse_number (word[1]);
    else if (g_str_equal (*word, "onlink"))
      route.onlink = TRUE;
    else
      g_error ("route: %s?", *word);
  g_array_append_val (snapshot->routes, route);
}

static void
parse_statement (CsSnapshot *snapshot, char **words)
{
  const char *what = words[0];

  if (g_str_equal (what, "link"))
    parse_link (snapshot, words);
  else if (g_str_equal (what, "route") || g_str_equal (what, "unreachable"))
    parse_route (snapshot, words);
  else if (g_str_equal (what, "rule"))
    g_array_append_val (snapshot->rule_tables, (guint32){ parse_number (words[1]) });
  else if (g_str_equal (what, "profile"))
    parse_profile (snapshot, words);
  else if (g_str_equal (what, "now"))
    snapshot->now = parse_time (words[1]);
  else if (g_str_equal (what, "primary"))
    snapshot->primary = g_strdup (words[1]);
  else if (g_str_equal (what, "resolv"))
    snapshot->resolv_dns = g_strsplit (words[1] ? words[1] : "", ",", -1);
  else if (g_str_equal (what, "port"))
    snapshot->dns_port = parse_number (words[1]);
  else if (g_str_equal (what, "no-nm"))
    snapshot->nm_running = FALSE;
  else
    g_error ("%s?", what);
}

/* The words of @text without empty ones. */
static char **
split_words (const char *text)
{
  g_auto (GStrv) all = g_strsplit_set (text, " \n\t", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **word = all; *word; word++)
    if (**word)
      g_strv_builder_add (builder, *word);
  return g_strv_builder_end (builder);
}

CsSnapshot *
network_parse (const char *text)
{
  g_auto (GStrv) statements = g_strsplit (text, ";", -1);
  CsSnapshot *snapshot = cs_snapshot_new ();
  g_auto (GStrv) lo
      = split_words ("link lo loopback ptp index=1 mtu=65536 addr=127.0.0.1/8");

  snapshot->nm_running = TRUE;
  snapshot->host_name = g_strdup ("desk");
  parse_link (snapshot, lo);
  for (char **statement = statements; *statement; statement++)
    {
      g_auto (GStrv) words = split_words (*statement);

      if (words[0])
        parse_statement (snapshot, words);
    }
  return snapshot;
}

static CsRequest *
parse_request (char **words)
{
  static const guint8 random[CS_HOTSPOT_RANDOM] = { 0 };
  g_autofree char *wan = parse_text (words[2]);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  gboolean unsettled = FALSE;
  CsRequest *request;

  for (char **word = words + 3; *word; word++)
    if (g_str_has_prefix (*word, "channel="))
      g_variant_dict_insert (&options, "channel", "u",
                             parse_number (strchr (*word, '=') + 1));
    else if (g_str_has_prefix (*word, "dns="))
      {
        g_auto (GStrv) servers = g_strsplit (strchr (*word, '=') + 1, ",", -1);

        g_variant_dict_insert (&options, "dns", "^as", servers);
      }
    else if (g_str_equal (*word, "unsettled"))
      unsettled = TRUE;
    else if (g_str_equal (*word, "temporary"))
      g_variant_dict_insert (&options, "persistent", "b", FALSE);
    else if (g_str_equal (*word, "no-dial"))
      g_variant_dict_insert (&options, "dial", "b", FALSE);
    else if (strchr (*word, '='))
      {
        g_auto (GStrv) parts = g_strsplit (*word, "=", 2);

        g_variant_dict_insert (&options, parts[0], "s", parts[1]);
      }
    else
      g_variant_dict_insert (&options, *word, "b", TRUE);
  variant = g_variant_ref_sink (g_variant_dict_end (&options));
  request = cs_request_new (words[0], wan, variant, &error);
  if (!request)
    g_error ("%s", error->message);
  if (!unsettled)
    cs_hotspot_options_settle (&request->hotspot, NULL, "desk.example", random);
  return request;
}

GPtrArray *
requests_parse (const char *text)
{
  g_auto (GStrv) statements = g_strsplit (text, ";", -1);
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_request_free);

  for (char **statement = statements; *statement; statement++)
    {
      g_auto (GStrv) words = split_words (*statement);

      if (words[0])
        g_ptr_array_add (requests, parse_request (words));
    }
  return requests;
}

CsPlan *
plan_in (const char *requests, const char *network, const CsPlan *previous)
{
  g_autoptr (GPtrArray) parsed = requests_parse (requests);
  g_autoptr (CsSnapshot) snapshot = network_parse (network);

  return cs_plan_new (parsed, snapshot, previous);
}

char *
plan_summary (const CsSharePlan *share)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) keys = NULL;
  GString *summary = g_string_new (NULL);

  g_string_printf (summary, "%s %s: %s |", cs_state_to_string (share->state),
                   share->reason, share->message);
  cs_share_plan_to_key_file (share, file, "share");
  if (share->better)
    g_key_file_set_string (file, "share", "better", share->better);
  keys = g_key_file_get_keys (file, "share", NULL, NULL);
  for (char **key = keys; *key; key++)
    {
      if (!share->hotspot.ssid && g_str_has_prefix (*key, "hotspot-"))
        continue;
      g_autofree char *value = g_key_file_get_value (file, "share", *key, NULL);

      g_string_append_printf (summary, " %s=%s |", *key, value);
    }
  return g_string_free (summary, FALSE);
}

void
plan_assert (const CsPlan *plan, const char *const *patterns)
{
  g_assert_cmpuint (plan->shares->len, <=, 3);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];
      g_autofree char *summary = plan_summary (share);

      g_test_message ("%s", summary);
      if (!patterns[i] || !g_pattern_match_simple (patterns[i], summary))
        g_error ("%s\nis not\n%s", summary, patterns[i]);
      g_assert_cmpint (share->error != NULL, ==, share->state == CS_STATE_FAILED);
    }
  g_assert_true (plan->shares->len == 3 || !patterns[plan->shares->len]);
}
