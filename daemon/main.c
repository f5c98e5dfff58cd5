/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connshared: builds the objects, connects them, owns the bus name, and exits on a
 * signal. Nothing is done to the host before the name is owned, which keeps two services
 * from working on one host. Nothing is undone at exit, except with --undo-all: shares
 * outlive the daemon, and the next start takes them over from the ledger. */
#include "bus/gate.h"
#include "bus/manager.h"
#include "bus/wire.h"
#include "engine/engine.h"
#include "system/clients/clients.h"
#include "system/dnsmasq/dnsmasq-files.h"
#include "system/nm/network-manager.h"
#include "system/watch/network-monitor.h"
#include "system/nft/nft-table.h"
#include "system/nft/nft-worker.h"
#include "system/nft/usages.h"
#include "system/orphans/orphans.h"
#include "system/portd/portd.h"

#include "bus-host.h"
#include "config.h"
#include "idle-off.h"
#include "mappings.h"
#include "notify.h"
#include "steps.h"
#include "undo.h"
#include "dbus/errors.h"
#include "dbus/names.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <sys/resource.h>

/* How long a pass under way may delay the exit. Milliseconds. */
#define END_POLL  20
#define END_LIMIT 800

/* How long routers upstream may take to forget what they were asked for, from the start
 * of --undo-all on. Milliseconds, microseconds. */
#define RELEASE_POLL  20
#define RELEASE_LIMIT (2 * G_USEC_PER_SEC)

/* How long there must have been nothing to do before the service exits; D-Bus starts
 * it again on demand. Seconds. */
#define IDLE_LIMIT 30

typedef struct
{
  GMainLoop *loop;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  CsEngine *engine;            /* (owned) (nullable) until NetworkManager was looked at */
  CsBusManager *manager;       /* (owned) (nullable) likewise */
  CsClients *clients;          /* (owned) (nullable) likewise */
  CsForwards *forwards;        /* (owned) (nullable) likewise */
  CsUpstreams *upstreams;      /* (owned) (nullable) likewise */
  CsStep *portd;               /* (owned) (nullable) likewise */
  CsIdleOff *idle_off;         /* (owned) (nullable) likewise */
  guint name;                  /* owner id of the bus name */
  gboolean started;            /* the engine */
  gboolean undoing;            /* --undo-all: end all shares, then exit */
  gint64 release_end;          /* monotonic: how long routers upstream are waited for */
  guint end_waited;            /* milliseconds */
  guint idle_timer;            /* timeout source while nothing is shared, or 0 */
  guint idle_checks;           /* idle checks in a row */
  int status;
} Service;

static void
fail (Service *service, const char *message)
{
  g_printerr ("connshared: %s\n", message);
  service->status = EXIT_FAILURE;
  g_main_loop_quit (service->loop);
}

