/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcpcd does nothing else for us: it gets a configuration of its own, keeps its hands
 * off addresses, routers and name servers, and runs a hook that writes what is delegated
 * to a file, which is watched. So what one has found outlives the service, like dhcpcd
 * itself.
 *
 * What an uplink had when it went counts again at once when it returns, as most networks
 * delegate the same; unless they have said so themselves within CONFIRM_LIMIT, it counts
 * no more. */
#include "delegations.h"

#include "base/files.h"
#include "base/inotify.h"
#include "core/value/delegation.h"
#include "dbus/errors.h"
#include "system/process/kept-process.h"
#include "system/process/own-process.h"
#include "system/process/program.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <unistd.h>

#define PREFIXES ".prefixes"
#define PROCESS  ".process"
#define CONFIG   ".conf"
/* Seconds; a network that answers does so within two. */
#define CONFIRM_LIMIT 10
/* It takes back what it has done before it ends. */
#define PATIENCE 10
/* And those after which one that has ended is started again. */
#define AGAIN 30

/* One uplink. */
typedef struct
{
  CsDelegations *owner; /* unowned */
  char *name;           /* (owned) of the interface */
  CsKeptProcess *process;
  GArray *prefixes; /* (owned) of CsCidr */
  gboolean wanted;
  gboolean stopping;
  guint limit; /* timeout source, or 0: what is remembered has to be confirmed */
  guint again; /* likewise: start it */
} Uplink;

struct _CsDelegations
{
  GObject parent;
  char *folder;        /* (owned) */
  char *hook;          /* (owned) */
  CsInotify *inotify;  /* (owned) */
  int watch;           /* -1: there is no folder yet */
  GHashTable *uplinks; /* (owned) name (unowned) -> Uplink (owned) */
  gboolean of_use;     /* what uplinks had may be of use again */
  gboolean lacking;    /* that there is no dhcpcd has been logged */
  GPtrArray *waiting;  /* (owned) of GTask (owned), for all that stops to have stopped */
};

G_DEFINE_FINAL_TYPE (CsDelegations, cs_delegations, G_TYPE_OBJECT)

static guint changed_signal;

static char *
path_of (const Uplink *uplink, const char *suffix)
{
  g_autofree char *file = g_strconcat (uplink->name, suffix, NULL);

  return g_build_filename (uplink->owner->folder, file, NULL);
}

static void start (Uplink *uplink);
static void stop (Uplink *uplink);

/* --- What is delegated ----------------------------------------------------------- */

static gboolean
are_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;

  for (guint i = 0; equal && i < a->len; i++)
    equal = cs_cidr_equal (g_array_index (a, CsCidr, i), g_array_index (b, CsCidr, i));
  return equal;
}

static void
read_prefixes (Uplink *uplink)
{
  g_autofree char *path = path_of (uplink, PREFIXES);
  g_autofree char *text = cs_file_read (path, NULL);
  g_autoptr (GArray) before = uplink->prefixes;

  uplink->prefixes = cs_delegation_parse (text != NULL ? text : "");
  if (are_equal (before, uplink->prefixes))
    return;
  g_message ("%s: %s", uplink->name,
             uplink->prefixes->len > 0 ? "IPv6 prefixes are delegated"
                                       : "no IPv6 prefixes are delegated any more");
  g_signal_emit (uplink->owner, changed_signal, 0);
}

static gboolean
on_unconfirmed (gpointer user_data)
{
  Uplink *uplink = user_data;
  g_autofree char *path = path_of (uplink, PREFIXES);

  uplink->limit = 0;
  cs_file_remove (path, NULL);
  read_prefixes (uplink);
  return G_SOURCE_REMOVE;
}

/* A file of the folder has changed; @what: or any may have. */
static void
on_file (int watch, guint32 what, const char *name, gpointer user_data)
{
  CsDelegations *self = user_data;
  GHashTableIter iter;
  gpointer value;

  if (name != NULL && !g_str_has_suffix (name, PREFIXES))
    return;
  g_hash_table_iter_init (&iter, self->uplinks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Uplink *uplink = value;

      if (name != NULL
          && (strlen (name) != strlen (uplink->name) + strlen (PREFIXES)
              || !g_str_has_prefix (name, uplink->name)))
        continue;
      if (what & IN_MOVED_TO)
        g_clear_handle_id (&uplink->limit, g_source_remove);
      read_prefixes (uplink);
    }
}

/* --- The processes ---------------------------------------------------------------- */

/* Whom dhcpcd becomes. */
static uid_t
user_id (void)
{
  const struct passwd *entry = getpwnam ("dhcpcd");

  return entry != NULL ? entry->pw_uid : 0;
}

static gboolean
on_again (gpointer user_data)
{
  Uplink *uplink = user_data;

  uplink->again = 0;
  if (uplink->wanted && !uplink->stopping
      && !cs_kept_process_is_running (uplink->process))
    start (uplink);
  return G_SOURCE_REMOVE;
}

