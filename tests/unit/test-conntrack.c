/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "conntrack": which of the kernel's flows it forgets, in a network of its own.
 */
#include "core/plan/share-uplink.h"
#include "system/netlink/ctnetlink.h"
#include "system/routing/conntrack.h"
#include "system/nft/nft-worker.h"

#include "private-net.h"
#include "step-call.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

typedef enum
{
  NOTHING, /* no share */
  WAITING,
  PPP0,
  PPP0_AGAIN, /* redialled: another ifindex, and another address */
  WLAN0,      /* with two addresses */
  TAKEN,      /* its LAN, by somebody else */
  KEPT,       /* by ppp0, with the LAN's own address */
  FOUND,      /* by ppp0, with an address that the LAN had before */
  BEHIND,     /* by ppp0, with a second network behind the LAN */
  /* with a unique local network ... */
  MASQUERADED,      /* ... by ppp0 */
  MASQUERADED_ELSE, /* ... by wlan0 */
  DELEGATED,        /* ... and a prefix of ppp0 */
  DELEGATED_ANEW,   /* ... and another, the first being deprecated */
  DELEGATED_ELSE,   /* ... and one of wlan0, likewise */
  LOST6,            /* ... by wlan0, which has no IPv6, likewise */
} Kind;

/* Flows of UDP: "SOURCE>DESTINATION<ADDRESS", the address that answers come to. */
#define VIA_PPP0     "192.168.137.10>198.51.100.1<203.0.113.10"
#define VIA_AGAIN    "192.168.137.10>198.51.100.1<203.0.113.11"
#define VIA_WLAN0    "192.168.137.10>198.51.100.1<192.0.2.2"
#define VIA_WLAN0_2  "192.168.137.11>198.51.100.1<192.0.2.3"
#define NOT_MASKED   "192.168.137.10>198.51.100.1<192.168.137.10"
#define TO_GATEWAY   "192.168.137.10>192.168.137.1<192.168.137.10"
#define BESIDE       "192.168.137.10>192.168.137.11<192.168.137.10"
#define OTHER_CLIENT "192.168.138.10>198.51.100.1<203.0.113.10"
#define OWN          "203.0.113.10>198.51.100.1<203.0.113.10"
#define TO_CLIENT    "198.51.100.9>192.168.137.10<198.51.100.9"
#define BEHIND_LAN   "10.7.0.9>198.51.100.1<203.0.113.10"

#define LOCAL        "fd00:1:2:3::10>2001:db8:f::1<"
#define LOCAL_PPP0   LOCAL "2001:db8:a::10"
#define LOCAL_WLAN0  LOCAL "2001:db8:b::2"
#define LOCAL_BARE   LOCAL "fd00:1:2:3::10"
#define TO_GATEWAY6  "fd00:1:2:3::10>fd00:1:2:3::1<fd00:1:2:3::10"
#define TO_GATEWAY_5 "2001:db8:5::10>2001:db8:5::1<2001:db8:5::10"
#define TO_CLIENT6   "2001:db8:f::9>fd00:1:2:3::10<2001:db8:f::9"
#define DELEGATED_5  "2001:db8:5::10>2001:db8:f::1<2001:db8:5::10"
#define DELEGATED_6  "2001:db8:6::10>2001:db8:f::1<2001:db8:6::10"
#define DELEGATED_7  "2001:db8:7::10>2001:db8:f::1<2001:db8:7::10"
#define OWN6         "2001:db8:a::10>2001:db8:f::1<2001:db8:a::10"

typedef struct
{
  const char *name;
  Kind from, to;
  const char *before; /* flows, " " between */
  const char *after;
} Case;

