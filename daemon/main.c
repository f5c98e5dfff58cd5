/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connshared: builds the objects, wires them, owns the bus name, and ends on a signal.
 * Nothing is done to the host before the name is owned: the name is what keeps two of it
 * from working on one host. Nothing is undone at the end: shares outlive the daemon, and
 * the next start takes them over by the ledger. */
#include "bus/manager.h"
#include "engine/engine.h"
#include "system/conntrack.h"
#include "system/dial.h"
#include "system/dnsmasq.h"
#include "system/foreign-firewall.h"
#include "system/lan.h"
#include "system/network-manager.h"
#include "system/network-monitor.h"
#include "system/nft-table.h"
#include "system/nft.h"
#include "system/probe.h"
#include "system/renew.h"
#include "system/route.h"
#include "system/sysctl.h"

#include "config.h"
#include "memory.h"
#include "notify.h"
#include "dbus/errors.h"
#include "dbus/names.h"

#include <glib-unix.h>
#include <gmodule.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>

/* How long a pass under way may delay the end. Milliseconds. */
#define END_POLL  20
#define END_LIMIT 800

/* How long there must have been nothing to do until the service ends by itself: D-Bus
 * starts it again when somebody asks for it. Seconds. */
#define IDLE_LIMIT 30

/* libnm brings GnuTLS along, for certificates that never concern this service; it asks
 * this function (GNUTLS_SKIP_GLOBAL_INIT in its manual) whether to set itself up at once,
 * which costs a megabyte. libnm does so itself should it ever be needed. */
int _gnutls_global_init_skip (void);

G_MODULE_EXPORT int
_gnutls_global_init_skip (void)
{
  return 1;
}

typedef struct
{
  GMainLoop *loop;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  CsEngine *engine;            /* (owned) (nullable) until NetworkManager was looked at */
  CsBusManager *manager;       /* (owned) (nullable) likewise */
  guint name;                  /* bus name's owner id */
  gboolean started;            /* the engine */
  guint end_waited;            /* milliseconds */
  guint idle_timer;            /* timeout source while nothing is shared, or 0 */
  guint calm_timer;            /* timeout source after something has changed, or 0 */
  guint idle_checks;           /* that found nothing to do, in a row */
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
  if (service->engine != NULL && cs_engine_is_busy (service->engine)
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

static gboolean
is_needed (const Service *service)
{
  return cs_engine_has_requests (service->engine)
         || cs_engine_has_remains (service->engine) || cs_engine_is_held (service->engine)
         || cs_engine_is_busy (service->engine);
}

static gboolean
on_calm (gpointer user_data)
{
  Service *service = user_data;

  service->calm_timer = 0;
  cs_memory_trim ();
  return G_SOURCE_REMOVE;
}

/* A pass takes far more memory for a moment than is needed at rest: it is given back when
 * it is over, once for a burst. */
static void
trim_when_calm (Service *service)
{
  if (service->calm_timer == 0)
    service->calm_timer = g_timeout_add_seconds (1, on_calm, service);
}

static gboolean on_idle_check (gpointer user_data);

/* Only while nothing is shared, so that a share at rest wakes nobody. */
static void
watch_idle (Service *service)
{
  gboolean shared = cs_engine_has_requests (service->engine);
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

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Service *service = user_data;

  fail (service, service->started
                     ? "the bus name " CS_BUS_NAME " is lost; shares stay as they are"
                     : "the bus name " CS_BUS_NAME " is taken or not allowed: is it "
                       "already running, or not run as root? Nothing was changed");
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Service *service = user_data;

  if (service->started)
    return;
  service->started = TRUE;
  cs_engine_start (service->engine);
  watch_idle (service);
}

static void
own_name (Service *service)
{
  service->name = g_bus_own_name_on_connection (
      service->connection, CS_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
      on_name_acquired, on_name_lost, service, NULL);
}

/* What came in before the name was given up has been heard by now. */
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
      g_message ("Nothing is shared; ending until somebody asks");
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

static const CsBusHost host = {
  .read_counters = cs_nft_read_counters,
  .probe_async = cs_probe_async,
  .probe_finish = cs_probe_finish,
};

static GPtrArray *
make_steps (CsNetworkManager *nm,
            CsFirewalld *firewalld,
            CsOpeningLog *openings,
            GDBusConnection *connection)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (g_object_unref);

  /* The filter first, so that it is there before a packet can flow. What clients do not
   * wait for comes behind what they do. */
  g_ptr_array_add (steps, cs_nft_step_new ());
  g_ptr_array_add (steps, cs_foreign_firewall_step_new (firewalld, openings));
  g_ptr_array_add (steps, cs_lan_step_new (nm));
  g_ptr_array_add (steps, cs_route_step_new ());
  g_ptr_array_add (steps, cs_sysctl_step_new ());
  g_ptr_array_add (steps, cs_dnsmasq_step_new (CS_RUNTIME_DIR, connection));
  g_ptr_array_add (steps, cs_conntrack_step_new ());
  g_ptr_array_add (steps, cs_renew_step_new ());
  g_ptr_array_add (steps, cs_dial_step_new (nm));
  return steps;
}

static void
on_network_manager (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsNetworkManager) nm = cs_network_manager_new_finish (result, &error);
  g_autoptr (CsFirewalld) firewalld = cs_firewalld_new (service->connection);
  g_autoptr (CsOpeningLog) openings = cs_opening_log_new ();
  g_autoptr (CsMonitor) monitor = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  g_autoptr (CsStore) store = cs_store_new (CS_STATE_DIR, CS_RUNTIME_DIR);

  if (nm != NULL)
    monitor = cs_network_monitor_new (nm, firewalld, openings, &error);
  if (monitor == NULL)
    {
      fail (service, error->message);
      return;
    }
  steps = make_steps (nm, firewalld, openings, service->connection);
  service->engine = cs_engine_new (monitor, steps, store);
  service->manager = cs_bus_manager_new (service->engine, &host);
  if (!cs_bus_manager_export (service->manager, service->connection, &error))
    {
      fail (service, error->message);
      return;
    }
  g_signal_connect_swapped (service->engine, "share-changed", G_CALLBACK (watch_idle),
                            service);
  g_signal_connect_swapped (service->engine, "share-removed", G_CALLBACK (watch_idle),
                            service);
  g_signal_connect_swapped (service->engine, "share-changed", G_CALLBACK (trim_when_calm),
                            service);
  cs_notify_of_shares (service->engine);
  /* before the name is ours, as calls to a share can come with it */
  cs_engine_load (service->engine);
  own_name (service);
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
  g_clear_handle_id (&service->calm_timer, g_source_remove);
  g_clear_handle_id (&service->name, g_bus_unown_name);
  g_clear_object (&service->manager);
  g_clear_object (&service->engine);
  g_main_loop_unref (service->loop);
}

static gboolean
parse_options (int argc, char **argv, GError **error)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- share connections");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
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

  if (!parse_options (argc, argv, &error))
    {
      g_printerr ("connshared: %s\n", error->message);
      return EXIT_FAILURE;
    }
  raise_descriptor_limit ();
  /* The worker threads have little to do at a time; an arena each is waste. */
  mallopt (M_ARENA_MAX, 1);
  cs_error_register ();
  service.connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (service.connection == NULL)
    {
      g_printerr ("connshared: the system bus cannot be reached: %s\n", error->message);
      return EXIT_FAILURE;
    }
  run (&service);
  g_object_unref (service.connection);
  return service.status;
}