static void
start_later (Uplink *uplink)
{
  if (uplink->again == 0)
    uplink->again = g_timeout_add_seconds (AGAIN, on_again, uplink);
}

static void
on_ended (gpointer user_data)
{
  Uplink *uplink = user_data;

  if (!uplink->wanted)
    return;
  g_message ("dhcpcd for %s ended; it starts again in %d seconds", uplink->name, AGAIN);
  start_later (uplink);
}

static void
uplink_free (gpointer data)
{
  Uplink *uplink = data;

  g_clear_handle_id (&uplink->limit, g_source_remove);
  g_clear_handle_id (&uplink->again, g_source_remove);
  cs_kept_process_free (uplink->process);
  g_array_unref (uplink->prefixes);
  g_free (uplink->name);
  g_free (uplink);
}

static Uplink *
uplink_new (CsDelegations *self, const char *name)
{
  Uplink *uplink = g_new0 (Uplink, 1);
  g_autofree char *note = NULL;
  CsKeptProcessSetup setup
      = { .program = "dhcpcd", .user = user_id, .patience = PATIENCE, .ended = on_ended };

  uplink->owner = self;
  uplink->name = g_strdup (name);
  uplink->prefixes = g_array_new (FALSE, TRUE, sizeof (CsCidr));
  note = path_of (uplink, PROCESS);
  setup.note = note;
  setup.user_data = uplink;
  uplink->process = cs_kept_process_new (&setup);
  return uplink;
}

/* What the kernel does about link-local addresses, before dhcpcd changes it. */
static char *
read_gen_mode (const char *name)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/sys/net/ipv6/conf/%s/addr_gen_mode", name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_strchomp (text)
                                                       : g_strdup ("");
}

/* The DUID and the lease are dhcpcd's own, in its own folder, so that a network delegates
 * the same as before when the computer restarts. */
static gboolean
write_config (Uplink *uplink, const char *path, GError **error)
{
  g_autofree char *prefixes = path_of (uplink, PREFIXES);
  g_autofree char *gen_mode = read_gen_mode (uplink->name);
  g_autofree char *text = g_strdup_printf ("# connshared's, written anew each time\n"
                                           "duid\n"
                                           "ipv6only\n"
                                           "noipv6rs\n"
                                           "nogateway\n"
                                           "env connshare_file=%s\n"
                                           "env connshare_gen_mode=%s\n"
                                           "interface %s\n"
                                           "ia_pd 1\n",
                                           prefixes, gen_mode, uplink->name);

  return cs_file_write (path, text, error);
}

static gboolean
spawn (Uplink *uplink, GError **error)
{
  g_autofree char *program = cs_program_find ("dhcpcd");
  g_autofree char *config = path_of (uplink, CONFIG);
  const CsOwnProcessSetup setup
      = { cs_kept_process_get_note (uplink->process), getpid () };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;

  if (program == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                   "dhcpcd is not installed (package dhcpcd-base)");
      return FALSE;
    }
  if (!write_config (uplink, config, error))
    return FALSE;
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, cs_own_process_set_up,
                                         (gpointer)&setup, NULL);
  process = g_subprocess_launcher_spawn (launcher, error, program, "--nobackground",
                                         "--config", config, "--script",
                                         uplink->owner->hook, uplink->name, NULL);
  return process != NULL && cs_kept_process_is_running (uplink->process);
}

/* Without dhcpcd, clients are served in another way. */
static void
start (Uplink *uplink)
{
  CsDelegations *self = uplink->owner;
  g_autoptr (GError) error = NULL;

  read_prefixes (uplink);
  if (cs_kept_process_is_running (uplink->process))
    return;
  if (cs_kept_process_has_remains (uplink->process))
    {
      stop (uplink);
      return;
    }
  if (uplink->prefixes->len > 0 && uplink->limit == 0)
    uplink->limit = g_timeout_add_seconds (CONFIRM_LIMIT, on_unconfirmed, uplink);
  if (spawn (uplink, &error))
    return;
  if (error != NULL && !self->lacking)
    g_message ("cannot ask for IPv6 prefixes at %s: %s", uplink->name, error->message);
  self->lacking = self->lacking || error != NULL;
  start_later (uplink);
}

static gboolean
is_stopping (CsDelegations *self)
{
  GHashTableIter iter;
  gpointer uplink;

  g_hash_table_iter_init (&iter, self->uplinks);
  while (g_hash_table_iter_next (&iter, NULL, &uplink))
    if (((const Uplink *)uplink)->stopping)
      return TRUE;
  return FALSE;
}

/* The folder and all that is in it. */
static void
sweep (CsDelegations *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *file;

  cs_inotify_remove (self->inotify, self->watch);
  self->watch = -1;
  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, file, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_hash_table_remove_all (self->uplinks);
}

/* When nothing stops any more. */
static void
finish_following (CsDelegations *self)
{
  g_autoptr (GPtrArray) waiting = NULL;

  if (is_stopping (self))
    return;
  if (!self->of_use)
    sweep (self);
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    g_task_return_boolean (waiting->pdata[i], TRUE);
}

