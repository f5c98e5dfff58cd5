/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps a separate table, "inet connshare_left", with the address and port to which each
 * late answer comes; for protocols without ports, with the address it comes from instead
 * of the port. Such an element stays as long as answers arrive. Traffic of this computer
 * itself from the same port is a flow that conntrack knows, so its answers pass. Beside
 * them are the addresses of uplinks of shares that have ended, for ten seconds: errors
 * from these leave only by that uplink. IPv6 has the same in sets of its own, if any such
 * flow was ended; there, answers also come to clients' own addresses, which this computer
 * may forward by whatever route it has: so they end before they are routed. The table has
 * the flag "owner": nobody else's
 * "flush ruleset" removes it, but the kernel does when its owner, connshare-nft, ends. */
#include "strays.h"

#include "nft-commit.h"
#include "nft-set.h"

#include "core/render/ruleset.h"
#include "system/netlink/ctnetlink.h"

#include <gio/gio.h>
#include <linux/netfilter.h>

#define TABLE CS_NFT_TABLE "_left"
/* How long an element stays after the last answer. Seconds. */
#define WHILE 10
/* Maximum number of elements; the kernel rate-limits the errors for any further ones. */
#define MOST 4096

static const char table[]
    = "add table inet " TABLE " { flags owner; }\n"
      "add set inet " TABLE " answers { type ipv4_addr . inet_proto . inet_service;"
      " flags dynamic,timeout; timeout 10s; }\n"
      "add set inet " TABLE " portless { type ipv4_addr . inet_proto . ipv4_addr;"
      " flags dynamic,timeout; timeout 10s; }\n"
      "add set inet " TABLE " uplink_addresses { type ipv4_addr;"
      " flags timeout; timeout 10s; }\n"
      "add set inet " TABLE " uplink_paths { type ipv4_addr . ifname;"
      " flags timeout; timeout 10s; }\n"
      "add chain inet " TABLE " input { type filter hook input priority filter; }\n"
      "flush chain inet " TABLE " input\n"
      "add rule inet " TABLE " input ct state established accept\n"
      "add rule inet " TABLE " input meta l4proto { tcp, udp }"
      " ip daddr . meta l4proto . th dport @answers"
      " update @answers { ip daddr . meta l4proto . th dport } drop\n"
      "add rule inet " TABLE " input ip daddr . meta l4proto . ip saddr @portless"
      " update @portless { ip daddr . meta l4proto . ip saddr } drop\n"
      "add chain inet " TABLE " output { type filter hook output priority filter; }\n"
      "flush chain inet " TABLE " output\n"
      "add rule inet " TABLE " output icmp type"
      " { destination-unreachable, time-exceeded, parameter-problem }"
      " ip saddr @uplink_addresses ip saddr . oifname != @uplink_paths"
      " oifname != \"lo\" drop\n";

static const char table6[]
    = "add set inet " TABLE " answers6 { type ipv6_addr . inet_proto . inet_service;"
      " flags dynamic,timeout; timeout 10s; }\n"
      "add set inet " TABLE " portless6 { type ipv6_addr . inet_proto . ipv6_addr;"
      " flags dynamic,timeout; timeout 10s; }\n"
      "add set inet " TABLE " uplink_addresses6 { type ipv6_addr;"
      " flags timeout; timeout 10s; }\n"
      "add set inet " TABLE " uplink_paths6 { type ipv6_addr . ifname;"
      " flags timeout; timeout 10s; }\n"
      "add chain inet " TABLE " prerouting6"
      " { type filter hook prerouting priority filter; }\n"
      "flush chain inet " TABLE " prerouting6\n"
      "add rule inet " TABLE " prerouting6 ct state established accept\n"
      "add rule inet " TABLE " prerouting6 meta l4proto { tcp, udp }"
      " ip6 daddr . meta l4proto . th dport @answers6"
      " update @answers6 { ip6 daddr . meta l4proto . th dport } drop\n"
      "add rule inet " TABLE
      " prerouting6 ip6 daddr . meta l4proto . ip6 saddr @portless6"
      " update @portless6 { ip6 daddr . meta l4proto . ip6 saddr } drop\n"
      "add chain inet " TABLE " output6 { type filter hook output priority filter; }\n"
      "flush chain inet " TABLE " output6\n"
      "add rule inet " TABLE " output6 icmpv6 type"
      " { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }"
      " ip6 saddr @uplink_addresses6 ip6 saddr . oifname != @uplink_paths6"
      " oifname != \"lo\" drop\n";

static GMutex lock;
static guint timer; /* timeout source, or 0; under the lock */

static int
note_element (struct nftnl_set_elem *element, void *any)
{
  *(gboolean *)any = TRUE;
  return 0;
}

