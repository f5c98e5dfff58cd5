/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel numbers the generations of the rules; one of ours is known by its number:
 * the one after what was there before, if no other program came in between. (The pid that
 * the kernel tells with a generation is that of a thread, and in the eyes of the first
 * pid namespace, which in a container is not ours.)
 *
 * libnftables keeps state that all contexts share, and to close a context costs as much
 * as a commit; so there is one, for good. */
#include "nft-commit.h"

#include "nft-table.h"

#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <nftables/libnftables.h>
#include <string.h>
#include <unistd.h>

/* Own generations that are remembered: more than commits can be on their way at a time.
 */
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

/* "internal:0:0-0: Error: Could not process rule: Operation not supported" and more lines
 * that show the place: the words between. */
static char *
words_of (const char *output)
{
  const char *mark = strstr (output, "Error: ");
  const char *words = mark != NULL ? mark + strlen ("Error: ") : output;

  if (words[0] == '\0')
    return g_strdup ("it gave no reason");
  return g_strndup (words, strcspn (words, "\n"));
}

/* libnftables ends the process when it can open no socket. */
static gboolean
has_descriptor (GError **error)
{
  int fd = g_open ("/dev/null", O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_FAILED, cs_errno_words (errno));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

static struct nft_ctx *
get_context (GError **error)
{
  static struct nft_ctx *context;

  if (context != NULL)
    return context;
  if (!has_descriptor (error))
    return NULL;
  context = nft_ctx_new (NFT_CTX_DEFAULT);
  if (context == NULL || nft_ctx_buffer_output (context) != 0
      || nft_ctx_buffer_error (context) != 0)
    g_error ("out of memory");
  return context;
}

gboolean
cs_nft_commit (const char *commands, guint32 *generation, GError **error)
{
  struct nft_ctx *context = get_context (error);
  guint32 before = cs_nft_read_generation ();
  g_autofree char *words = NULL;
  guint32 after;

  if (context == NULL)
    return FALSE;
  if (nft_run_cmd_from_buffer (context, commands) == 0)
    {
      after = cs_nft_read_generation ();
      if (after - before == 1)
        note_own (after);
      if (generation != NULL)
        *generation = before + 1;
      return TRUE;
    }
  words = words_of (nft_ctx_get_error_buffer (context));
  g_set_error_literal (error, CS_ERROR, CS_ERROR_FAILED, words);
  return FALSE;
}
