/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The share's directory holds a copy of the configuration. A dnsmasq that was started
 * with exactly that text keeps running, whoever started it: so a restart of connshared
 * does not disturb the clients. If the text changes, dnsmasq is ended, and another one
 * started that keeps the lease file. That file is root's as well: dnsmasq opens it before
 * it becomes another user. Its upstream servers, which change more often, are set
 * afterwards.
 *
 * If one dies, that is reported as a change, and the next pass starts it again. If it
 * keeps dying at once, starting fails, and the engine retries it at intervals. */
#include "dnsmasq.h"

#include "dns-port.h"
#include "dnsmasq-files.h"
#include "dnsmasq-process.h"
#include "dnsmasq-spawn.h"
#include "dnsmasq-upstream.h"
#include "held.h"

#include "base/files.h"
#include "base/log.h"
#include "core/plan/flow.h"
#include "core/render/dnsmasq-config.h"
#include "dbus/errors.h"
#include "system/process/port-owner.h"

#include <signal.h>

/* One that dies younger than this counts as dying at once. Milliseconds. */
#define MIN_LIFE 500
/* After this many early deaths in a row, one has to live that long to count as
 * started. */
#define TRIES 3
/* A dnsmasq behind a wrapper shows only by its bus name that it is ready: how often to
 * check for that, in milliseconds, and for how much longer than the whole limit. */
#define READY_POLL  50
#define SECOND_LOOK (G_USEC_PER_SEC / 2)

/* The state of a LAN. */
typedef struct
{
  CsStep *step;              /* unowned: it owns this */
  char *lan;                 /* (owned) */
  char *directory;           /* (owned) */
  CsDnsmasqProcess *process; /* (owned) */
  CsHeld *held;              /* (owned) */
  gint64 begun;              /* monotonic time: when it was to begin ... */
  gint64 started;            /* ... and when it seemed to have begun */
  guint early;               /* early deaths in a row */
  CsStepCall *trial;         /* (owned) (nullable) returns when it has lived, or died */
  guint limit;               /* timeout source of .trial, or 0 */
} Server;

typedef struct
{
  CsStep *step;         /* unowned: it owns this */
  char *runtime_dir;    /* (owned) */
  GDBusConnection *bus; /* (owned) (nullable) */
  GHashTable *servers;  /* (owned) LAN (owned by the value) -> Server (owned) */
} Dnsmasq;

/* One call of apply(). */
typedef struct
{
  Server *server; /* unowned */
  char *config;   /* (owned) (nullable) NULL: no server is wanted */
  gboolean fresh; /* it was started within this call */
  guint taken;    /* port that another program holds, or 0 */
  GError *error;  /* (owned) (nullable) kept while there may be more to do */
} Apply;

static void
apply_free (gpointer data)
{
  Apply *apply = data;

  g_free (apply->config);
  g_clear_error (&apply->error);
  g_free (apply);
}

static void
server_free (Server *server)
{
  g_clear_handle_id (&server->limit, g_source_remove);
  cs_dnsmasq_process_free (server->process);
  cs_held_free (server->held);
  g_free (server->lan);
  g_free (server->directory);
  g_free (server);
}

static void
on_died (CsDnsmasqProcess *process, gpointer user_data)
{
  Server *server = user_data;
  gint64 life = g_get_monotonic_time () - server->started;

  g_clear_handle_id (&server->limit, g_source_remove);
  server->early = server->trial != NULL || life < MIN_LIFE * G_TIME_SPAN_MILLISECOND
                      ? server->early + 1
                      : 0;
  if (server->trial != NULL)
    {
      cs_step_call_return (
          g_steal_pointer (&server->trial),
          g_error_new (
              CS_ERROR, CS_ERROR_FAILED,
              "dnsmasq has exited %u times in a row as soon as it served; connshared "
              "retries at intervals, and \"journalctl -t dnsmasq\" may say why",
              server->early));
      return;
    }
  cs_message (server->lan, "dnsmasq exited unexpectedly; starting it again");
  cs_step_changed (server->step, server->lan);
}

