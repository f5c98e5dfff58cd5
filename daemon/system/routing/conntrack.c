/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocking, because the table may be long: dump, pick, delete. When one uplink replaces
 * another, only masqueraded flows are dumped, which spares a server the others. A
 * client's flow is one that began in the share's subnets and did not end there; it is
 * right if its answers come to an address of the uplink. One without masquerade is wrong
 * too: it began while somebody had flushed the ruleset. So is one of a network that the
 * share no longer guards: its answers would go wherever the host's routes send them. And
 * so is one to a gateway that such a network has lost: whatever becomes of its packets,
 * the kernel would tell by those routes. (At the end of a share the gateway goes later.)
 *
 * A flow that a port mapping has led to a client is right if it was begun to an address
 * of the uplink; none of these is masqueraded.
 *
 * In IPv6, a flow that is not masqueraded is right if its client's address belongs to the
 * uplink; also one of an earlier prefix of the same uplink. IPv6's list is only read if
 * the share has any, or had. */
#include "conntrack.h"

#include "blocked-flows.h"

#include "base/errno-words.h"
#include "core/plan/ipv6.h"
#include "dbus/errors.h"
#include "system/netlink/ctnetlink.h"
#include "system/nft/strays.h"

#include <errno.h>

#define LATER 200 /* milliseconds */

typedef struct
{
  /* (owned) (nullable) the worker's own; it stays open, because closing it would wait for
     the kernel */
  CsNetlink *netlink;
  GHashTable *latest; /* (owned) LAN (owned) -> its CsSharePlan (owned) in force */
  GMutex lock;        /* for both: what a new share finds is cleared in the background */
} Conntrack;

/* What has to go. */
typedef struct
{
  const GArray *subnets;   /* (nullable) of CsCidr: whose flows leave by the uplink; NULL:
                              there is none now */
  const GArray *addresses; /* of CsCidr: of that uplink */
  const GArray *networks6; /* (nullable) of CsCidr: as .subnets, of IPv6 */
  const GArray *own6;      /* of CsCidr: those of them that belong to the uplink */
  const GArray *left; /* (nullable) of CsCidr, both families: whose flows all go ... */
  const GArray *gateways; /* (nullable) of CsAddress: ... and what of them is to these */
  const CsBlockedFlows *blocked; /* (nullable) which all go */
  const CsSharePlan *ended;      /* (nullable) it ends, and others stay */
  gboolean strays;               /* answers to them may still come to this computer */
  gboolean masqueraded;          /* all of them are */
  gboolean unasked;              /* what others have begun goes, too */
  GPtrArray *picked;             /* of struct nlmsghdr (owned), while it is at work */
  GPtrArray *local; /* likewise, those to .gateways: nobody else would answer them */
} Sweep;

static gboolean
has_left (const Sweep *sweep)
{
  return sweep->left != NULL && sweep->left->len > 0;
}

static gboolean
is_clients (const Sweep *sweep, CsAddress address)
{
  return cs_cidrs_contain (sweep->subnets, address)
         || cs_cidrs_contain (sweep->networks6, address);
}

/* Whether it is one of a client's that leaves by the uplink. */
static gboolean
is_right (const Sweep *sweep, const CsConnection *connection)
{
  return cs_cidrs_contain (sweep->addresses, connection->answers_to)
         || (cs_cidrs_contain (sweep->own6, connection->client)
             && cs_address_equal (connection->answers_to, connection->client));
}

/* Whether somebody has led it to a client, from the address of another. */
static gboolean
is_led (const Sweep *sweep, const CsConnection *connection)
{
  return !cs_address_equal (connection->server, connection->answers_from)
         && (is_clients (sweep, connection->answers_from)
             || cs_cidrs_contain (sweep->left, connection->answers_from));
}

/* Whether somebody else began it, to a client's own address, as only a missing filter
 * lets him; or as he may, and then it begins again. */
static gboolean
comes_in (const Sweep *sweep, const CsConnection *connection)
{
  return is_clients (sweep, connection->server)
         && !is_clients (sweep, connection->client);
}