/* The kernel does not list expired elements. */
static gboolean
has_elements (void)
{
  static const char *const sets[] = { "answers",  "portless",  "uplink_addresses",
                                      "answers6", "portless6", "uplink_addresses6" };
  gboolean any = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    cs_nft_set_visit (NFPROTO_INET, TABLE, sets[i], note_element, &any);
  return any;
}

/* Nothing is added in between, because that takes the same lock. */
static void
remove_table (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) commit = cs_nft_lock ();
  g_autoptr (GMutexLocker) locker = NULL;

  if (has_elements ())
    return;
  /* it is gone if the worker that owned it was replaced */
  cs_nft_commit ("add table inet " TABLE " { flags owner; }\n"
                 "delete table inet " TABLE "\n",
                 NULL, NULL);
  locker = g_mutex_locker_new (&lock);
  g_clear_handle_id (&timer, g_source_remove);
}

static gboolean
on_timer (gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_run_in_thread (task, remove_table);
  return G_SOURCE_CONTINUE;
}

static void
expect_end (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (timer == 0)
    timer = g_timeout_add_seconds (WHILE, on_timer, NULL);
}

/* What is to be dropped. */
typedef struct
{
  GString *elements; /* commands */
  guint count;       /* of flows and addresses */
  gboolean ipv6;     /* some are of IPv6 */
} Strays;

/* As names of our sets have it. */
static const char *
suffix_of (int family)
{
  return family == AF_INET6 ? "6" : "";
}

static void
note (Strays *strays, int family)
{
  strays->count++;
  strays->ipv6 = strays->ipv6 || family == AF_INET6;
}

/* Nobody answers an echo request with an error. Answers to a flow that was not
 * masqueraded go to the client, which in IPv4 has an address that nobody else knows. */
static gboolean
may_come (const CsConnection *connection)
{
  if (connection->client.family == AF_INET6)
    return connection->protocol != IPPROTO_ICMPV6;
  return connection->protocol != IPPROTO_ICMP
         && !cs_address_equal (connection->answers_to, connection->client);
}

static void
add_element (Strays *strays, const struct nlmsghdr *message)
{
  g_autofree char *to = NULL;
  g_autofree char *from = NULL;
  const char *suffix;
  CsConnection connection;

  if (!cs_ctnetlink_parse (message, &connection) || !may_come (&connection))
    return;
  suffix = suffix_of (connection.client.family);
  to = cs_address_to_string (connection.answers_to);
  from = cs_address_to_string (connection.answers_from);
  if (connection.protocol == IPPROTO_TCP || connection.protocol == IPPROTO_UDP)
    g_string_append_printf (strays->elements,
                            "add element inet " TABLE " answers%s { %s . %u . %u }\n",
                            suffix, to, connection.protocol, connection.port);
  else
    g_string_append_printf (strays->elements,
                            "add element inet " TABLE " portless%s { %s . %u . %s }\n",
                            suffix, to, connection.protocol, from);
  note (strays, connection.client.family);
}

static void
add_uplink (Strays *strays, const char *uplink, CsAddress single)
{
  static const char *const verbs[] = { "add", "delete", "add" }; /* begins it again */
  const char *suffix = suffix_of (single.family);
  g_autofree char *address = cs_address_to_string (single);

  if (uplink == NULL)
    return;
  for (gsize k = 0; k < G_N_ELEMENTS (verbs); k++)
    g_string_append_printf (strays->elements,
                            "%s element inet " TABLE " uplink_addresses%s { %s }\n"
                            "%s element inet " TABLE " uplink_paths%s { %s . \"%s\" }\n",
                            verbs[k], suffix, address, verbs[k], suffix, address, uplink);
  note (strays, single.family);
}

static void
add_uplinks (Strays *strays, const CsSharePlan *share)
{
  const GArray *now = share->uplink_addresses, *former = share->former_addresses;

  for (guint i = 0; i < now->len; i++)
    add_uplink (strays, share->uplink, g_array_index (now, CsCidr, i).address);
  for (guint i = 0; i < former->len; i++)
    add_uplink (strays, share->former_uplinks[i],
                g_array_index (former, CsCidr, i).address);
}

void
cs_strays_drop (const GPtrArray *flows, const CsSharePlan *ended)
{
  g_autoptr (GString) elements = g_string_new (NULL);
  g_autofree char *commands = NULL;
  g_autoptr (GError) error = NULL;
  Strays strays = { .elements = elements };

  for (guint i = 0; i < flows->len && strays.count < MOST; i++)
    add_element (&strays, flows->pdata[i]);
  if (ended != NULL)
    add_uplinks (&strays, ended);
  if (strays.count == 0)
    return;
  commands = g_strconcat (table, strays.ipv6 ? table6 : "", elements->str, NULL);
  {
    g_autoptr (GMutexLocker) commit = cs_nft_lock ();

    if (!cs_nft_commit (commands, NULL, &error))
      g_debug ("replies to ended flows are not dropped: %s", error->message);
  }
  expect_end ();
}
