/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tiny parser; a word that it does not know ends the program. */
#include "network.h"

#include "statements.h"

#include "core/plan/plan.h"
#include "core/value/routes.h"

#include <string.h>

static CsCidr
parse_cidr (const char *text)
{
  CsCidr cidr;
  g_autoptr (GError) error = NULL;

  if (!cs_cidr_parse (text, &cidr, &error))
    g_error ("%s", error->message);
  return cidr;
}

static CsAddress
parse_address (const char *text)
{
  CsAddress address;

  if (!cs_address_parse (text, &address))
    g_error ("not an address: %s", text);
  return address;
}

void
addresses_read (GArray *addresses, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (char **word = words; *word; word++)
    if (**word)
      cs_addresses_add (addresses, parse_address (*word));
}

char *
addresses_print (const GArray *addresses)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      g_autofree char *text
          = cs_address_to_string (g_array_index (addresses, CsAddress, i));

      g_string_append_printf (out, "%s%s", i ? "," : "", text);
    }
  return g_string_free (out, FALSE);
}

/* Seconds, with a fraction, as microseconds. */
static gint64
parse_time (const char *text)
{
  return (gint64)(g_ascii_strtod (text, NULL) * G_USEC_PER_SEC);
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
  CsInterfaceAddress address = { .local = parse_cidr (parts[0]) };

  if (parts[1])
    address.peer = parse_address (parts[1]);
  g_array_append_val (interface->addresses, address);
}

/* "ADDRESS/N", with '!', '~', '^' and '=' behind it. */
static void
add_address6 (CsInterface *interface, const char *text)
{
  g_autofree char *plain = g_strndup (text, strcspn (text, "!~^="));
  CsIpv6Address address = { .local = parse_cidr (plain),
                            .unusable = strchr (text, '!') != NULL,
                            .deprecated = strchr (text, '~') != NULL,
                            .temporary = strchr (text, '^') != NULL,
                            .permanent = strchr (text, '=') != NULL };

  g_array_append_val (interface->addresses6, address);
}

static void
add_delegated (CsInterface *interface, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (char **word = words; *word; word++)
    {
      CsCidr network = parse_cidr (*word);

      g_array_append_val (interface->delegated, network);
    }
}

/* "DISABLED/ACCEPT_RA/FORWARDING/FORCE_FORWARDING/PROXY_NDP" */
static CsIpv6Conf
parse_conf6 (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, "/", -1);
  int values[5];

  g_assert_cmpuint (g_strv_length (words), ==, G_N_ELEMENTS (values));
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (int)g_ascii_strtoll (words[i], NULL, 10);
  return (CsIpv6Conf){ values[0], values[1], values[2], values[3], values[4] };
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
    { "auto", G_STRUCT_OFFSET (CsInterface, connection_auto), TRUE },
    { "asleep", G_STRUCT_OFFSET (CsInterface, asleep), TRUE },
    { "unavailable", G_STRUCT_OFFSET (CsInterface, unavailable), TRUE },
    { "changing", G_STRUCT_OFFSET (CsInterface, changing), TRUE },
    { "disconnected", G_STRUCT_OFFSET (CsInterface, disconnected), TRUE },
    { "metered", G_STRUCT_OFFSET (CsInterface, metered), TRUE },
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
      CsChannel channel = { .number = word_to_number (*word) };

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
    interface->ifindex = (int)word_to_number (value);
  else if (g_str_equal (key, "mtu"))
    interface->mtu = word_to_number (value);
  else if (g_str_equal (key, "master"))
    interface->master = index_of (snapshot, value);
  else if (g_str_equal (key, "addr"))
    add_address (interface, value);
  else if (g_str_equal (key, "addr6"))
    add_address6 (interface, value);
  else if (g_str_equal (key, "conf6"))
    interface->ipv6 = parse_conf6 (value);
  else if (g_str_equal (key, "delegated"))
    add_delegated (interface, value);
  else if (g_str_equal (key, "fwd"))
    interface->forwarding = (int)word_to_number (value);
  else if (g_str_equal (key, "rp"))
    {
      interface->rp_filter = value[0] - '0';
      interface->rp_filter_own = value[2] - '0';
    }
  else if (g_str_equal (key, "con"))
    interface->connection_id = word_to_text (value);
  else if (g_str_equal (key, "uuid"))
    interface->connection_uuid = g_strdup (value);
  else if (g_str_equal (key, "gw"))
    interface->gateway = parse_address (value);
  else if (g_str_equal (key, "dns"))
    addresses_read (interface->dns, value);
  else if (g_str_equal (key, "carries"))
    interface->carries = g_strdup (value);
  else if (g_str_equal (key, "region"))
    interface->region = g_strdup (value);
  else if (g_str_equal (key, "radio"))
    interface->radio = word_to_number (value);
  else if (g_str_equal (key, "joined"))
    interface->station_channel = word_to_number (value);
  else if (g_str_equal (key, "at-once"))
    {
      interface->ap_with_station = word_to_number (value);
      interface->ap_with_station_known = TRUE;
    }
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
  interface->ipv6 = (CsIpv6Conf){ 0 };
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
  profile->ppp_failed = parts[1] && g_str_has_prefix (parts[1], "pppd");
  profile->failure = parts[1] ? word_to_text (parts[1]) : NULL;
}