/* Whether this computer itself has answered it, at an address that it has no more: the
 * answers of a published port are another's, and go on to be guarded. */
static gboolean
is_to_left_gateway (const Sweep *sweep, const CsConnection *connection)
{
  return sweep->gateways != NULL && cs_cidrs_contain (sweep->left, connection->client)
         && cs_addresses_contain (sweep->gateways, connection->server)
         && cs_address_equal (connection->answers_from, connection->server);
}

/* What else stays within clients' networks is none of ours. */
static gboolean
is_wrong (const Sweep *sweep, const CsConnection *connection)
{
  if (sweep->unasked && comes_in (sweep, connection))
    return TRUE;
  if (is_led (sweep, connection))
    return cs_cidrs_contain (sweep->left, connection->answers_from)
           || !cs_cidrs_contain (sweep->addresses, connection->server);
  return (cs_cidrs_contain (sweep->left, connection->client)
          || (is_clients (sweep, connection->client) && !is_right (sweep, connection)))
         && !is_clients (sweep, connection->server)
         && !cs_cidrs_contain (sweep->left, connection->server);
}

static void
on_connection (const struct nlmsghdr *message, gpointer user_data)
{
  Sweep *sweep = user_data;
  CsConnection connection;

  if (!cs_ctnetlink_parse (message, &connection))
    return;
  if (is_to_left_gateway (sweep, &connection))
    g_ptr_array_add (sweep->local, g_memdup2 (message, message->nlmsg_len));
  else if ((sweep->blocked != NULL && cs_blocked_flows_have (sweep->blocked, &connection))
           || is_wrong (sweep, &connection))
    g_ptr_array_add (sweep->picked, g_memdup2 (message, message->nlmsg_len));
}

/* Errno, or 0. */
static int
delete_all (CsNetlink *netlink, const GPtrArray *messages)
{
  int failure = 0;

  for (guint i = 0; failure == 0 && i < messages->len; i++)
    failure = cs_ctnetlink_delete (netlink, messages->pdata[i]);
  return failure;
}

/* Errno, or 0. */
static int
delete_picked (CsNetlink *netlink, const Sweep *sweep)
{
  int failure;

  if (sweep->strays)
    cs_strays_drop (sweep->picked, sweep->ended);
  failure = delete_all (netlink, sweep->picked);
  return failure != 0 ? failure : delete_all (netlink, sweep->local);
}

/* A share that waits keeps its flows, because the uplink may return unchanged. */
static gboolean
has_other_uplink (const CsSharePlan *from, const CsSharePlan *to)
{
  return to->uplink_ifindex != 0 && from != NULL
         && (from->uplink_ifindex != to->uplink_ifindex || !cs_share_plan_guards (from));
}

/* Where ports of an address lead to clients, it matters that it has gone: what was
 * masqueraded to it, the kernel itself ends. */
static gboolean
has_other_addresses (const CsSharePlan *from, const CsSharePlan *to)
{
  return to->uplink_ifindex != 0 && from != NULL && from->maps
         && !cs_cidrs_equal (from->uplink_addresses, to->uplink_addresses);
}

/* Whether all flows of @from's clients are masqueraded, as they are once it has had an
 * uplink. */
static gboolean
is_masqueraded (const CsSharePlan *from)
{
  return cs_share_plan_guards (from) && !from->closed && !from->maps
         && (from->uplink_ifindex != 0 || from->former_addresses->len > 0);
}

/* A flow that began while the packet filter was gone would go on, without masquerade, or
 * to a client that has asked nobody. */
static gboolean
is_repair (const CsSharePlan *from, const CsSharePlan *to)
{
  return to->uplink_ifindex != 0 && from != NULL && cs_share_plan_equal (from, to);
}

/* --- IPv6 ------------------------------------------------------------------------- */

/* Both nullable: all networks that clients have, or have had until now (transfer full).
 */
static GArray *
list_networks6 (const CsSharePlan *from, const CsSharePlan *to)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));
  const CsSharePlan *const shares[] = { from, to };

  for (gsize i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      g_autoptr (GArray) more
          = shares[i] != NULL ? cs_share_plan_networks6 (shares[i]) : NULL;

      if (more != NULL)
        g_array_append_vals (networks, more->data, more->len);
    }
  return networks;
}

