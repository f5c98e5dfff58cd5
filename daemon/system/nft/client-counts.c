/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter that is less than when it was last read has begun again: the table was made
 * anew. */
#include "client-counts.h"

#include "nft-commit.h"
#include "nft-set.h"

#include "core/render/ruleset-clients.h"
#include "core/render/ruleset-frame.h"
#include "core/render/ruleset.h"

#include <gio/gio.h>
#include <libnftnl/expr.h>
#include <linux/netfilter.h>

/* Of a frame; the packet filter does not count it. */
#define ETHERNET_HEADER 14

enum
{
  SENT,
  RECEIVED,
  DIRECTIONS
};

enum
{
  IPV4,
  IPV6,
  FAMILIES
};

static const int families[FAMILIES] = { AF_INET, AF_INET6 };

/* Those of the short path come last. */
static const struct
{
  const char *names[FAMILIES];
  int direction;
} sets[] = {
  { { CS_CLIENTS_SENT, CS_CLIENTS_SENT6 }, SENT },
  { { CS_CLIENTS_RECEIVED, CS_CLIENTS_RECEIVED6 }, RECEIVED },
  { { CS_SHORT_SENT, CS_SHORT_SENT6 }, SENT },
  { { CS_SHORT_RECEIVED, CS_SHORT_RECEIVED6 }, RECEIVED },
};

#define FIRST_SHORT 2
#define PLAIN       ((1u << FIRST_SHORT) - 1)
#define SHORT       (PLAIN << FIRST_SHORT)

typedef struct
{
  CsAddress address;
  guint64 kernel[G_N_ELEMENTS (sets)]; /* as last read; 0: not in that set */
  guint64 used[DIRECTIONS];            /* since it was last taken */
  gboolean wanted;                     /* to be counted for */
  guint there; /* the sets that it was in when they were last read: bits */
} Count;

static GMutex lock;
/* Under the lock: */
static GHashTable *counts; /* (owned) CsAddress (owned by the value) -> Count (owned) */
static GPtrArray *paths;   /* (owned) of CsShortPath (owned): those of the table */

/* --- Under the lock ---------------------------------------------------------------- */

static GHashTable *
get_counts (void)
{
  if (counts == NULL)
    counts = g_hash_table_new_full (cs_address_hash, cs_address_key_equal, NULL, g_free);
  return counts;
}

static GPtrArray *
get_paths (void)
{
  if (paths == NULL)
    paths = g_ptr_array_new_with_free_func (cs_short_path_free);
  return paths;
}

static Count *
get_count (CsAddress address)
{
  Count *count = g_hash_table_lookup (get_counts (), &address);

  if (count == NULL)
    {
      count = g_new0 (Count, 1);
      count->address = address;
      g_hash_table_insert (get_counts (), &count->address, count);
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

/* A set that is read. */
typedef struct
{
  gsize set;
  int family;
} Reading;

/* In all of the sets the key begins with the address. */
static int
on_element (struct nftnl_set_elem *element, void *user_data)
{
  const Reading *reading = user_data;
  gsize set = reading->set;
  guint64 bytes = frame_bytes (element);
  guint32 length = 0;
  const void *key = nftnl_set_elem_get (element, NFTNL_SET_ELEM_KEY, &length);
  Count *count;

  if (key == NULL
      || length < cs_address_size ((CsAddress){ .family = (guint8)reading->family }))
    return 0;
  count = get_count (cs_address_new (reading->family, key));
  count->used[sets[set].direction] += difference (bytes, count->kernel[set]);
  count->kernel[set] = bytes;
  count->there |= 1u << set;
  return 0;
}

/* The elements of these @gone, bits, have begun again, or are there no more. */
static void
begin_again (Count *count, guint gone)
{
  count->there &= ~gone;
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    if ((gone & 1u << i) != 0)
      count->kernel[i] = 0;
}

static gboolean
read_family (int family)
{
  int failure = 0;

  for (gsize i = 0; failure == 0 && i < G_N_ELEMENTS (sets); i++)
    {
      Reading reading = { i, families[family] };

      failure = cs_nft_set_visit (NFPROTO_INET, CS_NFT_TABLE, sets[i].names[family],
                                  on_element, &reading);
    }
  return failure == 0;
}

/* Whether there are such sets. */
static gboolean
read_all (void)
{
  GHashTableIter iter;
  gpointer count;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->there = 0;
  return read_family (IPV4) && read_family (IPV6);
}

typedef enum
{
  NEW,    /* wanted, and not there */
  OLD,    /* there, and not wanted */
  PRESENT /* there */
} Which;

static gboolean
is_meant (const Count *count, guint in, Which which)
{
  gboolean there = (count->there & in) != 0;

  return which == NEW ? count->wanted && !there
                      : there && (which == PRESENT || !count->wanted);
}

/* As text: @which of the sets @in, bits; with @path (nullable) only those that fit. */
static GPtrArray *
list_addresses (int family, guint in, Which which, const CsShortPath *path)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Count *count = value;

      if (count->address.family == family && is_meant (count, in, which)
          && (path == NULL || cs_short_path_fits (path, count->address)))
        g_ptr_array_add (addresses, cs_address_to_string (count->address));
    }
  return addresses;
}

static void
add_plain (GString *text, int family)
{
  g_autoptr (GPtrArray) new = list_addresses (family, PLAIN, NEW, NULL);
  g_autoptr (GPtrArray) old = list_addresses (family, PLAIN, OLD, NULL);
  g_autofree char *commands = cs_ruleset_render_clients (family, new, old);

  g_string_append (text, commands);
}