static void
parse_profile (CsSnapshot *snapshot, char **words)
{
  g_autofree char *id = word_to_text (words[1]);
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

static CsRouteEnd
end_of (const char *word)
{
  if (g_str_has_prefix (word, "blackhole"))
    return CS_END_SILENCE;
  return g_str_equal (word, "throw") ? CS_END_GO_ON : CS_END_ERROR;
}

static CsCidr
parse_destination (const char *text, gboolean ipv6)
{
  static const CsCidr all = CS_ALL_IPV4, all6 = CS_ALL_IPV6;

  if (g_str_equal (text, "default"))
    return ipv6 ? all6 : all;
  return parse_cidr (text);
}

static void
parse_route (CsSnapshot *snapshot, char **words)
{
  gboolean ipv6 = g_str_has_suffix (words[0], "6");
  CsRoute route = { .destination = parse_destination (words[1], ipv6),
                    .table = CS_TABLE_MAIN,
                    .unicast = g_str_has_prefix (words[0], "route"),
                    .end = end_of (words[0]) };

  for (char **word = words + 2; *word; word += g_str_equal (*word, "onlink") ? 1 : 2)
    if (g_str_equal (*word, "dev"))
      route.ifindex = index_of (snapshot, word[1]);
    else if (g_str_equal (*word, "via"))
      route.gateway = parse_address (word[1]);
    else if (g_str_equal (*word, "src"))
      route.source = parse_address (word[1]);
    else if (g_str_equal (*word, "metric"))
      route.metric = word_to_number (word[1]);
    else if (g_str_equal (*word, "table"))
      route.table = word_to_number (word[1]);
    else if (g_str_equal (*word, "onlink"))
      route.onlink = TRUE;
    else
      g_error ("route: %s?", *word);
  g_assert_cmpuint (route.destination.address.family, ==, ipv6 ? AF_INET6 : AF_INET);
  g_array_append_val (ipv6 ? snapshot->routes6 : snapshot->routes, route);
}

static int
parse_way (const CsSnapshot *snapshot, const char *text)
{
  if (g_str_equal (text, "none"))
    return CS_WAY_NONE;
  return g_str_equal (text, "refused") ? CS_WAY_REFUSED : index_of (snapshot, text);
}

/* What a kernel without policy rules says. */
static int
find_way (const CsSnapshot *snapshot)
{
  const CsRoute *best = NULL;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (route->destination.prefix == 0 && route->table == CS_TABLE_MAIN
          && (!best || route->metric < best->metric))
        best = route;
    }
  if (!best || best->ifindex == index_of (snapshot, "lo"))
    return CS_WAY_NONE;
  return best->unicast ? best->ifindex : CS_WAY_REFUSED;
}

static void
parse_ways (CsSnapshot *snapshot, char **words)
{
  for (guint i = 0; i < CS_HALVES; i++)
    {
      if (!words)
        snapshot->ways_out[i] = find_way (snapshot);
      else
        snapshot->ways_out[i] = parse_way (snapshot, words[words[2] ? i + 1 : 1]);
    }
}

static void
parse_astray (CsSnapshot *snapshot, char **words)
{
  const CsAstray astray = { .from_clients = words[4] != NULL,
                            .lan_ifindex = index_of (snapshot, words[1]),
                            .ifindex = index_of (snapshot, words[2]),
                            .table = word_to_number (words[3]) };

  g_array_append_val (snapshot->astray, astray);
}

static void
add_rule (CsSnapshot *snapshot, CsRule rule)
{
  g_array_append_val (snapshot->rules, rule);
}

static CsCidr
parse_source (const char *word)
{
  return strchr (word, '/') ? parse_cidr (word)
                            : cs_cidr_of_address (parse_address (word));
}

static void
parse_rule (CsSnapshot *snapshot, char **words)
{
  CsRule rule = { .table = word_to_number (words[1]), .protocol = CS_ROUTE_PROTOCOL };

  for (char **word = words + 2; *word; word++)
    {
      const char *value = strchr (*word, '=') ? strchr (*word, '=') + 1 : "";

      if (g_str_has_prefix (*word, "pref="))
        rule.priority = word_to_number (value);
      else if (g_str_has_prefix (*word, "iif="))
        g_strlcpy (rule.iif, value, sizeof rule.iif);
      else if (g_str_has_prefix (*word, "oif="))
        g_strlcpy (rule.oif, value, sizeof rule.oif);
      else if (g_str_has_prefix (*word, "from="))
        rule.source = parse_source (value);
      else if (g_str_has_prefix (*word, "mark="))
        rule.mark = word_to_number (value);
      else if (g_str_has_prefix (*word, "goto="))
        rule.skip_to = word_to_number (value);
      else if (g_str_has_prefix (*word, "proto="))
        rule.protocol = (guint8)word_to_number (value);
      else if (g_str_equal (*word, "blackhole"))
        rule.ends = TRUE;
      else if (g_str_equal (*word, "ipv6"))
        rule.ipv6 = TRUE;
      else
        g_error ("rule: %s?", *word);
    }
  add_rule (snapshot, rule);
}