/* Those whose addresses belong to the uplink of @to, and to what it was before if that
 * has not changed (transfer full). */
static GArray *
list_own6 (const CsSharePlan *from, const CsSharePlan *to)
{
  GArray *networks = cs_share_plan_own_sources6 (to);
  gboolean same = from != NULL && from->uplink_ifindex == to->uplink_ifindex
                  && cs_share_plan_forwards_ipv6 (to);

  for (guint i = 0; same && i < to->ipv6.deprecated->len; i++)
    {
      CsCidr network = cs_cidr_network (g_array_index (to->ipv6.deprecated, CsCidr, i));

      g_array_append_val (networks, network);
    }
  return networks;
}

static gboolean
has_ipv6 (const GArray *networks)
{
  for (guint i = 0; networks != NULL && i < networks->len; i++)
    if (g_array_index (networks, CsCidr, i).address.family == AF_INET6)
      return TRUE;
  return FALSE;
}

/* Errno, or 0. */
static int
clear_flows (Conntrack *self, Sweep *sweep)
{
  g_autoptr (GPtrArray) picked = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) local = g_ptr_array_new_with_free_func (g_free);
  gboolean ipv6
      = has_ipv6 (sweep->networks6) || has_ipv6 (sweep->left) || sweep->blocked != NULL;
  /* with one network of IPv6, that is the local one, unless the LAN's are kept */
  gboolean masqueraded6
      = sweep->masqueraded && sweep->networks6->len == 1
        && cs_ipv6_is_unique_local (g_array_index (sweep->networks6, CsCidr, 0).address);
  /* in one walk through the kernel's table, which has both families */
  gboolean together = ipv6 && masqueraded6 == sweep->masqueraded;
  int failure;

  if (cs_netlink_renew (&self->netlink, NETLINK_NETFILTER) == NULL)
    return errno;
  sweep->picked = picked;
  sweep->local = local;
  failure = cs_ctnetlink_dump (self->netlink, together ? AF_UNSPEC : AF_INET,
                               sweep->masqueraded, on_connection, sweep);
  if (failure == 0 && ipv6 && !together)
    failure
        = cs_ctnetlink_dump (self->netlink, AF_INET6, masqueraded6, on_connection, sweep);
  return failure != 0 ? failure : delete_picked (self->netlink, sweep);
}

/* --- Flows from before ------------------------------------------------------------ */

/* Of a share that has just begun. */
typedef struct
{
  CsStep *step; /* (owned) */
  char *lan;    /* (owned) */
} Later;

static void
later_free (gpointer data)
{
  Later *later = data;

  cs_step_unref (later->step);
  g_free (later->lan);
  g_free (later);
}

/* Removes earlier flows, which no chain lets out, so that they are not in the way of new
 * ones. */
