/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration is a file in the share's directory. A dnsmasq that was started with
 * just that text is left running, whoever started it: so a restart of connshared does not
 * disturb the clients. With another text it is ended and started anew, and keeps the file
 * of its leases. Then it is told its upstream servers, which change more often.
 *
 * One that dies is reported as a change; the pass that follows starts it again. When it
 * dies at once, again and again, that fails, and the engine tries it at intervals. */
#include "dnsmasq.h"

#include "dnsmasq-process.h"
#include "dnsmasq-upstream.h"
#include "log.h"
#include "port-owner.h"

#include "core/dnsmasq-config.h"
#include "dbus/errors.h"
#include "engine/files.h"

#include <glib/gstdio.h>

#define DHCP_PORT 67
/* One that dies younger than this has died at once. Milliseconds. */
#define MIN_LIFE 500
/* After so many of these in a row, one has to live that long to count as started. */
#define TRIES 3

/* What there is for a LAN. */
typedef struct
{
  CsDnsmasqStep *step;       /* unowned: it owns this */
  char *lan;                 /* (owned) */
  char *directory;           /* (owned) */
  CsDnsmasqProcess *process; /* (owned) */
  gint64 started;            /* monotonic time */
  guint early;               /* deaths at once, in a row */
  GTask *trial;              /* (owned) (nullable) answered when it has lived, or died */
  guint limit;               /* timeout source of .trial, or 0 */
} Server;

struct _CsDnsmasqStep
{
  GObject parent;
  char *runtime_dir;    /* (owned) */
  GDBusConnection *bus; /* (owned) (nullable) */
  GHashTable *servers;  /* (owned) LAN (owned by the value) -> Server (owned) */
};

static void cs_dnsmasq_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsDnsmasqStep,
                               cs_dnsmasq_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP,
                                                      cs_dnsmasq_step_iface_init))

/* One call of apply(). */
typedef struct
{
  Server *server;        /* unowned */
  const CsSharePlan *to; /* (nullable) unowned */
  char *config;          /* (owned) (nullable) NULL: no server is wanted */
  gboolean fresh;        /* it was started within this call */
  GError *error;         /* (owned) (nullable) while there may be more to say, or do */
} Apply;

static void
apply_free (Apply *apply)
{
  g_free (apply->config);
  g_clear_error (&apply->error);
  g_free (apply);
}

static void
server_free (Server *server)
{
  g_clear_handle_id (&server->limit, g_source_remove);
  g_clear_object (&server->trial);
  cs_dnsmasq_process_free (server->process);
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
  server->early = life < MIN_LIFE * G_TIME_SPAN_MILLISECOND ? server->early + 1 : 0;
  if (server->trial != NULL)
    {
      g_autoptr (GTask) trial = g_steal_pointer (&server->trial);

      g_task_return_new_error (trial, CS_ERROR, CS_ERROR_FAILED,
                               "dnsmasq ends as soon as it serves, %u times in a row; it "
                               "is tried at intervals, "
                               "and \"journalctl -t dnsmasq\" may have its reason",
                               server->early);
      return;
    }
  cs_message (server->lan, "dnsmasq has ended unexpectedly and is started again");
  cs_step_emit_changed (CS_STEP (server->step), server->lan);
}

static Server *
get_server (CsDnsmasqStep *self, const char *lan)
{
  Server *server = g_hash_table_lookup (self->servers, lan);

  if (server != NULL)
    return server;
  server = g_new0 (Server, 1);
  server->step = self;
  server->lan = g_strdup (lan);
  server->directory = cs_dnsmasq_directory (self->runtime_dir, lan);
  cs_files_sweep (server->directory);
  server->process = cs_dnsmasq_process_new (server->directory, on_died, server);
  g_hash_table_insert (self->servers, server->lan, server);
  return server;
}

/* --- The directory -------------------------------------------------------------- */

static char *
config_path (const Server *server)
{
  return g_build_filename (server->directory, "dnsmasq.conf", NULL);
}

static gboolean
is_configured (const Server *server, const char *config)
{
  g_autofree char *path = config_path (server);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (text, config);
}

static gboolean
write_config (const Server *server, const char *config, GError **error)
{
  g_autofree char *path = config_path (server);

  return cs_file_write (path, config, error);
}