static Server *
get_server (Dnsmasq *self, const char *lan)
{
  Server *server = g_hash_table_lookup (self->servers, lan);
  g_autofree char *bus_name = cs_dnsmasq_bus_name (lan);

  if (server != NULL)
    return server;
  server = g_new0 (Server, 1);
  server->step = self->step;
  server->lan = g_strdup (lan);
  server->directory = cs_dnsmasq_directory (self->runtime_dir, lan);
  cs_files_sweep (server->directory);
  server->process = cs_dnsmasq_process_new (server->directory, bus_name, on_died, server);
  server->held = cs_held_new (lan, self->bus);
  g_hash_table_insert (self->servers, server->lan, server);
  return server;
}

/* --- Starting and ending -------------------------------------------------------- */

static void stop (CsStepCall *call);
static void tell_servers (CsStepCall *call);

static gboolean
on_lived (gpointer user_data)
{
  Server *server = user_data;

  server->limit = 0;
  server->early = 0;
  cs_step_call_return (g_steal_pointer (&server->trial), NULL);
  return G_SOURCE_REMOVE;
}

static void
finish_apply (CsStepCall *call)
{
  const Apply *apply = call->state;
  Server *server = apply->server;

  cs_held_follow (server->held, call->to);
  if (apply->fresh && server->early >= TRIES
      && cs_dnsmasq_process_is_running (server->process))
    {
      server->trial = call;
      server->limit = g_timeout_add (MIN_LIFE, on_lived, server);
      return;
    }
  cs_step_call_return (call, NULL);
}

static gboolean
tell_again (gpointer user_data)
{
  tell_servers (user_data);
  return G_SOURCE_REMOVE;
}

/* Behind a wrapper, dnsmasq may still be starting. */
static gboolean
may_come_yet (const Apply *apply)
{
  gint64 end
      = apply->server->begun + CS_DNSMASQ_START_LIMIT * G_USEC_PER_SEC + SECOND_LOOK;

  return apply->fresh && g_error_matches (apply->error, CS_ERROR, CS_ERROR_TIMEOUT)
         && g_get_monotonic_time () < end
         && cs_dnsmasq_process_is_running (apply->server->process);
}

/* A dnsmasq that was already running and does not reply is restarted, once. */
static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  Apply *apply = call->state;

  if (cs_dnsmasq_upstream_tell_finish (result, &apply->error))
    finish_apply (call);
  else if (may_come_yet (apply))
    {
      g_clear_error (&apply->error);
      g_timeout_add (READY_POLL, tell_again, call);
    }
  else if (apply->fresh)
    cs_step_call_return (call, g_steal_pointer (&apply->error));
  else
    {
      g_debug ("%s: %s", call->to->lan, apply->error->message);
      g_clear_error (&apply->error);
      stop (call);
    }
}

static void
tell_servers (CsStepCall *call)
{
  const Dnsmasq *self = call->step->self;
  const Apply *apply = call->state;
  const Server *server = apply->server;

  if (self->bus != NULL)
    cs_dnsmasq_upstream_tell_async (self->bus, call->to, server->directory,
                                    cs_dnsmasq_process_get_pid (server->process),
                                    apply->fresh, on_told, call);
  else
    finish_apply (call);
}

static void
look_for_owner (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  CsStepCall *call = task_data;
  const CsAddress any = CS_IPV4 (0, 0, 0, 0);
  guint port = ((Apply *)call->state)->taken;
  g_autofree char *owner = cs_port_owner_find (
      port == CS_DHCP_PORT ? any : call->to->address.address, port, 0);

  cs_step_call_return (
      call, g_error_new (CS_ERROR, CS_ERROR_FAILED,
                         "port %u on \"%s\" is taken by %s: stop that program, or let it "
                         "listen on other interfaces only",
                         port, call->to->lan, owner != NULL ? owner : "another program"));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  Apply *apply = call->state;
  GError *error = NULL;

  apply->fresh = TRUE;
  apply->server->started = g_get_monotonic_time ();
  if (cs_dnsmasq_process_start_finish (result, &error))
    tell_servers (call);
  else
    cs_step_call_return (call, error);
}

/* 0: none. */
static guint
find_taken_port (const CsSharePlan *share)
{
  if (!cs_dns_port_is_free (share->address.address, share->dns_port))
    return share->dns_port;
  return !cs_share_plan_serves (share) || cs_dhcp_port_is_free (share->lan)
             ? 0
             : CS_DHCP_PORT;
}

/* Another program may also share the port by SO_REUSEADDR, which dnsmasq would not
 * notice. The next plan uses another port for the name server. */
