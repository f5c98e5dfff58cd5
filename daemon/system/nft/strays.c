/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps a separate table, "inet connshare_left", with the address and port to which each
 * late answer comes; for protocols without ports, with the address it comes from instead
 * of the port. Such an element stays as long as answers arrive. Traffic of this computer
 * itself from the same port is a flow that conntrack knows, so its answers pass. Beside
 * them are the addresses of uplinks of shares that have ended, for ten seconds: errors
 * from these leave only by that uplink. The table has the flag "owner": nobody else's
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
  static const char *const sets[] = { "answers", "portless", "uplink_addresses" };
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

/* Answers to a flow that was not masqueraded go to the client. */
static gboolean
add_element (GString *out, const struct nlmsghdr *message)
{
  g_autofree char *to = NULL;
  g_autofree char *from = NULL;
  CsConnection connection;

  if (!cs_ctnetlink_parse (message, &connection) || connection.client.family != AF_INET
      || connection.protocol == IPPROTO_ICMP /* which nobody answers with an error */
      || cs_address_equal (connection.answers_to, connection.client))
    return FALSE;
  to = cs_address_to_string (connection.answers_to);
  from = cs_address_to_string (connection.answers_from);
  if (connection.protocol == IPPROTO_TCP || connection.protocol == IPPROTO_UDP)
    g_string_append_printf (out, "add element inet " TABLE " answers { %s . %u . %u }\n",
                            to, connection.protocol, connection.port);
  else
    g_string_append_printf (out, "add element inet " TABLE " portless { %s . %u . %s }\n",
                            to, connection.protocol, from);
  return TRUE;
}

/* Whether there is one. */
static gboolean
add_uplink (GString *out, const char *uplink, const GArray *addresses, guint i)
{
  static const char *const verbs[] = { "add", "delete", "add" }; /* begins it again */
  g_autofree char *address = NULL;

  if (uplink == NULL)
    return FALSE;
  address = cs_address_to_string (g_array_index (addresses, CsCidr, i).address);
  for (gsize k = 0; k < G_N_ELEMENTS (verbs); k++)
    g_string_append_printf (out,
                            "%s element inet " TABLE " uplink_addresses { %s }\n"
                            "%s element inet " TABLE " uplink_paths { %s . \"%s\" }\n",
                            verbs[k], address, verbs[k], address, uplink);
  return TRUE;
}

static guint
add_uplinks (GString *out, const CsSharePlan *share)
{
  guint count = 0;

  for (guint i = 0; i < share->uplink_addresses->len; i++)
    count += add_uplink (out, share->uplink, share->uplink_addresses, i) ? 1 : 0;
  for (guint i = 0; i < share->former_addresses->len; i++)
    count
        += add_uplink (out, share->former_uplinks[i], share->former_addresses, i) ? 1 : 0;
  return count;
}

void
cs_strays_drop (const GPtrArray *flows, const CsSharePlan *ended)
{
  g_autoptr (GString) commands = g_string_new (table);
  g_autoptr (GError) commit_error = NULL;
  guint count = 0;

  for (guint i = 0; i < flows->len && count < MOST; i++)
    count += add_element (commands, flows->pdata[i]) ? 1 : 0;
  if (ended != NULL)
    count += add_uplinks (commands, ended);
  if (count == 0)
    return;
  {
    g_autoptr (GMutexLocker) commit = cs_nft_lock ();

    if (!cs_nft_commit (commands->str, NULL, &commit_error))
      g_debug ("replies to ended flows are not dropped: %s", commit_error->message);
  }
  expect_end ();
}