static void
remove_directory (const Server *server)
{
  g_autoptr (GDir) directory = g_dir_open (server->directory, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (server->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (server->directory);
}

/* --- Starting and ending -------------------------------------------------------- */

static void stop (GTask *task);

static gboolean
on_lived (gpointer user_data)
{
  Server *server = user_data;
  g_autoptr (GTask) trial = g_steal_pointer (&server->trial);

  server->limit = 0;
  server->early = 0;
  g_task_return_boolean (trial, TRUE);
  return G_SOURCE_REMOVE;
}

/* Takes @task. */
static void
finish (GTask *task)
{
  const Apply *apply = g_task_get_task_data (task);
  Server *server = apply->server;

  if (apply->fresh && server->early >= TRIES
      && cs_dnsmasq_process_is_running (server->process))
    {
      server->trial = task;
      server->limit = g_timeout_add (MIN_LIFE, on_lived, server);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* A dnsmasq that was found running and does not answer is started anew, once. */
static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Apply *apply = g_task_get_task_data (task);

  if (cs_dnsmasq_upstream_tell_finish (result, &apply->error))
    finish (g_steal_pointer (&task));
  else if (apply->fresh)
    g_task_return_error (task, g_steal_pointer (&apply->error));
  else
    {
      g_debug ("%s: %s", apply->to->lan, apply->error->message);
      g_clear_error (&apply->error);
      stop (g_steal_pointer (&task));
    }
}

static void
tell_servers (GTask *task)
{
  CsDnsmasqStep *self = g_task_get_source_object (task);
  const Apply *apply = g_task_get_task_data (task);
  const Server *server = apply->server;

  if (self->bus != NULL)
    {
      cs_dnsmasq_upstream_tell_async (self->bus, apply->to, server->directory,
                                      cs_dnsmasq_process_get_pid (server->process),
                                      apply->fresh, on_told, task);
      return;
    }
  finish (task);
}

static void
look_for_owner (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  Apply *apply = task_data;
  gboolean dhcp = strstr (apply->error->message, "DHCP") != NULL;
  guint port = dhcp ? DHCP_PORT : apply->to->dns_port;
  g_autofree char *owner
      = cs_port_owner_find (dhcp ? 0 : apply->to->address.address, port, 0);

  if (owner == NULL)
    g_task_return_error (task, g_steal_pointer (&apply->error));
  else
    g_task_return_new_error (
        task, CS_ERROR, CS_ERROR_FAILED,
        "Port %u on \"%s\" is taken by %s: stop that program, or let it listen on other "
        "interfaces only",
        port, apply->to->lan, owner);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Apply *apply = g_task_get_task_data (task);
  gboolean busy;

  apply->fresh = TRUE;
  apply->server->started = g_get_monotonic_time ();
  if (cs_dnsmasq_process_start_finish (result, &busy, &apply->error))
    tell_servers (g_steal_pointer (&task));
  else if (busy)
    g_task_run_in_thread (task, look_for_owner);
  else
    g_task_return_error (task, g_steal_pointer (&apply->error));
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Apply *apply = g_task_get_task_data (task);
  Server *server = apply->server;
  GError *error = NULL;

  cs_dnsmasq_process_stop_finish (result);
  if (apply->config != NULL && !write_config (server, apply->config, &error))
    g_task_return_error (task, error);
  else if (apply->config != NULL)
    cs_dnsmasq_process_start_async (server->process, on_started, g_steal_pointer (&task));
  else
    {
      if (apply->to == NULL)
        {
          CsDnsmasqStep *self = g_task_get_source_object (task);

          remove_directory (server);
          g_hash_table_remove (self->servers, server->lan);
        }
      g_task_return_boolean (task, TRUE);
    }
}

static void
stop (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);

  cs_dnsmasq_process_stop_async (apply->server->process, on_stopped, task);
}

/* With keep-lan somebody else serves the LAN; without its device nobody can. */
static gboolean
wants_server (const CsSharePlan *share)
{
  return share != NULL && share->lan_method != CS_LAN_KEEP
         && share->lan_method != CS_LAN_ABSENT;
}

/* Not while one runs: what to do with that is decided by apply(). Failures are, too. */
static gboolean
cs_dnsmasq_step_prepare (CsStep *step, const CsSharePlan *from, const CsSharePlan *to)
{
  Server *server = get_server (CS_DNSMASQ_STEP (step), to->lan);
  g_autofree char *config = NULL;

  if (!wants_server (to) || cs_dnsmasq_process_is_running (server->process))
    return FALSE;
  config = cs_dnsmasq_config_render (to, server->directory);
  if (write_config (server, config, NULL))
    cs_dnsmasq_process_prepare (server->process);
  return TRUE;
}

static const char *
cs_dnsmasq_step_get_name (CsStep *step)
{
  return "dnsmasq";
}

static void
cs_dnsmasq_step_apply_async (CsStep *step,
                             const CsPlan *plan,
                             const CsSharePlan *from,
                             const CsSharePlan *to,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  CsDnsmasqStep *self = CS_DNSMASQ_STEP (step);
  g_autoptr (GTask) task = g_task_new (step, cancellable, callback, user_data);
  Apply *apply = g_new0 (Apply, 1);
  Server *server = get_server (self, to != NULL ? to->lan : from->lan);

  apply->server = server;
  apply->to = to;
  if (wants_server (to))
    apply->config = cs_dnsmasq_config_render (to, server->directory);
  g_task_set_source_tag (task, cs_dnsmasq_step_apply_async);
  g_task_set_task_data (task, apply, (GDestroyNotify)apply_free);

  if (apply->config == NULL || !is_configured (server, apply->config))
    stop (g_steal_pointer (&task));
  else if (cs_dnsmasq_process_is_running (server->process))
    tell_servers (g_steal_pointer (&task));
  else if (cs_dnsmasq_process_is_prepared (server->process))
    cs_dnsmasq_process_start_async (server->process, on_started, g_steal_pointer (&task));
  else
    stop (g_steal_pointer (&task));
}

static void
cs_dnsmasq_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = cs_dnsmasq_step_get_name;
  iface->prepare = cs_dnsmasq_step_prepare;
  iface->apply_async = cs_dnsmasq_step_apply_async;
}

static void
cs_dnsmasq_step_finalize (GObject *object)
{
  CsDnsmasqStep *self = CS_DNSMASQ_STEP (object);

  g_free (self->runtime_dir);
  g_clear_object (&self->bus);
  g_hash_table_unref (self->servers);
  G_OBJECT_CLASS (cs_dnsmasq_step_parent_class)->finalize (object);
}

static void
cs_dnsmasq_step_class_init (CsDnsmasqStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_dnsmasq_step_finalize;
}

static void
cs_dnsmasq_step_init (CsDnsmasqStep *self)
{
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify)server_free);
}

CsStep *
cs_dnsmasq_step_new (const char *runtime_dir, GDBusConnection *bus)
{
  CsDnsmasqStep *self = g_object_new (CS_TYPE_DNSMASQ_STEP, NULL);

  self->runtime_dir = g_strdup (runtime_dir);
  g_set_object (&self->bus, bus);
  return CS_STEP (self);
}