/* What is to be stopped and what holds it, as it may be of no use by then. */
typedef struct
{
  CsDelegations *self; /* (owned) */
  Uplink *uplink;      /* unowned: none goes while one stops */
} Stop;

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Stop *stop = user_data;
  g_autoptr (CsDelegations) self = stop->self;
  g_autofree char *note = path_of (stop->uplink, PROCESS);
  g_autoptr (GError) error = NULL;

  stop->uplink->stopping = FALSE;
  if (!cs_kept_process_stop_finish (result, &error))
    g_warning ("%s", error->message);
  else
    g_unlink (note);
  if (stop->uplink->wanted)
    start (stop->uplink);
  finish_following (self);
}

static void
stop (Uplink *uplink)
{
  Stop *state;

  g_clear_handle_id (&uplink->limit, g_source_remove);
  g_clear_handle_id (&uplink->again, g_source_remove);
  if (uplink->stopping
      || (!cs_kept_process_is_running (uplink->process)
          && !cs_kept_process_has_remains (uplink->process)))
    return;
  uplink->stopping = TRUE;
  state = g_new (Stop, 1);
  *state = (Stop){ g_object_ref (uplink->owner), uplink };
  cs_kept_process_stop_async (uplink->process, on_stopped, state);
}

/* --- Which are asked -------------------------------------------------------------- */

static gboolean
is_wanted (const CsPlan *plan, const char *name)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.asks && g_strcmp0 (share->uplink, name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether what uplinks had may be of use again. */
static gboolean
is_of_use (const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.mode != CS_IPV6_OFF)
        return TRUE;
    }
  return FALSE;
}

static Uplink *
add (CsDelegations *self, const char *name)
{
  Uplink *uplink = g_hash_table_lookup (self->uplinks, name);

  if (uplink != NULL)
    return uplink;
  uplink = uplink_new (self, name);
  g_hash_table_insert (self->uplinks, uplink->name, uplink);
  return uplink;
}

/* Those of a service before this one. */
static void
add_found (CsDelegations *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (file, PROCESS) && file[0] != '.')
      {
        g_autofree char *name = g_strndup (file, strlen (file) - strlen (PROCESS));

        add (self, name);
      }
}

static void
watch_folder (CsDelegations *self)
{
  if (self->watch < 0)
    self->watch = cs_inotify_add (self->inotify, self->folder,
                                  IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);
}

static void
follow (CsDelegations *self, const CsPlan *plan)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && share->ipv6.asks && share->uplink != NULL)
        add (self, share->uplink);
    }
  g_hash_table_iter_init (&iter, self->uplinks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Uplink *uplink = value;
      gboolean wanted = is_wanted (plan, uplink->name);

      if (wanted && g_mkdir_with_parents (self->folder, 0700) == 0)
        watch_folder (self);
      if (wanted != uplink->wanted)
        self->lacking = FALSE;
      uplink->wanted = wanted;
      if (!wanted)
        stop (uplink);
      else if (!uplink->stopping && uplink->again == 0)
        start (uplink);
    }
}

void
cs_delegations_follow_async (CsDelegations *self,
                             const CsPlan *plan,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_delegations_follow_async);
  g_ptr_array_add (self->waiting, task);
  self->of_use = is_of_use (plan);
  follow (self, plan);
  finish_following (self);
}

gboolean
cs_delegations_follow_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cs_delegations_fill (CsDelegations *self, CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = snapshot->interfaces->pdata[i];
      const Uplink *uplink = g_hash_table_lookup (self->uplinks, interface->name);

      g_array_set_size (interface->delegated, 0);
      if (uplink != NULL)
        g_array_append_vals (interface->delegated, uplink->prefixes->data,
                             uplink->prefixes->len);
    }
}

/* --- The object ------------------------------------------------------------------- */

static void
cs_delegations_finalize (GObject *object)
{
  CsDelegations *self = CS_DELEGATIONS (object);

  g_hash_table_unref (self->uplinks);
  g_ptr_array_unref (self->waiting);
  cs_inotify_free (self->inotify);
  g_free (self->folder);
  g_free (self->hook);
  G_OBJECT_CLASS (cs_delegations_parent_class)->finalize (object);
}

static void
cs_delegations_class_init (CsDelegationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_delegations_finalize;
  changed_signal = g_signal_new ("changed", CS_TYPE_DELEGATIONS, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_delegations_init (CsDelegations *self)
{
  self->watch = -1;
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->inotify = cs_inotify_new (on_file, self);
  self->uplinks = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, uplink_free);
}

CsDelegations *
cs_delegations_new (const char *folder, const char *hook)
{
  CsDelegations *self = g_object_new (CS_TYPE_DELEGATIONS, NULL);

  self->folder = g_strdup (folder);
  self->hook = g_strdup (hook);
  add_found (self);
  watch_folder (self);
  return self;
}