static void
clear_found (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Later *later = task_data;
  Conntrack *self = later->step->self;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const CsSharePlan *share = g_hash_table_lookup (self->latest, later->lan);

  if (share != NULL && share->uplink_ifindex != 0)
    {
      g_autoptr (GArray) networks6 = list_networks6 (NULL, share);
      g_autoptr (GArray) own6 = list_own6 (share, share);
      Sweep sweep = { .subnets = share->subnets,
                      .addresses = share->uplink_addresses,
                      .networks6 = networks6,
                      .own6 = own6,
                      .unasked = TRUE };

      clear_flows (self, &sweep);
    }
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_later (gpointer task)
{
  g_task_run_in_thread (task, clear_found);
  return G_SOURCE_REMOVE;
}

/* Walking through the kernel's table takes ten milliseconds even when it is empty, so a
 * new share and its first clients do not wait for it. */
static void
clear_found_later (const CsStepCall *call)
{
  GTask *task = g_task_new (NULL, NULL, NULL, NULL);
  Later *later = g_new (Later, 1);

  later->step = cs_step_ref (call->step);
  later->lan = g_strdup (call->to->lan);
  g_task_set_source_tag (task, clear_found_later);
  g_task_set_task_data (task, later, later_free);
  g_timeout_add_full (G_PRIORITY_DEFAULT, LATER, on_later, task, g_object_unref);
}

static void
remember (Conntrack *self, const CsSharePlan *from, CsSharePlan *to)
{
  if (to == NULL)
    g_hash_table_remove (self->latest, from->lan);
  else
    g_hash_table_replace (self->latest, g_strdup (to->lan), cs_share_plan_ref (to));
}

/* The networks that the share no longer guards, of both families (transfer full). */
static GArray *
list_left (const CsSharePlan *from, const CsSharePlan *to)
{
  GArray *left;

  if (to != NULL)
    return g_array_copy (to->left_networks);
  if (!cs_share_plan_guards (from))
    return g_array_new (FALSE, FALSE, sizeof (CsCidr));
  left = list_networks6 (from, NULL);
  g_array_append_vals (left, from->subnets->data, from->subnets->len);
  return left;
}

static void
add_gateways (GArray *gateways, const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    cs_addresses_add (gateways, g_array_index (addresses, CsCidr, i).address);
}

/* The addresses that @from (nullable) has given the LAN (transfer full). */
static GArray *
list_gateways (const CsSharePlan *from)
{
  GArray *gateways = cs_addresses_new ();

  if (from == NULL || !cs_share_plan_serves (from))
    return gateways;
  if (!from->found_address)
    cs_addresses_add (gateways, from->address.address);
  add_gateways (gateways, from->ipv6.addresses);
  add_gateways (gateways, from->ipv6.deprecated);
  return gateways;
}

static gboolean
apply (gpointer conntrack, const CsStepCall *call, GError **error)
{
  Conntrack *self = conntrack;
  const CsSharePlan *from = call->from, *to = call->to;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (CsBlockedFlows) blocked = cs_blocked_flows_find (from, to);
  g_autoptr (GArray) left = list_left (from, to);
  g_autoptr (GArray) gateways = list_gateways (to != NULL ? from : NULL);
  g_autoptr (GArray) networks6 = NULL;
  g_autoptr (GArray) own6 = NULL;
  Sweep sweep = { .blocked = blocked, .left = left, .gateways = gateways };
  int cause;

  remember (self, from, call->to);
  if (from == NULL && to->uplink_ifindex != 0)
    clear_found_later (call);
  if (to == NULL && g_hash_table_size (self->latest) > 0)
    sweep.ended = from;
  if (to != NULL
      && (has_other_uplink (from, to) || has_other_addresses (from, to)
          || is_repair (from, to)))
    {
      sweep.subnets = to->subnets;
      sweep.addresses = to->uplink_addresses;
      sweep.networks6 = networks6 = list_networks6 (from, to);
      sweep.own6 = own6 = list_own6 (from, to);
      sweep.unasked = is_repair (from, to);
      sweep.masqueraded = !has_left (&sweep) && blocked == NULL && !sweep.unasked
                          && is_masqueraded (from);
    }
  sweep.strays = has_left (&sweep) || blocked != NULL || sweep.ended != NULL
                 || (to != NULL && to->left_uplink != NULL);
  if (sweep.subnets == NULL && !has_left (&sweep) && blocked == NULL
      && sweep.ended == NULL)
    return TRUE;
  cause = clear_flows (self, &sweep);
  if (cause == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "cannot clear connections by another uplink from the kernel's list: %s",
               cs_errno_words (cause));
  return FALSE;
}

static void
conntrack_free (gpointer data)
{
  Conntrack *self = data;

  g_clear_pointer (&self->netlink, cs_netlink_close);
  g_hash_table_unref (self->latest);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static const CsStepType type = {
  .name = "conntrack",
  .flags = CS_STEP_BLOCKS,
  .apply = apply,
  .free = conntrack_free,
};

CsStep *
cs_conntrack_step_new (void)
{
  Conntrack *self = g_new0 (Conntrack, 1);

  g_mutex_init (&self->lock);
  self->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)cs_share_plan_unref);
  return cs_step_new (&type, self);
}
