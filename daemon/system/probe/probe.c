/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First the worker thread gathers its facts, which takes milliseconds; then all questions
 * go out at once, and the task returns when the last one has its answer. */
#include "probe.h"

#include "dhcp-rival.h"
#include "dns-query.h"

#include "core/plan/flow.h"
#include "core/render/dnsmasq-config.h"
#include "core/render/radvd-config.h"
#include "core/render/ruleset.h"
#include "core/value/leases.h"
#include "system/dnsmasq/dns-user.h"
#include "system/neighbors/proxies.h"
#include "system/nft/nft.h"
#include "system/nft/nft-outline.h"
#include "system/nft/nft-table.h"
#include "system/portd/portd.h"
#include "system/process/own-process.h"
#include "system/process/port-owner.h"
#include "system/process/program.h"
#include "system/radvd/radvd-spawn.h"
#include "system/watch/resolv-conf.h"

#define POLKIT_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define BUS_LIMIT   2000 /* milliseconds; starting polkit takes a few hundred */
/* With "domain-needed", dnsmasq itself answers for a name without a dot. */
#define OWN_NAME "connshare"

typedef struct
{
  char *runtime_dir;    /* (owned) */
  CsPlan *shown;        /* (owned) */
  CsPlan *applied;      /* (owned) (nullable) */
  GDBusConnection *bus; /* (owned) */
  CsFacts *facts;       /* (owned) (nullable) until the answer */
  guint pending;        /* questions without an answer */
} Probe;

/* One question to a name server. */
typedef struct
{
  GTask *task; /* (owned) */
  char *lan;   /* (owned) */
  int server;  /* index into the plan's .dns; -1: the share's own */
} Question;

static void
probe_free (Probe *probe)
{
  g_free (probe->runtime_dir);
  cs_plan_unref (probe->shown);
  g_clear_pointer (&probe->applied, cs_plan_unref);
  g_object_unref (probe->bus);
  g_clear_pointer (&probe->facts, cs_facts_free);
  g_free (probe);
}

static GTask *
begin_question (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);

  probe->pending++;
  return g_object_ref (task);
}

/* Releases the reference that the question began with. */
static void
end_question (GTask *begun)
{
  g_autoptr (GTask) task = begun;
  Probe *probe = g_task_get_task_data (task);

  if (--probe->pending == 0)
    g_task_return_pointer (task, g_steal_pointer (&probe->facts),
                           (GDestroyNotify)cs_facts_free);
}

static gboolean
resolves_names (const CsSharePlan *share)
{
  return share->error == NULL && share->lan_ifindex != 0
         && cs_share_plan_resolves (share);
}

/* --- Name servers --------------------------------------------------------------- */

static void
free_question (Question *question)
{
  end_question (question->task);
  g_free (question->lan);
  g_free (question);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  Probe *probe = g_task_get_task_data (question->task);
  CsShareFacts *share = cs_facts_get_share (probe->facts, question->lan);
  CsDnsReply reply = cs_dns_query_finish (result, NULL);

  if (question->server < 0)
    share->name_server = reply;
  else
    g_array_index (share->upstream, CsDnsReply, question->server) = reply;
  free_question (question);
}

static Question *
question_new (GTask *task, const CsSharePlan *share, int server)
{
  Question *question = g_new (Question, 1);

  question->task = begin_question (task);
  question->lan = g_strdup (share->lan);
  question->server = server;
  return question;
}

static void
on_translation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  Probe *probe = g_task_get_task_data (question->task);
  gboolean found;

  cs_dns_query_finish (result, &found);
  cs_facts_get_share (probe->facts, question->lan)->translates |= found;
  free_question (question);
}

static void
on_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  Probe *probe = g_task_get_task_data (question->task);
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  cs_facts_get_share (probe->facts, question->lan)->server_alive = reply != NULL;
  free_question (question);
}

/* dnsmasq does one thing at a time: if it replies here, it does not hang. */
static void
ask_over_bus (GTask *task, const CsSharePlan *share)
{
  const Probe *probe = g_task_get_task_data (task);
  g_autofree char *name = cs_dnsmasq_bus_name (share->lan);

  g_dbus_connection_call (probe->bus, name, CS_DNSMASQ_OBJECT, CS_DNSMASQ_INTERFACE,
                          "GetVersion", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          BUS_LIMIT, NULL, on_version, question_new (task, share, -1));
}