static gboolean
end_when_idle (gpointer user_data)
{
  Service *service = user_data;

  service->end_waited += END_POLL;
  if (service->engine != NULL
      && (cs_engine_is_busy (service->engine) || cs_engine_is_waiting (service->engine))
      && service->end_waited < END_LIMIT)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (service->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  if (end_when_idle (user_data) == G_SOURCE_CONTINUE)
    g_timeout_add (END_POLL, end_when_idle, user_data);
  return G_SOURCE_REMOVE;
}

/* Something is shared, or may be at any time. */
static gboolean
is_kept (const Service *service)
{
  return cs_engine_has_requests (service->engine)
         || cs_engine_get_adopt_wan (service->engine) != NULL;
}

static gboolean
is_needed (const Service *service)
{
  return is_kept (service) || cs_engine_has_remains (service->engine)
         || cs_engine_is_inhibited (service->engine)
         || cs_engine_is_busy (service->engine);
}

static gboolean on_idle_check (gpointer user_data);

/* Only while nothing is shared, so that an idle share wakes nobody. */
static void
watch_idle (Service *service)
{
  gboolean shared = is_kept (service);
  gboolean ending = service->name == 0;

  if (shared && !ending)
    g_clear_handle_id (&service->idle_timer, g_source_remove);
  else if (!shared && service->idle_timer == 0)
    {
      service->idle_checks = 0;
      service->idle_timer
          = g_timeout_add_seconds (IDLE_LIMIT / 2, on_idle_check, service);
    }
}

/* Routers upstream that do not answer are left to forget by themselves. */
static gboolean
on_release_poll (gpointer user_data)
{
  Service *service = user_data;

  if (cs_upstreams_is_busy (service->upstreams)
      && g_get_monotonic_time () < service->release_end)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (service->loop);
  return G_SOURCE_REMOVE;
}

static void
on_undone (gboolean all, gpointer user_data)
{
  Service *service = user_data;

  if (all)
    {
      cs_clients_forget (CS_RUNTIME_DIR);
      cs_forwards_keep (service->forwards, (const char *const[]){ NULL });
      cs_store_clear (CS_STATE_DIR);
      cs_usages_clear ();
      g_timeout_add (RELEASE_POLL, on_release_poll, service);
    }
  else
    fail (service, "some changes could not be undone (see above); connshared tries again "
                   "the next time it runs");
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Service *service = user_data;

  fail (
      service,
      service->started
          ? "lost the bus name " CS_BUS_NAME "; shares stay as they are"
          : "cannot own the bus name " CS_BUS_NAME
            ": connshared is already running, or this is not root; nothing was changed");
}

/* Who comes and goes is of no use to a service that only undoes. */
static void
follow_shares (Service *service)
{
  g_autoptr (CsPlan) applied = NULL;
  g_autoptr (CsPlan) shown = cs_engine_get_plan (service->engine, &applied);

  if (service->clients != NULL)
    cs_clients_follow (service->clients, shown);
  if (service->undoing)
    return;
  if (service->upstreams != NULL)
    cs_upstreams_follow (service->upstreams, shown);
  cs_usages_follow (shown);
}

/* /run may be cleared by hand or with a package; shares that were in force then still
 * are. */
static void
find_orphans (Service *service)
{
  g_autoptr (GPtrArray) orphans = cs_orphans_find (CS_RUNTIME_DIR);

  cs_engine_set_orphans (service->engine, orphans);
}

/* What is shared again after a restart of the computer, its clients know. */
static void
sweep_leases (Service *service)
{
  static const char *const none[] = { NULL };
  g_auto (GStrv) lans = cs_engine_list_lans (service->engine);

  cs_dnsmasq_files_sweep (CS_RUNTIME_DIR,
                          service->undoing ? none : (const char *const *)lans);
}

/* Of what was in force, as the ledger has it: the shares' ends forget their mappings. */
static void
release_upstream (Service *service)
{
  g_autoptr (CsStore) store = cs_store_new (CS_STATE_DIR, CS_RUNTIME_DIR);
  g_autoptr (CsPlan) unfinished = NULL;
  g_autoptr (CsPlan) applied = NULL;

  service->release_end = g_get_monotonic_time () + RELEASE_LIMIT;
  if (cs_store_load_ledger (store, &applied, &unfinished, NULL))
    cs_upstreams_release (service->upstreams, applied);
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (GError) error = NULL;

  if (service->started)
    return;
  service->started = TRUE;
  cs_usages_begin (CS_STATE_DIR);
  follow_shares (service);
  find_orphans (service);
  sweep_leases (service);
  if (service->undoing)
    release_upstream (service);
  cs_mappings_sweep (service->forwards, service->engine);
  if (!cs_engine_start (service->engine, &error))
    fail (service, error->message);
  else if (service->undoing)
    cs_undo_all (service->engine, on_undone, service);
  else
    watch_idle (service);
}

/* GDBus treats it as a critical error to subscribe on a bus that is gone. */
static gboolean
has_bus (Service *service)
{
  if (!g_dbus_connection_is_closed (service->connection))
    return TRUE;
  fail (service, "lost the connection to the system bus; shares stay as they are");
  return FALSE;
}

static void
own_name (Service *service)
{
  if (!has_bus (service))
    return;
  service->name = g_bus_own_name_on_connection (
      service->connection, CS_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
      on_name_acquired, on_name_lost, service, NULL);
}

/* Everything that arrived before the name was released has been handled by now. */
static gboolean
on_name_given_up (gpointer user_data)
{
  Service *service = user_data;

  service->idle_timer = 0;
  if (is_needed (service))
    {
      own_name (service);
      watch_idle (service);
    }
  else
    {
      g_message ("nothing is shared; exiting until needed");
      g_main_loop_quit (service->loop);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_idle_check (gpointer user_data)
{
  Service *service = user_data;

  if (is_needed (service))
    service->idle_checks = 0;
  else if (++service->idle_checks == 2)
    {
      g_clear_handle_id (&service->name, g_bus_unown_name);
      service->idle_timer = g_timeout_add (END_POLL, on_name_given_up, service);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
on_clients_changed (const char *lan, gpointer user_data)
{
  const Service *service = user_data;

  if (service->manager != NULL)
    cs_bus_manager_update_clients (service->manager, lan);
  cs_forwards_follow_clients (service->forwards, lan);
  cs_idle_off_update (service->idle_off, lan, cs_clients_count (service->clients, lan));
}

static void
on_upstream_changed (const char *lan, gpointer user_data)
{
  const Service *service = user_data;

  cs_bus_manager_update_forwards (service->manager, lan);
  cs_portd_set_upstream (service->portd, lan,
                         cs_upstreams_external_address (service->upstreams, lan));
}

static void
on_share_changed (Service *service, const char *lan)
{
  if (service->clients != NULL)
    cs_idle_off_update (service->idle_off, lan, cs_clients_count (service->clients, lan));
}

static gboolean
build (Service *service, CsNetworkManager *nm, GError **error)
{
  g_autoptr (CsFirewalld) firewalld = cs_firewalld_new (service->connection);
  g_autoptr (CsOpeningLog) openings = cs_opening_log_new ();
  g_autoptr (CsDelegations) delegations
      = cs_delegations_new (CS_RUNTIME_DIR "/delegation");
  CsForwards *forwards = service->forwards = cs_forwards_new (CS_STATE_DIR "/forwards");
  g_autoptr (CsMonitor) monitor
      = cs_network_monitor_new (nm, firewalld, openings, delegations, forwards, error);
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (CsStore) store = cs_store_new (CS_STATE_DIR, CS_RUNTIME_DIR);

  if (monitor == NULL)
    return FALSE;
  service->portd = cs_portd_step_new (CS_PORTD, forwards);
  steps = cs_steps_new (nm, firewalld, openings, delegations, forwards, service->portd,
                        service->connection);
  service->engine = cs_engine_new (monitor, steps, store);
  service->upstreams = cs_upstreams_new (forwards, on_upstream_changed, service);
  if (!service->undoing) /* nobody can call by then */
    {
      service->clients = cs_clients_new (CS_RUNTIME_DIR, on_clients_changed, service);
      cs_bus_host.clients = service->clients;
      cs_bus_host.nm = nm;
      cs_bus_host.forwards = forwards;
      cs_bus_host.upstreams = service->upstreams;
      service->idle_off = cs_idle_off_new (service->engine);
      service->manager = cs_bus_manager_new (service->engine, &cs_bus_host);
    }
  if (service->manager != NULL
      && !cs_bus_manager_export (service->manager, service->connection, error))
    return FALSE;
  g_signal_connect_swapped (service->engine, "share-changed", G_CALLBACK (watch_idle),
                            service);
  g_signal_connect_swapped (service->engine, "share-removed", G_CALLBACK (watch_idle),
                            service);
  g_signal_connect_swapped (service->engine, "adopt-wan-changed", G_CALLBACK (watch_idle),
                            service);
  g_signal_connect_swapped (service->engine, "share-changed", G_CALLBACK (follow_shares),
                            service);
  g_signal_connect_swapped (service->engine, "share-removed", G_CALLBACK (follow_shares),
                            service);
  g_signal_connect_swapped (service->engine, "share-changed",
                            G_CALLBACK (on_share_changed), service);
  g_signal_connect_swapped (service->engine, "share-removed",
                            G_CALLBACK (on_share_changed), service);
  cs_mappings_connect (forwards, service->engine, &cs_bus_host, service->manager);
  cs_notify_of_shares (service->engine);
  /* before the name is ours, because calls to a share can come with it */
  return cs_engine_load (service->engine, error);
}

static void
on_network_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsNetworkManager) nm = cs_network_manager_new_finish (result, &error);

  if (!has_bus (service))
    return;
  if (nm != NULL && build (service, nm, &error))
    own_name (service);
  else
    fail (service, error->message);
}

static void
run (Service *service)
{
  service->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_signal, service);
  g_unix_signal_add (SIGINT, on_signal, service);
  cs_network_manager_new_async (service->connection, NULL, on_network_manager, service);
  g_main_loop_run (service->loop);

  g_clear_handle_id (&service->idle_timer, g_source_remove);
  g_clear_handle_id (&service->name, g_bus_unown_name);
  g_clear_object (&service->manager);
  g_clear_pointer (&service->idle_off, cs_idle_off_free);
  g_clear_object (&service->engine);
  g_clear_pointer (&service->upstreams, cs_upstreams_free);
  g_clear_pointer (&service->portd, cs_step_unref);
  g_clear_object (&service->forwards);
  g_clear_pointer (&service->clients, cs_clients_free);
  cs_usages_save ();
  g_main_loop_unref (service->loop);
}

static gboolean
parse_options (int argc, char **argv, gboolean *undoing, GError **error)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "undo-all", 0, 0, G_OPTION_ARG_NONE, undoing,
      "End all shares and exit; only while the service is not running", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- share connections");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "unexpected argument \"%s\"; see --help", argv[1]);
      return FALSE;
    }
  if (version)
    {
      g_print ("connshared %s\n", CS_VERSION);
      exit (EXIT_SUCCESS);
    }
  return TRUE;
}

/* The usual soft limit is for programs that call select(). */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  Service service = { .status = EXIT_SUCCESS };
  g_autoptr (GError) error = NULL;

  if (!parse_options (argc, argv, &service.undoing, &error))
    {
      g_printerr ("connshared: %s\n", error->message);
      return EXIT_FAILURE;
    }
  raise_descriptor_limit ();
  cs_error_register ();
  cs_nft_worker_init (CS_NFT_WORKER);
  service.connection = cs_wire_connect (&error);
  if (service.connection == NULL)
    {
      g_printerr ("connshared: cannot reach the system bus: %s\n", error->message);
      return EXIT_FAILURE;
    }
  cs_gate_open (service.connection);
  run (&service);
  g_object_unref (service.connection);
  return service.status;
}
