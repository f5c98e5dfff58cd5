/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel does not announce who listens. But only new flows matter, and the packet
 * filter announces one of them, then no more until it is asked to (a quota that is used
 * up); so an idle share wakes nobody. What has begun to listen since the last flow is
 * found then, and the flow ends if it has just taken that port. A port that the kernel
 * chooses for programs may belong to a passing question: no flow ends for one that is not
 * there twice; and for none of a user's, who could end them all that way.
 *
 * A table that is rebuilt does not wait until the kernel has listed its sockets, which
 * may be many: it gets the ports of the last look, and a look follows. A look keeps
 * others from committing only for its own change of the set. */
#include "own-ports.h"

#include "client-counts.h"

#include "base/bytes.h"
#include "nft-commit.h"
#include "nft-set.h"
#include "nft-table.h"
#include "usages.h"

#include "core/render/extras.h"
#include "core/render/ruleset-frame.h"
#include "core/render/ruleset.h"
#include "system/netlink/ctnetlink.h"
#include "system/process/sockets.h"

#include <gio/gio.h>
#include <linux/netfilter.h>
#include <stdio.h>

/* From one announcement of a flow to the next. Milliseconds. */
#define PAUSE 1000
/* Maximum number of ports, of others than root. */
#define MOST 4096

static GMutex looking; /* one look at a time; taken before the lock of commits */
static gint checking;  /* atomic: a flow was announced, and the pause is not over */
static GMutex lock;    /* of what follows; taken last */
static CsPlan *plan;   /* (owned) (nullable) */
/* Of keys, both (owned) (nullable): the ports of the last look, and those of them for
 * which flows have ended: none at first, as there may be flows from before the service.
 */
static GHashTable *listed;
static GHashTable *settled;

/* A port, and in a hash table of these whether it is root's. */
#define KEY(protocol, port) GUINT_TO_POINTER ((guint)(protocol) << 16 | (port))
#define PROTOCOL_OF(key)    (GPOINTER_TO_UINT (key) >> 16)
#define PORT_OF(key)        (GPOINTER_TO_UINT (key) & G_MAXUINT16)

void
cs_own_ports_set_plan (CsPlan *current)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_clear_pointer (&plan, cs_plan_unref);
  plan = current != NULL ? cs_plan_ref (current) : NULL;
  if (plan != NULL && plan->shares->len > 0)
    return;
  g_clear_pointer (&listed, g_hash_table_unref);
  g_clear_pointer (&settled, g_hash_table_unref);
}

/* --- The kernel's sockets ------------------------------------------------------- */

typedef struct
{
  const CsPlan *plan;
  GHashTable *ports;
  int protocol;
} Listing;

static gboolean
is_at_uplink (const CsSharePlan *share, const CsSocket *socket)
{
  if (share->uplink == NULL
      || (socket->ifindex != 0 && socket->ifindex != share->uplink_ifindex))
    return FALSE;
  return cs_address_is_any (socket->address)
         || cs_cidrs_contain (share->uplink_addresses, socket->address);
}

/* Users can have as many as they like, but not crowd out root's. */
static void
add_port (GHashTable *ports, gpointer key, gboolean is_root)
{
  if (is_root
      || (g_hash_table_size (ports) < MOST && !g_hash_table_contains (ports, key)))
    g_hash_table_insert (ports, key, GINT_TO_POINTER (is_root));
}

static void
on_socket (const CsSocket *socket, gpointer user_data)
{
  const Listing *listing = user_data;

  for (guint i = 0; i < listing->plan->shares->len; i++)
    if (is_at_uplink (g_ptr_array_index (listing->plan->shares, i), socket))
      {
        add_port (listing->ports, KEY (listing->protocol, socket->port),
                  socket->user == 0);
        return;
      }
}

static GHashTable *
list_ports (const CsPlan *current)
{
  static const int protocols[] = { IPPROTO_TCP, IPPROTO_UDP };
  static const int families[] = { AF_INET, AF_INET6 };
  GHashTable *ports = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (families); j++)
      {
        Listing listing = { current, ports, protocols[i] };

        cs_sockets_list (families[j], protocols[i], 0, on_socket, &listing);
      }
  return ports;
}

static char *
render (GHashTable *ports)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, ports);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (elements,
                     g_strdup_printf ("%u . %u", PROTOCOL_OF (key), PORT_OF (key)));
  return cs_ruleset_render_own_ports (elements);
}

char *
cs_own_ports_render (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (listed == NULL)
    listed = list_ports (plan);
  return render (listed);
}

/* --- The set -------------------------------------------------------------------- */

/* A key has a register of four bytes for each part. */
static int
note_element (struct nftnl_set_elem *element, void *ports)
{
  guint32 length;
  const guint8 *key = nftnl_set_elem_get (element, NFTNL_SET_ELEM_KEY, &length);

  if (key != NULL && length >= 6)
    g_hash_table_add (ports, KEY (key[0], cs_bytes_get16 (key + 4)));
  return 0;
}

static gboolean
is_same (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer key;

  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (b, key))
      return FALSE;
  return TRUE;
}

/* --- Flows that have taken a port ------------------------------------------------ */

typedef struct
{
  const CsPlan *plan;
  GHashTable *ports;
  GPtrArray *picked; /* (owned) of struct nlmsghdr (owned) */
} Sweep;