static void
ask_servers (GTask *task, const CsSharePlan *share)
{
  Probe *probe = g_task_get_task_data (task);
  CsShareFacts *facts = cs_facts_get_share (probe->facts, share->lan);
  guint count = share->uplink != NULL ? share->dns->len : 0;

  g_array_set_size (facts->upstream, count);
  cs_dns_query_async (share->address.address, share->dns_port, NULL, OWN_NAME, on_reply,
                      question_new (task, share, -1));
  ask_over_bus (task, share);
  for (guint i = 0; i < count; i++)
    {
      CsAddress server = g_array_index (share->dns, CsAddress, i);

      cs_dns_query_async (server, CS_DNS_PORT,
                          cs_address_is_loopback (server) ? NULL : share->uplink, "",
                          on_reply, question_new (task, share, (int)i));
      if (!cs_share_plan_has_way_out (share, AF_INET))
        cs_dns_query_async (
            server, CS_DNS_PORT, cs_address_is_loopback (server) ? NULL : share->uplink,
            CS_DNS_IPV4_ONLY, on_translation, question_new (task, share, (int)i));
    }
}

/* --- polkit --------------------------------------------------------------------- */

static void
on_polkit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Probe *probe = g_task_get_task_data (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      probe->facts->polkit_error
          = g_strdup (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
                          ? "nothing came in time"
                          : error->message);
    }
  end_question (user_data);
}

/* The bus starts polkit if it can, as it would for a real question. */
static void
ask_polkit (GTask *task)
{
  const Probe *probe = g_task_get_task_data (task);

  g_dbus_connection_call (
      probe->bus, POLKIT_NAME, POLKIT_PATH, "org.freedesktop.DBus.Peer", "Ping", NULL,
      NULL, G_DBUS_CALL_FLAGS_NONE, BUS_LIMIT, NULL, on_polkit, begin_question (task));
}

/* --- The worker thread ---------------------------------------------------------- */

/* The program whose files are in @directory; 0: it is not running. */
static int
find_process (const char *directory, const char *note)
{
  g_autofree char *path = g_build_filename (directory, note, NULL);
  CsOwnProcess process;

  return cs_own_process_read (path, &process) && cs_own_process_lives (&process)
             ? process.pid
             : 0;
}

static guint
count_proxied (const CsSharePlan *share)
{
  g_autoptr (CsNetlink) netlink = NULL;
  g_autoptr (GArray) addresses = NULL;

  if (share->ipv6.mode != CS_IPV6_EXTENDED || share->uplink_ifindex == 0)
    return 0;
  netlink = cs_netlink_open (NETLINK_ROUTE, NULL);
  if (netlink == NULL)
    return 0;
  addresses = cs_proxies_list (netlink, share->uplink_ifindex, share->ipv6.extended);
  return addresses->len;
}

static void
look_at_share (const Probe *probe, const CsSharePlan *share, CsShareFacts *facts)
{
  g_autofree char *path = cs_dnsmasq_leases (share->lan);
  g_autofree char *dnsmasq = cs_dnsmasq_directory (probe->runtime_dir, share->lan);
  g_autofree char *radvd = cs_radvd_directory (probe->runtime_dir, share->lan);
  g_autofree char *leases = NULL;
  CsCounters counters;

  facts->server_pid = find_process (dnsmasq, CS_DNSMASQ_NOTE);
  facts->radvd_lives = find_process (radvd, CS_RADVD_NOTE) != 0;
  facts->proxied = count_proxied (share);
  if (g_file_get_contents (path, &leases, NULL, NULL))
    {
      gint64 now = g_get_real_time () / G_USEC_PER_SEC;

      g_autoptr (GArray) held = cs_leases_list_held (leases);

      facts->held = held->len;
      facts->clients = cs_leases_count (leases, now) - held->len;
      facts->recent = cs_leases_count_since (leases, now, now - 60, CS_LEASE_TIME);
    }
  if (cs_nft_read_counters (share->lan, &counters))
    {
      facts->packets_sent = counters.packets_sent;
      facts->packets_received = counters.packets_received;
    }
  if (!resolves_names (share))
    return;
  facts->dns_owner
      = cs_port_owner_find (share->address.address, CS_DNS_PORT, facts->server_pid);
  if (cs_share_plan_serves (share))
    cs_dhcp_rival_find (share, facts);
}

