/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests and ledger on disk. A table path -> text (NULL: no file) has the files that
 * differ from what they should be; a commit takes the table into a thread. */
#include "store.h"

#include "base/files.h"
#include "core/plan/ledger-plan.h"
#include "core/value/ifname.h"
#include "core/value/wan.h"
#include "dbus/errors.h"

#include <errno.h>
#include <glib/gstdio.h>

#define SUFFIX  ".share"
#define APPLIED "applied "
#define TARGET  "target "
#define ADOPT   "adopt"

struct _CsStore
{
  GObject parent;
  char *state_dir;       /* (owned) */
  char *runtime_dir;     /* (owned) */
  char *temporary_dir;   /* (owned) */
  char *ledger;          /* (owned) */
  char *ledger_text;     /* (owned) (nullable) last written, NULL: none */
  gboolean ledger_known; /* and that is what is on disk */
  GHashTable *texts; /* (owned) CsSharePlan (owned) -> its lines in the ledger (owned) */
  GHashTable *pending; /* (owned) path -> text or NULL */
};

G_DEFINE_FINAL_TYPE (CsStore, cs_store, G_TYPE_OBJECT)

static void
cs_store_finalize (GObject *object)
{
  CsStore *self = CS_STORE (object);

  g_free (self->state_dir);
  g_free (self->runtime_dir);
  g_free (self->temporary_dir);
  g_free (self->ledger);
  g_free (self->ledger_text);
  g_hash_table_unref (self->texts);
  g_hash_table_unref (self->pending);
  G_OBJECT_CLASS (cs_store_parent_class)->finalize (object);
}

static void
cs_store_class_init (CsStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_store_finalize;
}

static GHashTable *
new_pending (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static GHashTable *
new_texts (void)
{
  return g_hash_table_new_full (NULL, NULL, (GDestroyNotify)cs_share_plan_unref, g_free);
}

static void
cs_store_init (CsStore *self)
{
  self->texts = new_texts ();
  self->pending = new_pending ();
}

CsStore *
cs_store_new (const char *state_dir, const char *runtime_dir)
{
  CsStore *self = g_object_new (CS_TYPE_STORE, NULL);

  self->state_dir = g_strdup (state_dir);
  self->runtime_dir = g_strdup (runtime_dir);
  self->temporary_dir = g_build_filename (runtime_dir, "requests", NULL);
  self->ledger = g_build_filename (runtime_dir, "ledger", NULL);
  return self;
}

static int
compare_lans (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(CsRequest *const *)a)->lan, (*(CsRequest *const *)b)->lan);
}

static int
compare_ages (gconstpointer a, gconstpointer b)
{
  gint64 since = (*(CsRequest *const *)a)->since, other = (*(CsRequest *const *)b)->since;

  return since != other ? (since < other ? -1 : 1) : compare_lans (a, b);
}

static CsRequest *
load_request (const char *path, const char *name, gboolean persistent, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (CsRequest) request = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *text = NULL;

  text = cs_file_read (path, error);
  if (text == NULL || !g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, error))
    return NULL;
  request = cs_request_from_key_file (file, error);
  if (request == NULL)
    return NULL;

  escaped = cs_ifname_escape (request->lan);
  if (!g_str_has_prefix (name, escaped) || strcmp (name + strlen (escaped), SUFFIX) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "it is for %s and should be named %s" SUFFIX, request->lan, escaped);
      return NULL;
    }
  request->persistent = persistent;
  return g_steal_pointer (&request);
}

/* Whether @error says nothing about the file, which may be readable another time. If so,
 * passes it on. */
static gboolean
is_passing (const char *path, const GError *error, GError **passed_on)
{
  static const int codes[] = { G_FILE_ERROR_MFILE, G_FILE_ERROR_NFILE, G_FILE_ERROR_NOMEM,
                               G_FILE_ERROR_IO, G_FILE_ERROR_INTR };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_FILE_ERROR, codes[i]))
      {
        g_set_error (passed_on, CS_ERROR, CS_ERROR_FAILED,
                     "cannot read %s now, so nothing was changed: %s", path,
                     error->message);
        return TRUE;
      }
  return FALSE;
}

