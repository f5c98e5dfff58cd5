/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iptables-legacy-save lists the rules, then iptables-legacy-restore changes them, in one
 * transaction of its own and under the lock that the iptables programs share ("-w"). */
#include "iptables-legacy.h"

#include "xt-table.h"

#include "core/plan/opening.h"
#include "dbus/errors.h"

#include <string.h>

#define TABLES  "/proc/net/ip_tables_names"
#define TABLES6 "/proc/net/ip6_tables_names"
#define SAVE    "iptables-legacy-save"
#define RESTORE "iptables-legacy-restore"

/* Owned, or NULL. A service's PATH may lack these folders. */
static char *
find_program (const char *name)
{
  static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/local/sbin" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static gboolean
has_tool (void)
{
  g_autofree char *path = find_program (RESTORE);

  return path != NULL;
}

/* The tables of the older iptables that are in use: strv, owned. Without the module there
 * is no such file; if the file is unreadable, the one that matters may exist. */
static char **
list_tables (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    text = g_strdup (
        g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? "" : "filter\n");
  return g_strsplit (text, "\n", -1);
}

static gboolean
has_filter (void)
{
  g_auto (GStrv) tables = list_tables (TABLES);

  return g_strv_contains ((const char *const *)tables, "filter");
}

void
cs_iptables_legacy_fill (CsSnapshot *snapshot)
{
  g_auto (GStrv) tables = list_tables (TABLES);
  g_auto (GStrv) tables6 = list_tables (TABLES6);
  gboolean any = tables[0] != NULL && tables[0][0] != '\0';

  snapshot->legacy6 = g_strv_contains ((const char *const *)tables6, "filter");
  snapshot->legacy = g_strv_contains ((const char *const *)tables, "filter");
  snapshot->legacy_tool = any && has_tool ();
  cs_firewall_unref (snapshot->legacy_filter);
  snapshot->legacy_filter = any ? cs_xt_tables_read ((const char *const *)tables) : NULL;
}

static gboolean
concerns (const CsSharePlan *share)
{
  g_autoptr (GArray) accepts = cs_opening_list (share, CS_LEGACY_TABLE);

  return accepts->len > 0;
}

static gboolean
is_ours (const char *line)
{
  return g_str_has_prefix (line, "-A ")
         && strstr (line, "--comment " CS_OPENING_COMMENT " ") != NULL;
}

/* The input for iptables-legacy-restore that turns @listing, of iptables-legacy-save,
 * into the wanted rules; NULL if nothing differs. */
static char *
make_changes (const char *listing, const CsPlan *plan)
{
  g_autoptr (GHashTable) missing
      = cs_opening_list_all (plan, CS_LEGACY_TABLE, cs_opening_to_legacy);
  g_auto (GStrv) lines = g_strsplit (listing, "\n", -1);
  g_autoptr (GString) changes = g_string_new ("*filter\n");
  gsize empty = changes->len;
  GHashTableIter iter;
  gpointer rule;

  for (guint i = 0; lines[i] != NULL; i++)
    if (is_ours (lines[i]) && !g_hash_table_remove (missing, lines[i] + strlen ("-A ")))
      g_string_append_printf (changes, "-D %s\n", lines[i] + strlen ("-A "));
  g_hash_table_iter_init (&iter, missing);
  while (g_hash_table_iter_next (&iter, &rule, NULL))
    g_string_append_printf (changes, "-I %s\n", (const char *)rule);
  if (changes->len == empty)
    return NULL;
  g_string_append (changes, "COMMIT\n");
  return g_strdup (changes->str);
}

static gboolean
finish_process (GObject *source, GAsyncResult *result, char **output, GError **error)
{
  GSubprocess *process = G_SUBPROCESS (source);
  g_autofree char *complaint = NULL;

  if (!g_subprocess_communicate_utf8_finish (process, result, output, &complaint, error))
    return FALSE;
  if (g_subprocess_get_successful (process))
    return TRUE;
  g_strdelimit (g_strchomp (complaint), "\n", ' ');
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "cannot change the rules of iptables-legacy: %s", complaint);
  return FALSE;
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (finish_process (source, result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes @task. */
static void
run (GTask *task,
     const char *const *argv,
     const char *input,
     GAsyncReadyCallback callback)
{
  GError *error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      argv,
      (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0) | G_SUBPROCESS_FLAGS_STDOUT_PIPE
          | G_SUBPROCESS_FLAGS_STDERR_PIPE,
      &error);

  if (process != NULL)
    {
      g_subprocess_communicate_utf8_async (process, input, NULL, callback, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *program = find_program (RESTORE);
  const char *const restore[] = { program, "-w", "2", "--noflush", NULL };
  g_autoptr (GTask) task = user_data;
  g_autofree char *listing = NULL;
  g_autofree char *changes = NULL;
  GError *error = NULL;

  if (!finish_process (source, result, &listing, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  changes = make_changes (listing, g_task_get_task_data (task));
  if (changes == NULL || program == NULL)
    g_task_return_boolean (task, TRUE);
  else
    run (g_steal_pointer (&task), restore, changes, on_changed);
}

void
cs_iptables_legacy_apply_async (const CsPlan *plan,
                                const CsSharePlan *from,
                                const CsSharePlan *to,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autofree char *program = find_program (SAVE);
  const char *const save[] = { program, "-t", "filter", NULL };
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_iptables_legacy_apply_async);
  g_task_set_task_data (task, (gpointer)plan, NULL);
  if (!concerns (from) && !concerns (to))
    g_task_return_boolean (task, TRUE);
  else if (program != NULL && has_tool ())
    {
      run (task, save, NULL, on_listed);
      return;
    }
  else if (concerns (from) && has_filter ())
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                             "cannot change the rules of iptables-legacy: " RESTORE
                             " is missing; install it again");
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

gboolean
cs_iptables_legacy_apply_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
