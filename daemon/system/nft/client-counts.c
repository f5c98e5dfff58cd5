/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter that is less than when it was last read has begun again: the table was made
 * anew. */
#include "client-counts.h"

#include "nft-commit.h"
#include "nft-set.h"

#include "core/render/ruleset-clients.h"
#include "core/render/ruleset-frame.h"

#include <gio/gio.h>
#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <stdio.h>

#define TABLE "connshare"
/* Of a frame; the packet filter does not count it. */
#define ETHERNET_HEADER 14

typedef struct
{
  guint64 sent;
  guint64 received;
} Pair;

typedef struct
{
  Pair kernel;     /* as last read */
  Pair used;       /* since it was last taken */
  gboolean wanted; /* in the sets */
  gboolean there;  /* it was, when they were last read */
} Count;

static GMutex lock;
static GHashTable
    *counts; /* (owned) address as a number -> Count (owned), under the lock */

/* --- Under the lock ---------------------------------------------------------------- */

static GHashTable *
get_counts (void)
{
  if (counts == NULL)
    counts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return counts;
}

static Count *
get_count (guint32 address)
{
  Count *count = g_hash_table_lookup (get_counts (), GUINT_TO_POINTER (address));

  if (count == NULL)
    {
      count = g_new0 (Count, 1);
      g_hash_table_insert (get_counts (), GUINT_TO_POINTER (address), count);
    }
  return count;
}

static guint64
difference (guint64 now, guint64 before)
{
  return now >= before ? now - before : now;
}

/* Of the kernel's own element. */
static guint64
frame_bytes (struct nftnl_set_elem *element)
{
  struct nftnl_expr *counter = (struct nftnl_expr *)nftnl_set_elem_get (
      element, NFTNL_SET_ELEM_EXPR, &(guint32){ 0 });

  if (counter == NULL)
    return 0;
  return nftnl_expr_get_u64 (counter, NFTNL_EXPR_CTR_BYTES)
         + ETHERNET_HEADER * nftnl_expr_get_u64 (counter, NFTNL_EXPR_CTR_PACKETS);
}

static Count *
count_of (struct nftnl_set_elem *element)
{
  guint32 length = 0;
  const void *key = nftnl_set_elem_get (element, NFTNL_SET_ELEM_KEY, &length);
  Count *count;

  if (key == NULL || length < sizeof (guint32))
    return NULL;
  count = get_count (cs_address_to_number (cs_address_new (AF_INET, key)));
  count->there = TRUE;
  return count;
}

static int
on_sent (struct nftnl_set_elem *element, void *user_data)
{
  Count *count = count_of (element);
  guint64 bytes = frame_bytes (element);

  if (count == NULL)
    return 0;
  count->used.sent += difference (bytes, count->kernel.sent);
  count->kernel.sent = bytes;
  return 0;
}

static int
on_received (struct nftnl_set_elem *element, void *user_data)
{
  Count *count = count_of (element);
  guint64 bytes = frame_bytes (element);

  if (count == NULL)
    return 0;
  count->used.received += difference (bytes, count->kernel.received);
  count->kernel.received = bytes;
  return 0;
}

/* Whether there are such sets. */
static gboolean
read_all (void)
{
  GHashTableIter iter;
  gpointer count;
  int refusal;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->there = FALSE;
  refusal = cs_nft_set_visit (NFPROTO_INET, TABLE, CS_CLIENTS_SENT, on_sent, NULL);
  if (refusal == 0)
    refusal
        = cs_nft_set_visit (NFPROTO_INET, TABLE, CS_CLIENTS_RECEIVED, on_received, NULL);
  return refusal == 0;
}

/* Those that are wanted and not there, or the other way round. */
static GPtrArray *
list_changes (gboolean wanted)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Count *count = value;

      if (count->wanted == wanted && count->there != wanted)
        g_ptr_array_add (addresses, cs_address_to_string (
                                        cs_address_from_number (GPOINTER_TO_UINT (key))));
    }
  return addresses;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  const Count *count = value;

  return !count->wanted && !count->there && count->used.sent + count->used.received == 0;
}

/* --- For others -------------------------------------------------------------------- */

/* What makes the sets as they are wanted: "" if they are, or are not there. */
static char *
render_changes (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GPtrArray) new = NULL;
  g_autoptr (GPtrArray) old = NULL;

  if (!read_all ())
    return g_strdup ("");
  new = list_changes (TRUE);
  old = list_changes (FALSE);
  return cs_ruleset_render_clients (new, old);
}

/* A commit may take long, and others wait for the lock. */
static void
change_sets (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) commit = cs_nft_lock ();
  g_autofree char *text = render_changes ();

  if (text[0] != '\0')
    cs_nft_commit (text, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

void
cs_client_counts_follow (const GArray *addresses)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTableIter iter;
  gpointer count;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->wanted = FALSE;
  for (guint i = 0; i < addresses->len; i++)
    get_count (cs_address_to_number (g_array_index (addresses, CsAddress, i)))->wanted
        = TRUE;
  g_hash_table_foreach_remove (get_counts (), is_over, NULL);
  g_task_set_source_tag (task, cs_client_counts_follow);
  g_task_run_in_thread (task, change_sets);
}

void
cs_client_counts_read (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  read_all ();
}

CsUsage
cs_client_counts_take (CsAddress address)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Count *count = g_hash_table_lookup (get_counts (),
                                      GUINT_TO_POINTER (cs_address_to_number (address)));
  CsUsage usage = { 0 };

  if (count == NULL)
    return usage;
  usage = (CsUsage){ count->used.sent, count->used.received };
  count->used = (Pair){ 0 };
  return usage;
}

char *
cs_client_counts_render (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) all = NULL;
  GHashTableIter iter;
  gpointer count;

  read_all ();
  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->there = FALSE;
  all = list_changes (TRUE);
  return cs_ruleset_render_clients (all, none);
}

void
cs_client_counts_note_rebuild (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTableIter iter;
  gpointer count;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->kernel = (Pair){ 0 };
}

/* --- Another process ---------------------------------------------------------------- */

char *
cs_client_counts_to_text (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GString *out = g_string_new (NULL);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Count *count = value;

      g_string_append_printf (out, "%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                              GPOINTER_TO_UINT (key), count->kernel.sent,
                              count->kernel.received);
    }
  return g_string_free (out, FALSE);
}

void
cs_client_counts_from_text (const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      guint32 address;
      Pair kernel;

      if (sscanf (*line, "%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &address,
                  &kernel.sent, &kernel.received)
          == 3)
        get_count (address)->kernel = kernel;
    }
}
