/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file has a line for each share. It may be a minute old if the power fails; if only
 * the service dies, the kernel has gone on counting. */
#include "usages.h"

#include "nft-table.h"

#include "base/files.h"

#include <errno.h>
#include <string.h>

/* Between two times that the file is written because of passes. Seconds. */
#define PASS_PAUSE 2
/* Until a file that should not be there is removed again, if that failed. Seconds. */
#define REMOVE_AGAIN 2

static GMutex writing; /* one at a time; taken before the other */
static GMutex lock;    /* of what follows */
static char *path;     /* (owned) (nullable) not yet begun */
static GPtrArray *all; /* (owned) of CsDataUsage (owned); NULL without .path */
static gboolean dirty; /* the file has other numbers */
static gint64 saved;   /* monotonic time */

static guint
this_month (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return cs_month_number (g_date_time_get_year (now), g_date_time_get_month (now));
}

/* --- Under the lock ---------------------------------------------------------------- */

static void
read_one (CsDataUsage *usage, guint month)
{
  CsCounters counters = { 0 };
  int failure = cs_nft_find_counters (usage->lan, &counters);

  if (failure != 0 && failure != ENOENT)
    return;
  if (cs_data_usage_count (usage, counters.bytes_sent + counters.bytes_received, month))
    dirty = TRUE;
}

static void
read_all (void)
{
  guint month = this_month ();

  for (guint i = 0; all != NULL && i < all->len; i++)
    read_one (g_ptr_array_index (all, i), month);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func (cs_data_usage_free);
}

static void
load (void)
{
  g_autofree char *text = cs_file_read (path, NULL);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      CsDataUsage *usage = cs_data_usage_from_text (*line);

      if (usage != NULL)
        g_ptr_array_add (all, usage);
      else if (**line != '\0')
        g_warning ("skipping a line of %s, which is not one of ours", path);
    }
}

/* --- The file ---------------------------------------------------------------------- */

/* What it should be; NULL: there should be none. */
static char *
compose (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GString *text;

  dirty = FALSE;
  if (all->len == 0)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *line = cs_data_usage_to_text (g_ptr_array_index (all, i));

      g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (text, FALSE);
}

static void save_soon (void);

static gboolean
on_save_again (gpointer user_data)
{
  save_soon ();
  return G_SOURCE_REMOVE;
}

static void
save_now (void)
{
  g_autoptr (GMutexLocker) turn = g_mutex_locker_new (&writing);
  g_autofree char *text = compose ();
  g_autoptr (GError) error = NULL;

  if (text != NULL ? !cs_file_write (path, text, &error) : !cs_file_remove (path, &error))
    g_warning ("what shares have used is not on disk: %s", error->message);
  if (error != NULL && text == NULL) /* nothing else would lead to it */
    g_timeout_add_seconds (REMOVE_AGAIN, on_save_again, NULL);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  save_now ();
  g_task_return_boolean (task, TRUE);
}

static void
save_soon (void)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_source_tag (task, save_soon);
  g_task_run_in_thread (task, save_thread);
}

/* Whether it has to be written, and was not within the last @pause seconds: then somebody
 * does that now. Under the lock. */
static gboolean
is_due (gint64 pause)
{
  gint64 now = g_get_monotonic_time ();

  if (path == NULL || !dirty || (saved != 0 && now - saved < pause * G_USEC_PER_SEC))
    return FALSE;
  saved = now;
  return TRUE;
}

/* --- For others -------------------------------------------------------------------- */

void
cs_usages_begin (const char *state_dir)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  path = g_build_filename (state_dir, "usage", NULL);
  all = new_list ();
  load ();
}

/* Whether there is one more, or one less. Under the lock. */
static gboolean
follow (const CsPlan *plan)
{
  GPtrArray *before = all;
  gboolean changed = before->len != plan->shares->len;

  all = new_list ();
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (plan->shares, i);
      const CsDataUsage *usage = cs_data_usages_find (before, share->lan);

      changed |= usage == NULL;
      g_ptr_array_add (all, usage != NULL ? cs_data_usage_copy (usage)
                                          : cs_data_usage_new (share->lan));
    }
  g_ptr_array_unref (before);
  return changed;
}

void
cs_usages_follow (const CsPlan *plan)
{
  gboolean changed = FALSE;

  g_mutex_lock (&lock);
  if (path != NULL)
    changed = follow (plan);
  g_mutex_unlock (&lock);
  if (changed && plan->shares->len > 0)
    save_soon ();
  else if (changed)
    save_now (); /* who ends the last share finds nothing left */
}

void
cs_usages_read (gint64 pause)
{
  gboolean due;

  g_mutex_lock (&lock);
  read_all ();
  due = is_due (pause);
  g_mutex_unlock (&lock);
  if (due)
    save_soon ();
}

/* Under the lock. */
static GPtrArray *
copy_all (void)
{
  GPtrArray *copy = new_list ();

  for (guint i = 0; all != NULL && i < all->len; i++)
    g_ptr_array_add (copy, cs_data_usage_copy (g_ptr_array_index (all, i)));
  return copy;
}

GPtrArray *
cs_usages_get (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  read_all ();
  return copy_all ();
}

void
cs_usages_fill (CsSnapshot *snapshot)
{
  cs_usages_read (PASS_PAUSE);
  g_ptr_array_unref (snapshot->usages);
  g_mutex_lock (&lock);
  snapshot->usages = copy_all ();
  g_mutex_unlock (&lock);
  snapshot->month = this_month ();
}

void
cs_usages_save (void)
{
  gboolean begun;

  g_mutex_lock (&lock);
  read_all ();
  begun = path != NULL;
  g_mutex_unlock (&lock);
  if (begun)
    save_now ();
}

void
cs_usages_clear (void)
{
  g_autoptr (CsPlan) none = cs_plan_new_empty ();

  cs_usages_follow (none);
}