static const Case cases[] = {
  { "begins", NOTHING, PPP0, NOT_MASKED " " TO_CLIENT " " OWN, OWN },
  { "begins, adopted", NOTHING, PPP0, VIA_PPP0 " " OWN, VIA_PPP0 " " OWN },
  { "repaired", PPP0, PPP0, VIA_PPP0 " " NOT_MASKED " " TO_CLIENT " " TO_GATEWAY,
    VIA_PPP0 " " TO_GATEWAY },
  { "better", PPP0, WLAN0, VIA_PPP0 " " VIA_WLAN0 " " VIA_WLAN0_2,
    VIA_WLAN0 " " VIA_WLAN0_2 },
  { "back", WLAN0, PPP0, VIA_PPP0 " " VIA_WLAN0 " " VIA_WLAN0_2, VIA_PPP0 },
  { "redialled", PPP0, PPP0_AGAIN, VIA_PPP0 " " VIA_AGAIN, VIA_AGAIN },
  { "lost: it may return", PPP0, WAITING, VIA_PPP0, VIA_PPP0 },
  { "returned", WAITING, PPP0, VIA_PPP0 " " VIA_WLAN0, VIA_PPP0 },
  { "returned with another address", WAITING, PPP0_AGAIN, VIA_PPP0, "" },
  { "ends", PPP0, NOTHING, VIA_PPP0 " " NOT_MASKED " " OWN, OWN },
  { "ends while it waits", WAITING, NOTHING, VIA_PPP0, "" },
  { "is taken, and loses its gateway", PPP0, TAKEN,
    TO_GATEWAY " " VIA_PPP0 " " BESIDE " " OWN, BESIDE " " OWN },
  { "is taken, and keeps the LAN's address", KEPT, TAKEN, TO_GATEWAY " " VIA_PPP0,
    TO_GATEWAY },
  { "is taken, and keeps the address that was found", FOUND, TAKEN,
    TO_GATEWAY " " VIA_PPP0, TO_GATEWAY },
  { "ends, before its gateway does", PPP0, NOTHING, TO_GATEWAY " " VIA_PPP0, TO_GATEWAY },
  { "others' flows", PPP0, WLAN0,
    TO_GATEWAY " " OTHER_CLIENT " " OWN " " TO_CLIENT " " BEHIND_LAN,
    TO_GATEWAY " " OTHER_CLIENT " " OWN " " TO_CLIENT " " BEHIND_LAN },
  { "a network behind the LAN", PPP0, BEHIND, BEHIND_LAN " " VIA_PPP0,
    BEHIND_LAN " " VIA_PPP0 },
  { "a network behind the LAN is given up", BEHIND, PPP0,
    BEHIND_LAN " " VIA_PPP0 " " OWN " " OTHER_CLIENT, VIA_PPP0 " " OWN " " OTHER_CLIENT },
  { "with its uplink", BEHIND, WLAN0, BEHIND_LAN " " VIA_WLAN0, VIA_WLAN0 },
  { "a network behind the LAN ends", BEHIND, NOTHING, BEHIND_LAN " " VIA_PPP0 " " OWN,
    OWN },
  { "no flows", PPP0, WLAN0, "", "" },
  { "the first uplink", WAITING, PPP0, NOT_MASKED " " OWN, OWN },
  { "IPv6 begins", NOTHING, MASQUERADED, LOCAL_PPP0 " " LOCAL_BARE " " OWN6,
    LOCAL_PPP0 " " OWN6 },
  { "IPv6 of another uplink", MASQUERADED, MASQUERADED_ELSE,
    LOCAL_PPP0 " " LOCAL_WLAN0 " " OWN6 " " TO_GATEWAY6,
    LOCAL_WLAN0 " " OWN6 " " TO_GATEWAY6 },
  { "IPv6 is repaired", MASQUERADED, MASQUERADED,
    LOCAL_PPP0 " " LOCAL_BARE " " TO_CLIENT6 " " TO_GATEWAY6,
    LOCAL_PPP0 " " TO_GATEWAY6 },
  { "IPv6 ends", MASQUERADED, NOTHING, LOCAL_PPP0 " " VIA_PPP0 " " OWN6, OWN6 },
  { "is taken, and loses its gateways of IPv6", DELEGATED_ANEW, TAKEN,
    TO_GATEWAY6 " " TO_GATEWAY_5 " " OWN6, OWN6 },
  { "a share without IPv6", PPP0, WLAN0, LOCAL_PPP0 " " VIA_PPP0, LOCAL_PPP0 },
  { "IPv6 is given up", MASQUERADED, PPP0, LOCAL_PPP0 " " VIA_PPP0, VIA_PPP0 },
  { "a prefix", DELEGATED, DELEGATED, DELEGATED_5 " " LOCAL_BARE " " OWN6,
    DELEGATED_5 " " OWN6 },
  { "a prefix comes", MASQUERADED, DELEGATED, LOCAL_PPP0, LOCAL_PPP0 },
  { "another prefix", DELEGATED, DELEGATED_ANEW, DELEGATED_5 " " DELEGATED_6,
    DELEGATED_5 " " DELEGATED_6 },
  { "another uplink's prefix", DELEGATED, DELEGATED_ELSE,
    DELEGATED_5 " " DELEGATED_7 " " TO_GATEWAY6, DELEGATED_7 " " TO_GATEWAY6 },
  { "another uplink without IPv6", DELEGATED, LOST6,
    DELEGATED_5 " " LOCAL_PPP0 " " TO_GATEWAY6, TO_GATEWAY6 },
  { "a prefix ends", DELEGATED, NOTHING, DELEGATED_5 " " OWN6, OWN6 },
};

