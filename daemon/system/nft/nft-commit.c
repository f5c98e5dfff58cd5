/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel numbers the generations of the rules. Ours is the one right after the
 * generation read before the commit, if no other program commits in between. (The pid
 * that the kernel reports with a generation is a thread's, as the first pid namespace
 * sees it, which in a container is not ours.) */
#include "nft-commit.h"

#include "nft-table.h"
#include "nft-worker.h"

#include "dbus/errors.h"

#include <string.h>

/* How many of our own generations to remember: more than the commits that can be in
 * flight at once. */
#define OWN_MAX 64

static GMutex commit_lock;
static GMutex own_lock;
static guint32 own[OWN_MAX]; /* a ring */
static guint own_next;
static guint32 last_rebuild;

GMutexLocker *
cs_nft_lock (void)
{
  return g_mutex_locker_new (&commit_lock);
}

gboolean
cs_nft_is_committing (void)
{
  if (!g_mutex_trylock (&commit_lock))
    return TRUE;
  g_mutex_unlock (&commit_lock);
  return FALSE;
}

gboolean
cs_nft_is_own (guint32 generation)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&own_lock);

  for (guint i = 0; i < OWN_MAX; i++)
    if (own[i] == generation)
      return generation != 0;
  return FALSE;
}

gboolean
cs_nft_are_own (guint32 after, guint32 last)
{
  if (last - after > OWN_MAX)
    return FALSE;
  for (guint32 generation = after; generation != last;)
    if (!cs_nft_is_own (++generation))
      return FALSE;
  return TRUE;
}

static void
note_own (guint32 generation)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&own_lock);

  own[own_next++ % OWN_MAX] = generation;
}

void
cs_nft_note_rebuild (guint32 generation)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&own_lock);

  last_rebuild = generation;
}

guint32
cs_nft_last_rebuild (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&own_lock);

  return last_rebuild;
}

/* Extracts the message from "internal:0:0-0: Error: Could not process rule: Operation not
 * supported", which is followed by lines that show the place. */
static char *
words_of_nft (const char *output)
{
  const char *mark = strstr (output, "Error: ");
  const char *words = mark != NULL ? mark + strlen ("Error: ") : output;

  if (words[0] == '\0')
    return g_strdup ("it gave no reason");
  return g_strndup (words, strcspn (words, "\n"));
}

gboolean
cs_nft_commit (const char *commands, guint32 *generation, GError **error)
{
  guint32 before = cs_nft_read_generation ();
  g_autofree char *printed = NULL;
  g_autofree char *words = NULL;
  guint32 after;

  if (cs_nft_worker_run (commands, &printed, error))
    {
      after = cs_nft_read_generation ();
      if (after - before == 1)
        note_own (after);
      if (generation != NULL)
        *generation = before + 1;
      return TRUE;
    }
  if (printed == NULL)
    return FALSE;
  words = words_of_nft (printed);
  g_set_error_literal (error, CS_ERROR, CS_ERROR_FAILED, words);
  return FALSE;
}