/* Megabytes. */
static void
parse_used (CsSnapshot *snapshot, char **words)
{
  CsDataUsage *usage = cs_data_usage_new (words[1]);

  usage->in_all = word_to_number (words[2]) * G_GUINT64_CONSTANT (1000000);
  usage->monthly = word_to_number (words[3]) * G_GUINT64_CONSTANT (1000000);
  g_ptr_array_add (snapshot->usages, usage);
}

static gboolean
parse_ipv6 (CsSnapshot *snapshot, char **words)
{
  const char *what = words[0];

  if (g_str_equal (what, "forwards6"))
    snapshot->host_forwards6 = TRUE;
  else if (g_str_equal (what, "forces6") || g_str_equal (what, "no-forces6"))
    snapshot->forces_ipv6 = g_str_equal (what, "forces6");
  else if (g_str_has_prefix (what, "own6="))
    snapshot->own_network6 = parse_cidr (strchr (what, '=') + 1);
  else if (g_str_equal (what, "no-own6"))
    snapshot->own_network6 = (CsCidr){ 0 };
  else if (g_str_has_prefix (what, "conf6="))
    snapshot->ipv6_default = parse_conf6 (strchr (what, '=') + 1);
  else
    return FALSE;
  return TRUE;
}

static void
parse_statement (CsSnapshot *snapshot, char **words)
{
  const char *what = words[0];

  if (g_str_equal (what, "link"))
    parse_link (snapshot, words);
  else if (g_str_equal (what, "route") || g_str_equal (what, "unreachable")
           || g_str_equal (what, "blackhole") || g_str_equal (what, "throw")
           || g_str_equal (what, "route6") || g_str_equal (what, "unreachable6")
           || g_str_equal (what, "blackhole6"))
    parse_route (snapshot, words);
  else if (g_str_equal (what, "rule"))
    parse_rule (snapshot, words);
  else if (g_str_equal (what, "front"))
    add_rule (snapshot, (CsRule){ .priority = word_to_number (words[1]), .table = 52 });
  else if (g_str_equal (what, "profile"))
    parse_profile (snapshot, words);
  else if (g_str_equal (what, "used"))
    parse_used (snapshot, words);
  else if (g_str_equal (what, "now"))
    snapshot->now = parse_time (words[1]);
  else if (g_str_equal (what, "month"))
    snapshot->month = cs_month_number ((int)word_to_number (words[1]),
                                       (int)word_to_number (words[2]));
  else if (g_str_equal (what, "primary"))
    snapshot->primary = g_strdup (words[1]);
  else if (g_str_equal (what, "way"))
    parse_ways (snapshot, words);
  else if (g_str_equal (what, "way6"))
    snapshot->way_out6 = parse_way (snapshot, words[1]);
  else if (g_str_equal (what, "resolv"))
    addresses_read (snapshot->resolv_dns, words[1] ? words[1] : "");
  else if (g_str_equal (what, "port"))
    snapshot->dns_port = word_to_number (words[1]);
  else if (g_str_equal (what, "astray"))
    parse_astray (snapshot, words);
  else if (g_str_equal (what, "forwards"))
    snapshot->host_forwards = TRUE;
  else if (parse_ipv6 (snapshot, words))
    return;
  else if (g_str_equal (what, "valid-marks"))
    snapshot->valid_marks = TRUE;
  else if (g_str_equal (what, "translates"))
    {
      snapshot->firewall = cs_firewall_new ();
      snapshot->firewall->translates = TRUE;
    }
  else if (g_str_equal (what, "refused"))
    snapshot->dns_refused |= CS_OWN_DNS_BIT (word_to_number (words[1]));
  else if (g_str_equal (what, "no-nm"))
    snapshot->nm_running = FALSE;
  else
    g_error ("%s?", what);
}

CsSnapshot *
network_parse (const char *text)
{
  static const char lo[] = "link lo loopback ptp index=1 mtu=65536 addr=127.0.0.1/8;";
  g_autofree char *whole = g_strconcat (lo, text, NULL);
  g_autoptr (GPtrArray) statements = statements_split (whole);
  CsSnapshot *snapshot = cs_snapshot_new ();
  gboolean way_is_told = FALSE;

  snapshot->nm_running = TRUE;
  snapshot->host_name = g_strdup ("desk");
  snapshot->forces_ipv6 = TRUE;
  snapshot->ipv6_default = (CsIpv6Conf){ 0 };
  snapshot->own_network6 = parse_cidr ("fd12:3456:789a::/48");
  for (guint i = 0; i < statements->len; i++)
    {
      char **words = statements->pdata[i];

      parse_statement (snapshot, words);
      way_is_told |= g_str_equal (words[0], "way");
    }
  if (!way_is_told)
    parse_ways (snapshot, NULL);
  return snapshot;
}