static void
add_address (GArray *addresses, const char *text)
{
  CsAddress address;
  CsCidr alone;

  g_assert_true (cs_address_parse (text, &address));
  alone = cs_cidr_of_address (address);
  g_array_append_val (addresses, alone);
}

static void
add_gateway (GArray *addresses, const char *text)
{
  CsCidr gateway;

  g_assert_true (cs_cidr_parse (text, &gateway, NULL));
  g_array_append_val (addresses, gateway);
}

static void
add_ipv6 (CsSharePlan *share, Kind kind)
{
  static const struct
  {
    CsIpv6Mode mode;
    const char *prefix;  /* (nullable) the gateway's address there */
    const char *earlier; /* (nullable) likewise, deprecated */
  } rows[] = {
    [MASQUERADED] = { CS_IPV6_MASQUERADE, NULL, NULL },
    [MASQUERADED_ELSE] = { CS_IPV6_MASQUERADE, NULL, NULL },
    [DELEGATED] = { CS_IPV6_DELEGATED, "2001:db8:5::1/64", NULL },
    [DELEGATED_ANEW] = { CS_IPV6_DELEGATED, "2001:db8:6::1/64", "2001:db8:5::1/64" },
    [DELEGATED_ELSE] = { CS_IPV6_DELEGATED, "2001:db8:7::1/64", "2001:db8:5::1/64" },
    [LOST6] = { CS_IPV6_NONE, NULL, "2001:db8:5::1/64" },
  };

  share->ipv6.mode = rows[kind].mode;
  add_gateway (share->ipv6.addresses, "fd00:1:2:3::1/64");
  if (rows[kind].prefix != NULL)
    add_gateway (share->ipv6.addresses, rows[kind].prefix);
  if (rows[kind].earlier != NULL)
    add_gateway (share->ipv6.deprecated, rows[kind].earlier);
  if (share->ipv6.mode != CS_IPV6_NONE)
    add_address (share->uplink_addresses,
                 share->uplink_ifindex == 7 ? "2001:db8:b::2" : "2001:db8:a::10");
}

/* (nullable) */
static CsSharePlan *
make_share (Kind kind)
{
  CsSharePlan *share;
  gboolean by_wlan0 = kind == WLAN0 || kind == MASQUERADED_ELSE || kind == DELEGATED_ELSE
                      || kind == LOST6;
  const CsCidr behind = CS_CIDR4 (10, 7, 0, 0, 16);

  if (kind == NOTHING)
    return NULL;
  share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  if (kind == KEPT)
    share->lan_method = CS_LAN_METHOD_KEEP;
  share->found_address = kind == FOUND;
  if (kind == TAKEN)
    {
      share->lan_taken = CS_LAN_TAKEN_OTHERS;
      share->lan_method = CS_LAN_METHOD_ABSENT;
      g_array_set_size (share->subnets, 0);
    }
  if (kind == WAITING)
    return share;
  share->uplink = g_strdup (by_wlan0 ? "wlan0" : "ppp0");
  share->uplink_ifindex = by_wlan0 ? 7 : kind == PPP0_AGAIN ? 10 : 9;
  if (by_wlan0)
    {
      add_address (share->uplink_addresses, "192.0.2.2");
      add_address (share->uplink_addresses, "192.0.2.3");
    }
  else
    add_address (share->uplink_addresses,
                 kind == PPP0_AGAIN ? "203.0.113.11" : "203.0.113.10");
  if (kind == BEHIND)
    g_array_append_val (share->subnets, behind);
  if (kind > BEHIND)
    add_ipv6 (share, kind);
  return share;
}

/* A change of the kernel's list. */
static void
begin (CsNetlinkRequest *request, guint16 type, guint16 flags, int family)
{
  struct nfgenmsg *header = cs_netlink_begin (
      request, (NFNL_SUBSYS_CTNETLINK << 8) | type, flags, sizeof *header);

  header->nfgen_family = (guint8)family;
}

static void
put_address (struct nlmsghdr *request, guint16 type4, guint16 type6, const char *text)
{
  CsAddress address;

  g_assert_true (cs_address_parse (text, &address));
  cs_netlink_put_address (request, address.family == AF_INET6 ? type6 : type4, address);
}