static gboolean
is_of_client (const CsPlan *current, const CsConnection *flow)
{
  for (guint i = 0; i < current->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (current->shares, i);

      if (cs_cidrs_contain (share->subnets, flow->client)
          && cs_cidrs_contain (share->uplink_addresses, flow->answers_to))
        return TRUE;
    }
  return FALSE;
}

static void
on_flow (const struct nlmsghdr *message, gpointer user_data)
{
  Sweep *sweep = user_data;
  CsConnection flow;

  if (cs_ctnetlink_parse (message, &flow)
      && g_hash_table_contains (sweep->ports, KEY (flow.protocol, flow.port))
      && is_of_client (sweep->plan, &flow))
    g_ptr_array_add (sweep->picked, g_memdup2 (message, message->nlmsg_len));
}

static void
end_flows (const CsPlan *current, GHashTable *ports)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_NETFILTER, NULL);
  g_autoptr (GPtrArray) picked = g_ptr_array_new_with_free_func (g_free);
  Sweep sweep = { current, ports, picked };

  if (netlink == NULL || cs_ctnetlink_dump (netlink, AF_INET, TRUE, on_flow, &sweep) != 0)
    return;
  for (guint i = 0; i < picked->len; i++)
    cs_ctnetlink_delete (netlink, g_ptr_array_index (picked, i));
}

/* The ports that the kernel gives to who asks for any. */
static gboolean
is_ephemeral (guint port)
{
  g_autofree char *text = NULL;
  guint low = 0, high = 0;

  return g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &text, NULL, NULL)
         && sscanf (text, "%u %u", &low, &high) == 2 && port >= low && port <= high;
}

/* Those of @ports that are certainly a service's of root, and were not when flows last
 * ended; @unsure: there are others, which may be a service's if they stay. */
static GHashTable *
find_new (GHashTable *ports, GHashTable *known, gboolean *unsure)
{
  GHashTable *new = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key, is_root;

  g_hash_table_iter_init (&iter, ports);
  while (g_hash_table_iter_next (&iter, &key, &is_root))
    {
      gboolean stays = g_hash_table_contains (known, key);

      if (!is_root || (settled != NULL && g_hash_table_contains (settled, key)))
        continue;
      if (stays || !is_ephemeral (PORT_OF (key)))
        g_hash_table_add (new, key);
      else
        *unsure = TRUE;
    }
  return new;
}

/* Remembers of @ports those that @new has, or were settled before. */
static void
settle (GHashTable *ports, GHashTable *new)
{
  GHashTable *now = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, ports);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_hash_table_contains (new, key)
        || (settled != NULL && g_hash_table_contains (settled, key)))
      g_hash_table_add (now, key);
  g_clear_pointer (&settled, g_hash_table_unref);
  settled = now;
}

/* Puts @ports into the set, and returns in @known what was in it. FALSE without a set. */
static gboolean
update_set (GHashTable *ports, GHashTable *known)
{
  g_autoptr (GMutexLocker) commit = cs_nft_lock ();
  g_autofree char *text = NULL;

  if (cs_nft_set_visit (NFPROTO_INET, CS_NFT_TABLE, CS_OWN_PORTS, note_element, known)
      != 0)
    return FALSE;
  if (is_same (known, ports))
    return TRUE;
  text = render (ports);
  cs_nft_commit (text, NULL, NULL);
  return TRUE;
}

/* Remembers @ports, unless the last share has ended meanwhile, and returns those that end
 * flows. Owned. */
static GHashTable *
remember (GHashTable *ports, GHashTable *known, gboolean *unsure)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTable *new = find_new (ports, known, unsure);

  if (listed == NULL)
    return new;
  settle (ports, new);
  g_hash_table_unref (listed);
  listed = g_hash_table_ref (ports);
  return new;
}

static CsPlan *
get_plan (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  return plan != NULL ? cs_plan_ref (plan) : cs_plan_new_empty ();
}

static void
look (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) turn = g_mutex_locker_new (&looking);
  g_autoptr (CsPlan) current = get_plan ();
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) ports = list_ports (current);
  g_autoptr (GHashTable) new = NULL;
  gboolean unsure = FALSE;

  if (current->shares->len > 0 && update_set (ports, known))
    {
      new = remember (ports, known, &unsure);
      if (g_hash_table_size (new) > 0)
        end_flows (current, new);
    }
  /* as somebody is awake anyway, so that a flush takes less */
  cs_client_counts_read ();
  cs_usages_read (CS_USAGES_PAUSE);
  g_task_return_boolean (task, unsure);
}

static gboolean on_pause_over (gpointer user_data);

static gboolean
begin_pause (void)
{
  if (!g_atomic_int_compare_and_exchange (&checking, FALSE, TRUE))
    return FALSE;
  g_timeout_add (PAUSE, on_pause_over, NULL);
  return TRUE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    begin_pause ();
}

void
cs_own_ports_look (void)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_looked, NULL);

  g_task_set_source_tag (task, cs_own_ports_look);
  g_task_run_in_thread (task, look);
}

/* Flows that have begun in the pause were not announced. */
static gboolean
on_pause_over (gpointer user_data)
{
  g_atomic_int_set (&checking, FALSE);
  cs_nft_renew_quota (CS_EXTRA_QUOTA);
  cs_own_ports_look ();
  return G_SOURCE_REMOVE;
}

void
cs_own_ports_check (void)
{
  if (begin_pause ())
    cs_own_ports_look ();
}