static void
add_short (GString *text, const CsShortPath *path, const char *verb, Which which)
{
  for (gsize i = 0; i < FAMILIES; i++)
    {
      g_autoptr (GPtrArray) addresses = list_addresses (families[i], SHORT, which, path);
      g_autofree char *commands
          = cs_short_path_render (path, families[i], verb, addresses);

      g_string_append (text, commands);
    }
}

/* From what is there to what is wanted. */
static char *
compose (const GPtrArray *on_paths)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < FAMILIES; i++)
    add_plain (text, families[i]);
  for (guint i = 0; i < on_paths->len; i++)
    {
      add_short (text, on_paths->pdata[i], "delete", OLD);
      add_short (text, on_paths->pdata[i], "add", NEW);
    }
  return g_string_free (text, FALSE);
}

static gboolean
is_over (gpointer key, gpointer value, gpointer user_data)
{
  const Count *count = value;

  return !count->wanted && count->there == 0
         && count->used[SENT] + count->used[RECEIVED] == 0;
}

/* While names move from one device to another, two shares may be of the same. */
static void
add_path (GPtrArray *list, const CsSharePlan *share)
{
  g_autoptr (CsShortPath) path = cs_short_path_new (share);

  for (guint i = 0; path != NULL && i < list->len; i++)
    {
      const CsShortPath *other = list->pdata[i];

      if (other->lan_ifindex == path->lan_ifindex)
        return;
    }
  if (path != NULL)
    g_ptr_array_add (list, g_steal_pointer (&path));
}

static GPtrArray *
list_paths (const CsPlan *plan)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (cs_short_path_free);

  for (guint i = 0; i < plan->shares->len; i++)
    add_path (list, cs_share_plan_applied (plan->shares->pdata[i]));
  return list;
}

/* --- For others -------------------------------------------------------------------- */

/* What makes the sets as they are wanted: "" if they are, or are not there. */
static char *
render_changes (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  return read_all () ? compose (get_paths ()) : g_strdup ("");
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

/* Soon, in a worker thread. */
static void
begin_changes (void)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_source_tag (task, begin_changes);
  g_task_run_in_thread (task, change_sets);
}

void
cs_client_counts_follow (const GArray *addresses)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTableIter iter;
  gpointer count;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->wanted = FALSE;
  for (guint i = 0; i < addresses->len; i++)
    get_count (g_array_index (addresses, CsAddress, i))->wanted = TRUE;
  g_hash_table_foreach_remove (get_counts (), is_over, NULL);
  begin_changes ();
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
  Count *count = g_hash_table_lookup (get_counts (), &address);
  CsUsage usage = { 0 };

  if (count == NULL)
    return usage;
  usage = (CsUsage){ count->used[SENT], count->used[RECEIVED] };
  count->used[SENT] = count->used[RECEIVED] = 0;
  return usage;
}

/* --- With the table's own transactions ---------------------------------------------- */

char *
cs_client_counts_render (const CsPlan *plan)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GPtrArray) on_paths = list_paths (plan);
  GHashTableIter iter;
  gpointer count;

  read_all ();
  g_ptr_array_set_size (get_paths (), 0); /* until it is certain what the table has */
  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    ((Count *)count)->there = 0;
  return compose (on_paths);
}

void
cs_client_counts_note_rebuild (const CsPlan *plan)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTableIter iter;
  gpointer count;

  g_ptr_array_unref (get_paths ());
  paths = list_paths (plan);
  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &count))
    begin_again (count, PLAIN | SHORT);
}

char *
cs_client_counts_leave (const char *lan)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GPtrArray *list = get_paths ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      CsShortPath *path = list->pdata[i];

      if (!g_str_equal (path->lan, lan))
        continue;
      if (!read_all ())
        return NULL;
      add_short (text, path, "delete", PRESENT);
      g_ptr_array_remove_index (list, i);
      break;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
note_left (const CsSharePlan *share)
{
  g_autoptr (CsShortPath) path = cs_short_path_new (share);
  GHashTableIter iter;
  gpointer count;

  g_hash_table_iter_init (&iter, get_counts ());
  while (path != NULL && g_hash_table_iter_next (&iter, NULL, &count))
    if (cs_short_path_fits (path, ((Count *)count)->address))
      begin_again (count, SHORT);
}

void
cs_client_counts_note_change (const CsSharePlan *from, const CsSharePlan *to)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  note_left (from);
  if (to == NULL)
    return;
  add_path (get_paths (), to);
  begin_changes ();
}

/* --- Another process ---------------------------------------------------------------- */

/* As earlier services have them, which knew IPv4 alone: that as a number. */
static void
add_address (GString *out, CsAddress address)
{
  g_autofree char *text = cs_address_to_string (address);

  if (address.family == AF_INET)
    g_string_append_printf (out, "%u", cs_address_to_number (address));
  else
    g_string_append (out, text);
}

static CsAddress
read_address (const char *text)
{
  CsAddress address;

  if (cs_address_parse (text, &address))
    return address;
  return cs_address_from_number ((guint32)g_ascii_strtoull (text, NULL, 10));
}

char *
cs_client_counts_to_text (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GString *out = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, get_counts ());
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Count *count = value;

      add_address (out, count->address);
      for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
        g_string_append_printf (out, " %" G_GUINT64_FORMAT, count->kernel[i]);
      g_string_append_c (out, '\n');
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
      g_auto (GStrv) words = g_strsplit (*line, " ", -1);
      Count *count;

      if (g_strv_length (words) < 1 + FIRST_SHORT)
        continue;
      count = get_count (read_address (words[0]));
      for (gsize i = 0; i < G_N_ELEMENTS (sets) && words[1 + i] != NULL; i++)
        count->kernel[i] = g_ascii_strtoull (words[1 + i], NULL, 10);
    }
}