/* Without a share there is no table. */
static void
look_at_table (const Probe *probe, CsFacts *facts)
{
  g_autoptr (CsOutline) wanted = NULL;
  g_autoptr (CsOutline) found = NULL;

  if (probe->applied == NULL || probe->applied->shares->len == 0)
    return;
  facts->lacking = cs_nft_get_lacking ();
  wanted = cs_ruleset_outline (probe->applied, facts->lacking);
  found = cs_nft_outline_read (wanted);
  if (found != NULL)
    facts->table_flaw = cs_outline_compare (wanted, found);
}

/* The stub of systemd-resolved only passes on what the uplink's servers are asked. */
static gboolean
is_stub (CsAddress address)
{
  return cs_address_equal (address, (CsAddress)CS_IPV4 (127, 0, 0, 53))
         || cs_address_equal (address, (CsAddress)CS_IPV4 (127, 0, 0, 54));
}

static void
look_for_resolver (CsFacts *facts)
{
  g_autoptr (GArray) resolvers = cs_resolv_conf_own ();

  for (guint i = 0; i < resolvers->len && facts->resolver_owner == NULL; i++)
    {
      facts->resolver = g_array_index (resolvers, CsAddress, i);
      if (!is_stub (facts->resolver))
        facts->resolver_owner = cs_port_owner_find (facts->resolver, CS_DNS_PORT, 0);
    }
}

static gboolean
lacks_program (const char *name)
{
  g_autofree char *path = cs_program_find (name);

  return path == NULL;
}

static void
look (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Probe *probe = task_data;
  CsFacts *facts = cs_facts_new ();
  g_autofree char *user = NULL;
  g_autofree char *group = NULL;
  g_autofree char *forward = NULL;
  g_autoptr (GError) error = NULL;
  gboolean exists;
  uid_t id;

  probe->facts = facts;
  facts->dnsmasq_missing = lacks_program ("dnsmasq");
  facts->radvd_missing = lacks_program ("radvd");
  facts->dns_user_missing = !cs_dns_user_find (&user, &group, &id);
  if (!cs_nft_table_exists (&exists, &error))
    facts->nftables_error = g_strdup (error->message);
  if (g_file_get_contents ("/proc/sys/net/ipv4/ip_forward", &forward, NULL, NULL))
    facts->ip_forward = forward[0] == '1';
  look_at_table (probe, facts);
  look_for_resolver (facts);
  for (guint i = 0; i < probe->shown->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (probe->shown->shares, i);

      look_at_share (probe, share, cs_facts_get_share (facts, share->lan));
    }
  g_task_return_boolean (task, TRUE);
}

/* --- The whole ------------------------------------------------------------------ */

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  const Probe *probe = g_task_get_task_data (task);

  begin_question (task);
  ask_polkit (task);
  for (guint i = 0; i < probe->shown->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (probe->shown->shares, i);

      cs_facts_get_share (probe->facts, share->lan)->upnp_problem
          = g_strdup (cs_portd_find_problem (share->lan));
      if (resolves_names (share))
        ask_servers (task, share);
    }
  end_question (task);
  g_object_unref (task);
}

void
cs_probe_async (GDBusConnection *bus,
                const char *runtime_dir,
                CsPlan *shown,
                CsPlan *applied,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (NULL, NULL, on_looked, task);
  Probe *probe = g_new0 (Probe, 1);

  probe->runtime_dir = g_strdup (runtime_dir);
  probe->shown = shown;
  probe->applied = applied;
  probe->bus = g_object_ref (bus);
  g_task_set_source_tag (task, cs_probe_async);
  g_task_set_task_data (task, probe, (GDestroyNotify)probe_free);
  g_task_set_task_data (worker, probe, NULL);
  g_task_run_in_thread (worker, look);
}

CsFacts *
cs_probe_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