static void
start (CsStepCall *call)
{
  Apply *apply = call->state;

  apply->taken = find_taken_port (call->to);
  if (apply->taken == 0)
    {
      cs_held_begin (apply->server->held, call->to);
      cs_held_add (apply->server->held);
      apply->server->begun = g_get_monotonic_time ();
      cs_dnsmasq_process_start_async (apply->server->process, apply->config, on_started,
                                      call);
      return;
    }
  cs_dns_port_refuse (apply->taken); /* ignores the DHCP port */
  g_task_run_in_thread (call->task, look_for_owner);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  const Dnsmasq *self = call->step->self;
  const Apply *apply = call->state;
  const Server *server = apply->server;
  GError *error = NULL;
  gboolean done
      = cs_dnsmasq_process_stop_finish (result, &error)
        && (apply->config == NULL
            || cs_dnsmasq_files_write (server->directory, call->to, apply->config,
                                       &error))
        && (call->to != NULL
            || cs_dnsmasq_files_remove (server->directory, server->lan, &error));

  if (done && apply->config != NULL)
    {
      start (call);
      return;
    }
  if (done && call->to == NULL)
    g_hash_table_remove (self->servers, server->lan);
  cs_step_call_return (call, error);
}

static void
stop (CsStepCall *call)
{
  const Apply *apply = call->state;

  cs_held_end (apply->server->held);
  cs_dnsmasq_process_stop_async (apply->server->process, on_stopped, call);
}

/* With keep-lan others serve the LAN, save for names where NetworkManager does; without
 * its device nobody can. */
static gboolean
wants_server (const CsSharePlan *share)
{
  return share != NULL && cs_share_plan_resolves (share);
}

/* Does nothing while one runs: apply() decides what to do with it, and reports failures,
 * except a missing dnsmasq. */
static gboolean
prepare (gpointer self, const CsSharePlan *from, const CsSharePlan *to, GError **error)
{
  Server *server = get_server (self, to->lan);
  g_autofree char *program = NULL;
  g_autofree char *config = NULL;

  if (!wants_server (to) || cs_dnsmasq_process_is_running (server->process)
      || cs_dnsmasq_process_has_remains (server->process))
    return FALSE;
  program = cs_dnsmasq_find_program (error);
  if (program == NULL)
    return FALSE;
  config = cs_dnsmasq_config_render (to);
  if (cs_dnsmasq_files_write (server->directory, to, config, NULL))
    {
      cs_dnsmasq_process_prepare (server->process, config);
      cs_held_begin (server->held, to);
    }
  return TRUE;
}

/* Clients get other addresses from their next request on. */
static void
update_hosts (const Server *server, const CsSharePlan *share)
{
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;
  int pid = cs_dnsmasq_process_get_pid (server->process);

  if (!cs_dnsmasq_files_write_hosts (share, &changed, &error))
    cs_warning (server->lan, "%s", error->message);
  else if (changed && pid > 0)
    kill (pid, SIGHUP);
}

static void
apply_async (gpointer self, CsStepCall *call)
{
  Server *server = get_server (self, cs_step_call_lan (call));
  Apply *apply = g_new0 (Apply, 1);

  apply->server = server;
  if (wants_server (call->to))
    apply->config = cs_dnsmasq_config_render (call->to);
  call->state = apply;
  call->free_state = apply_free;

  if (apply->config == NULL || !cs_dnsmasq_files_have (server->directory, apply->config))
    stop (call);
  else if (cs_dnsmasq_process_is_running (server->process))
    {
      update_hosts (server, call->to);
      tell_servers (call);
    }
  else if (cs_dnsmasq_process_is_prepared (server->process))
    start (call);
  else
    stop (call);
}

static void
dnsmasq_free (gpointer data)
{
  Dnsmasq *self = data;

  g_free (self->runtime_dir);
  g_clear_object (&self->bus);
  g_hash_table_unref (self->servers);
  g_free (self);
}

static const CsStepType type = {
  .name = "dnsmasq",
  .flags = CS_STEP_WAITS,
  .prepare = prepare,
  .apply_async = apply_async,
  .free = dnsmasq_free,
};

CsStep *
cs_dnsmasq_step_new (const char *runtime_dir, GDBusConnection *bus)
{
  Dnsmasq *self = g_new0 (Dnsmasq, 1);

  self->step = cs_step_new (&type, self);
  self->runtime_dir = g_strdup (runtime_dir);
  g_set_object (&self->bus, bus);
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify)server_free);
  return self->step;
}