static gboolean
load_folder (const char *folder, gboolean persistent, GPtrArray *requests, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  cs_files_sweep (folder);
  dir = g_dir_open (folder, 0, &cause);
  if (dir == NULL)
    return !is_passing (folder, cause, error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) flaw = NULL;
      CsRequest *request;

      if (name[0] == '.' || !g_str_has_suffix (name, SUFFIX))
        continue;
      request = load_request (path, name, persistent, &flaw);
      if (request != NULL)
        g_ptr_array_add (requests, request);
      else if (is_passing (path, flaw, error))
        return FALSE;
      else
        g_warning ("skipping %s, which is not a valid request: %s", path, flaw->message);
    }
  return TRUE;
}

GPtrArray *
cs_store_load_requests (CsStore *self, GError **error)
{
  g_autoptr (GPtrArray) requests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_request_free);

  if (!load_folder (self->state_dir, TRUE, requests, error)
      || !load_folder (self->temporary_dir, FALSE, requests, error))
    return NULL;
  g_ptr_array_sort (requests, compare_lans);
  /* A crash between writing one folder and clearing the other leaves the LAN in both. */
  for (guint i = 1; i < requests->len;)
    if (compare_lans (&requests->pdata[i - 1], &requests->pdata[i]) == 0)
      g_ptr_array_remove_index (requests, i);
    else
      i++;
  g_ptr_array_sort (requests, compare_ages);
  return g_steal_pointer (&requests);
}

static char *
adopt_path (CsStore *self)
{
  return g_build_filename (self->state_dir, ADOPT, NULL);
}

char *
cs_store_load_adopt_wan (CsStore *self)
{
  g_autofree char *path = adopt_path (self);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) choices = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *wan = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error))
    wan = g_key_file_get_string (file, ADOPT, "wan", &error);
  if (wan != NULL)
    choices = cs_wan_parse (wan, &error);
  if (error != NULL && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("skipping %s, which is not valid: %s", path, error->message);
  return choices != NULL ? g_steal_pointer (&wan) : NULL;
}

void
cs_store_set_adopt_wan (CsStore *self, const char *wan)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_string (file, ADOPT, "wan", wan != NULL ? wan : "");
  g_hash_table_replace (self->pending, adopt_path (self),
                        wan != NULL ? g_key_file_to_data (file, NULL, NULL) : NULL);
}

void
cs_store_clear (const char *state_dir)
{
  g_autoptr (GDir) dir = g_dir_open (state_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, SUFFIX) || g_str_equal (name, ADOPT))
      {
        g_autofree char *path = g_build_filename (state_dir, name, NULL);

        g_unlink (path);
      }
}

gboolean
cs_store_load_ledger (CsStore *self, CsPlan **applied, CsPlan **target, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) flaw = NULL;
  g_auto (GStrv) groups = NULL;
  g_autofree char *text = NULL;

  *applied = cs_plan_new_empty ();
  *target = cs_plan_new_empty ();
  cs_files_sweep (self->runtime_dir);
  text = cs_file_read (self->ledger, &flaw);
  if (text == NULL && is_passing (self->ledger, flaw, error))
    return FALSE;
  if (text == NULL || !g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, &flaw))
    {
      if (!g_error_matches (flaw, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_warning ("cannot read the ledger %s, so what an earlier run has left stays: %s",
                   self->ledger, flaw->message);
      return TRUE;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      CsPlan *plan = g_str_has_prefix (*group, APPLIED) ? *applied : *target;
      g_autoptr (GError) bad = NULL;
      CsSharePlan *share = cs_share_plan_from_key_file (file, *group, &bad);

      if (share != NULL)
        g_ptr_array_add (plan->shares, share);
      else
        g_warning ("skipping [%s] in the ledger %s: %s", *group, self->ledger,
                   bad->message);
    }
  return TRUE;
}

/* What follows the name of a group. */
static char *
write_share (const CsSharePlan *share)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  cs_share_plan_to_key_file (share, file, "share");
  text = g_key_file_to_data (file, NULL, NULL);
  return g_strdup (strchr (text, '\n') + 1);
}

/* A plan that gets here no longer changes, and most come here again and again: their
 * texts move from the store's table into @texts. */
static const char *
find_text (CsStore *self, CsSharePlan *share, GHashTable *texts)
{
  gpointer key, text = g_hash_table_lookup (texts, share);

  if (text != NULL)
    return text;
  if (!g_hash_table_steal_extended (self->texts, share, &key, &text))
    {
      key = cs_share_plan_ref (share);
      text = write_share (share);
    }
  g_hash_table_insert (texts, key, text);
  return text;
}