static void
put_tuple (struct nlmsghdr *request,
           guint16 type,
           const char *from,
           guint16 from_port,
           const char *to,
           guint16 to_port)
{
  struct nlattr *tuple = mnl_attr_nest_start (request, type);
  struct nlattr *ends = mnl_attr_nest_start (request, CTA_TUPLE_IP);
  struct nlattr *protocol;

  put_address (request, CTA_IP_V4_SRC, CTA_IP_V6_SRC, from);
  put_address (request, CTA_IP_V4_DST, CTA_IP_V6_DST, to);
  mnl_attr_nest_end (request, ends);
  protocol = mnl_attr_nest_start (request, CTA_TUPLE_PROTO);
  mnl_attr_put_u8 (request, CTA_PROTO_NUM, IPPROTO_UDP);
  mnl_attr_put_u16 (request, CTA_PROTO_SRC_PORT, htons (from_port));
  mnl_attr_put_u16 (request, CTA_PROTO_DST_PORT, htons (to_port));
  mnl_attr_nest_end (request, protocol);
  mnl_attr_nest_end (request, tuple);
}

static void
put_masquerade (struct nlmsghdr *request, const char *address)
{
  struct nlattr *source = mnl_attr_nest_start (request, CTA_NAT_SRC);

  put_address (request, CTA_NAT_V4_MINIP, CTA_NAT_V6_MINIP, address);
  put_address (request, CTA_NAT_V4_MAXIP, CTA_NAT_V6_MAXIP, address);
  mnl_attr_nest_end (request, source);
}

static void
add_flow (CsNetlink *netlink, const char *text, guint16 port)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "><", 3);
  CsNetlinkRequest request;

  begin (&request, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL,
         strchr (text, ':') != NULL ? AF_INET6 : AF_INET);
  put_tuple (&request.header, CTA_TUPLE_ORIG, parts[0], port, parts[1], 53);
  put_tuple (&request.header, CTA_TUPLE_REPLY, parts[1], 53, parts[0], port);
  if (!g_str_equal (parts[2], parts[0]))
    put_masquerade (&request.header, parts[2]);
  mnl_attr_put_u32 (&request.header, CTA_TIMEOUT, htonl (100));
  g_assert_cmpint (cs_netlink_ask (netlink, &request.header, NULL, NULL), ==, 0);
}

static void
flush (CsNetlink *netlink)
{
  CsNetlinkRequest request;

  begin (&request, IPCTNL_MSG_CT_DELETE, 0, AF_UNSPEC);
  g_assert_cmpint (cs_netlink_ask (netlink, &request.header, NULL, NULL), ==, 0);
}

static void
on_flow (const struct nlmsghdr *message, gpointer user_data)
{
  GPtrArray *flows = user_data;
  g_autofree char *client = NULL;
  g_autofree char *server = NULL;
  g_autofree char *answers_to = NULL;
  CsConnection connection;

  g_assert_true (cs_ctnetlink_parse (message, &connection));
  client = cs_address_to_string (connection.client);
  server = cs_address_to_string (connection.server);
  answers_to = cs_address_to_string (connection.answers_to);
  g_ptr_array_add (flows, g_strdup_printf ("%s>%s<%s", client, server, answers_to));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b);
}

/* Sorted, " " between. */
static char *
join (GPtrArray *flows)
{
  g_ptr_array_sort (flows, compare);
  g_ptr_array_add (flows, NULL);
  return g_strjoinv (" ", (char **)flows->pdata);
}

static void
assert_flows (CsNetlink *netlink, const char *expected)
{
  g_autoptr (GPtrArray) flows = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) words = g_strsplit (expected, " ", -1);
  g_autofree char *got = NULL;
  g_autofree char *sorted = NULL;

  g_assert_cmpint (cs_ctnetlink_dump (netlink, AF_UNSPEC, FALSE, on_flow, flows), ==, 0);
  for (char **word = words; *word; word++)
    g_ptr_array_add (wanted, g_strdup (*word));
  got = join (flows);
  sorted = join (wanted);
  g_assert_cmpstr (got, ==, sorted);
}

/* And what it does behind a new share's back. */
static void
await_end (CsStep *step)
{
  while (!g_atomic_ref_count_compare (&step->references, 1))
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (CsStep) step = cs_conntrack_step_new ();
  g_autoptr (CsSharePlan) from = make_share (c->from);
  g_autoptr (CsSharePlan) to = make_share (c->to);
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_NETFILTER, NULL);
  g_auto (GStrv) flows = g_strsplit (c->before, " ", -1);

  g_test_message ("%s", c->name);
  for (guint i = 0; flows[i]; i++)
    add_flow (netlink, flows[i], (guint16)(1024 + i));
  assert_flows (netlink, c->before);
  if (to != NULL)
    cs_share_uplink_leave (to, from);
  step_must_apply (step, NULL, from, to);
  await_end (step);
  assert_flows (netlink, c->after);
  flush (netlink);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  cs_nft_worker_init (NFT_WORKER);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/conntrack/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