static void
add_groups (CsStore *self,
            GString *ledger,
            const char *prefix,
            const CsPlan *plan,
            GHashTable *texts)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (plan->shares, i);

      if (cs_share_plan_applied (share) != NULL)
        g_string_append_printf (ledger, "[%s%s]\n%s\n", prefix, share->lan,
                                find_text (self, share, texts));
    }
}

/* Somebody may have cleaned up behind our back. */
static gboolean
has_ledger (CsStore *self, const char *text)
{
  return self->ledger_known && g_strcmp0 (text, self->ledger_text) == 0
         && g_file_test (self->ledger, G_FILE_TEST_EXISTS) == (text != NULL);
}

void
cs_store_set_ledger (CsStore *self, const CsPlan *applied, const CsPlan *target)
{
  GHashTable *texts = new_texts ();
  gboolean empty = applied->shares->len == 0 && target->shares->len == 0;
  g_autoptr (GString) ledger = g_string_new (NULL);
  const char *text;

  add_groups (self, ledger, APPLIED, applied, texts);
  add_groups (self, ledger, TARGET, target, texts);
  g_hash_table_unref (self->texts);
  self->texts = texts;
  text = empty ? NULL : ledger->str;
  if (has_ledger (self, text))
    g_hash_table_remove (self->pending, self->ledger);
  else
    g_hash_table_replace (self->pending, g_strdup (self->ledger), g_strdup (text));
}

static char *
request_path (const char *folder, const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);

  return g_strconcat (folder, "/", escaped, SUFFIX, NULL);
}

void
cs_store_set_request (CsStore *self, const char *lan, const CsRequest *request)
{
  g_autofree char *persistent = request_path (self->state_dir, lan);
  g_autofree char *temporary = request_path (self->temporary_dir, lan);
  char *text = NULL;

  if (request != NULL)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();

      cs_request_to_key_file (request, file);
      text = g_key_file_to_data (file, NULL, NULL);
    }
  if (request != NULL && !request->persistent)
    {
      char *swap = g_steal_pointer (&persistent);

      persistent = g_steal_pointer (&temporary);
      temporary = swap;
    }
  g_hash_table_replace (self->pending, g_steal_pointer (&persistent), text);
  g_hash_table_replace (self->pending, g_steal_pointer (&temporary), NULL);
}

gboolean
cs_store_has_changes (CsStore *self)
{
  return g_hash_table_size (self->pending) > 0;
}

/* Leaves no empty folder of ours behind; one with files in it stays. */
static gboolean
remove_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!cs_file_remove (path, error))
    return FALSE;
  if (g_str_has_suffix (folder, "/requests"))
    g_rmdir (folder);
  return TRUE;
}

static void
commit_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  GHashTable *pending = task_data;
  GError *error = NULL;
  GHashTableIter iter;
  gpointer path, text;

  /* All new files before the first removal: a crash leaves too much, never too little. */
  g_hash_table_iter_init (&iter, pending);
  while (error == NULL && g_hash_table_iter_next (&iter, &path, &text))
    if (text != NULL)
      cs_file_write (path, text, &error);
  g_hash_table_iter_init (&iter, pending);
  while (error == NULL && g_hash_table_iter_next (&iter, &path, &text))
    if (text == NULL)
      remove_file (path, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
cs_store_commit_async (CsStore *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  gpointer text;

  if (g_hash_table_lookup_extended (self->pending, self->ledger, NULL, &text))
    {
      g_free (self->ledger_text);
      self->ledger_text = g_strdup (text);
      self->ledger_known = FALSE;
    }
  g_task_set_source_tag (task, cs_store_commit_async);
  g_task_set_task_data (task, g_steal_pointer (&self->pending),
                        (GDestroyNotify)g_hash_table_unref);
  self->pending = new_pending ();
  g_task_run_in_thread (task, commit_thread);
}

/* What could not be written stays pending, unless something newer is. The ledger is
 * composed from scratch each time. */
static void
keep_pending (CsStore *self, GHashTable *files)
{
  GHashTableIter iter;
  gpointer path, text;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, &text))
    if (!g_str_equal (path, self->ledger) && !g_hash_table_contains (self->pending, path))
      g_hash_table_insert (self->pending, g_strdup (path), g_strdup (text));
}

gboolean
cs_store_commit_finish (CsStore *self, GAsyncResult *result, GError **error)
{
  GHashTable *files;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  files = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    {
      keep_pending (self, files);
      return FALSE;
    }
  if (g_hash_table_contains (files, self->ledger))
    self->ledger_known = TRUE;
  return TRUE;
}
