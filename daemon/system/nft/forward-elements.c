/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commits are made in a worker thread, from what is wanted by the time that each gets the
 * lock: so several changes may share one, and none overtakes another. A change touches
 * its own elements alone; all of them are only looked at when the kernel may have others,
 * as after a crash, or when somebody has flushed the table. */
#include "forward-elements.h"

#include "nft-commit.h"
#include "nft-set.h"

#include "core/render/ruleset-frame.h"
#include "core/render/ruleset.h"
#include "dbus/errors.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>

/* Wanted by somebody. */
typedef struct Claim Claim;
struct Claim
{
  Claim *next;  /* (owned) (nullable) */
  char value[]; /* "" in a set */
};

typedef struct
{
  CsForwardKind kind;
  char *key;     /* (owned) */
  Claim *claims; /* (owned) (nullable) the first holds */
  char *there;   /* (owned) (nullable) the value that the kernel has; NULL: none */
} Element;

static GMutex lock;
/* Under the lock: */
static GHashTable *all[CS_FORWARD_KINDS]; /* (owned) key -> Element (owned) */
static GHashTable *touched;               /* (owned) a set of Element */
static gboolean unsure = TRUE;            /* what the kernel has */

/* --- Under the lock ---------------------------------------------------------------- */

static void
element_free (gpointer data)
{
  Element *element = data;

  g_free (element->key);
  g_free (element->there);
  g_free (element);
}

static void
prepare (void)
{
  if (touched != NULL)
    return;
  touched = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < CS_FORWARD_KINDS; i++)
    all[i] = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, element_free);
}

static Element *
get_element (CsForwardKind kind, const char *key)
{
  Element *element = g_hash_table_lookup (all[kind], key);

  if (element != NULL)
    return element;
  element = g_new0 (Element, 1);
  element->kind = kind;
  element->key = g_strdup (key);
  g_hash_table_insert (all[kind], element->key, element);
  return element;
}

static const char *
wanted_value (const Element *element)
{
  return element->claims != NULL ? element->claims->value : NULL;
}

/* What there is nothing to do about needs no place in memory. */
static void
drop_if_idle (Element *element)
{
  if (element->claims == NULL && element->there == NULL)
    {
      g_hash_table_remove (touched, element);
      g_hash_table_remove (all[element->kind], element->key);
    }
}

static void
touch (Element *element)
{
  if (g_strcmp0 (wanted_value (element), element->there) != 0)
    g_hash_table_add (touched, element);
  else
    g_hash_table_remove (touched, element);
  drop_if_idle (element);
}

/* Of a set, the kernel's elements have no value. */
static const char *
shown_value (const char *value)
{
  return value[0] != '\0' ? value : NULL;
}

/* What there is to delete, and to add. */
typedef struct
{
  GString *old[CS_FORWARD_KINDS];
  GString *new[CS_FORWARD_KINDS];
} Change;

/* From what the kernel has to what is wanted, which it has then. */
static void
add_change (Change *change, Element *element)
{
  const char *wanted = wanted_value (element);

  if (element->there != NULL)
    cs_ruleset_add_forward_element (change->old[element->kind], element->key,
                                    shown_value (element->there));
  if (wanted != NULL)
    cs_ruleset_add_forward_element (change->new[element->kind], element->key,
                                    shown_value (wanted));
  g_free (element->there);
  element->there = g_strdup (wanted);
}

static void
add_touched (GString *text)
{
  g_autofree gpointer *elements = g_hash_table_get_keys_as_array (touched, NULL);
  Change change;

  for (CsForwardKind kind = 0; kind < CS_FORWARD_KINDS; kind++)
    {
      change.old[kind] = g_string_new (NULL);
      change.new[kind] = g_string_new (NULL);
    }
  for (gsize i = 0; elements[i] != NULL; i++)
    {
      add_change (&change, elements[i]);
      touch (elements[i]);
    }
  for (CsForwardKind kind = 0; kind < CS_FORWARD_KINDS; kind++)
    {
      cs_ruleset_add_forward_elements (text, "delete", kind, change.old[kind]);
      cs_ruleset_add_forward_elements (text, "add", kind, change.new[kind]);
      g_string_free (change.old[kind], TRUE);
      g_string_free (change.new[kind], TRUE);
    }
}

static void
set_nothing_there (void)
{
  for (gsize kind = 0; kind < CS_FORWARD_KINDS; kind++)
    {
      g_autofree gpointer *keys = g_hash_table_get_keys_as_array (all[kind], NULL);

      for (gsize i = 0; keys[i] != NULL; i++)
        {
          Element *element = g_hash_table_lookup (all[kind], keys[i]);

          g_clear_pointer (&element->there, g_free);
          touch (element);
        }
    }
}

static int
on_element (struct nftnl_set_elem *found, void *user_data)
{
  CsForwardKind kind = *(const CsForwardKind *)user_data;
  guint32 key_length = 0, value_length = 0;
  const void *key = nftnl_set_elem_get (found, NFTNL_SET_ELEM_KEY, &key_length);
  const void *value = nftnl_set_elem_get (found, NFTNL_SET_ELEM_DATA, &value_length);
  g_autofree char *text
      = key != NULL ? cs_forward_key_from_kernel (kind, key, key_length) : NULL;
  Element *element = text != NULL ? get_element (kind, text) : NULL;

  if (element == NULL)
    return 0;
  g_free (element->there);
  element->there = kind == CS_FORWARD_MAP && value != NULL
                       ? cs_forward_value_from_kernel (value, value_length)
                       : g_strdup ("");
  touch (element);
  return 0;
}

/* Returns 0 or an errno: ENOENT if there is no table. */
static int
look (void)
{
  int failure = 0;

  set_nothing_there ();
  for (CsForwardKind kind = 0; failure == 0 && kind < CS_FORWARD_KINDS; kind++)
    failure = cs_nft_set_visit (NFPROTO_INET, CS_NFT_TABLE, cs_forward_set_name (kind),
                                on_element, &kind);
  return failure;
}

static gboolean
is_empty (void)
{
  for (gsize kind = 0; kind < CS_FORWARD_KINDS; kind++)
    if (g_hash_table_size (all[kind]) > 0)
      return FALSE;
  return TRUE;
}

/* The commands that bring the kernel from what it has to what is wanted. */
static char *
compose (gboolean looks)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GString *text = g_string_new (NULL);

  prepare ();
  if (unsure || (looks && !is_empty ()))
    unsure = look () != 0;
  if (!unsure)
    add_touched (text);
  return g_string_free (text, FALSE);
}

static void
set_unsure (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  unsure = TRUE;
}

static gboolean
commit_once (gboolean looks, GError **error)
{
  g_autofree char *text = compose (looks);

  if (text[0] == '\0' || cs_nft_commit (text, NULL, error))
    return TRUE;
  set_unsure ();
  return FALSE;
}

/* --- For others -------------------------------------------------------------------- */

void
cs_forward_elements_want (CsForwardKind kind,
                          const char *key,
                          const char *value,
                          gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  const char *text = value != NULL ? value : "";
  Claim *claim = g_malloc (sizeof *claim + strlen (text) + 1);
  Element *element;
  Claim **end;

  prepare ();
  claim->next = NULL;
  strcpy (claim->value, text);
  element = get_element (kind, key);
  for (end = &element->claims; *end != NULL;)
    end = &(*end)->next;
  *end = claim;
  touch (element);
}

void
cs_forward_elements_unwant (CsForwardKind kind,
                            const char *key,
                            const char *value,
                            gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  const char *text = value != NULL ? value : "";
  Element *element = touched != NULL ? g_hash_table_lookup (all[kind], key) : NULL;

  for (Claim **place = element != NULL ? &element->claims : NULL;
       place != NULL && *place != NULL; place = &(*place)->next)
    if (g_str_equal ((*place)->value, text))
      {
        Claim *claim = *place;

        *place = claim->next;
        g_free (claim);
        break;
      }
  if (element != NULL)
    touch (element);
}

gboolean
cs_forward_elements_hold (const char *key, const char *value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  const Element *element
      = touched != NULL ? g_hash_table_lookup (all[CS_FORWARD_MAP], key) : NULL;

  return element != NULL && g_strcmp0 (wanted_value (element), value) == 0;
}

/* Somebody else may have changed the elements, or removed the table, at any time. */
gboolean
cs_forward_elements_commit (gboolean looks, GError **error)
{
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();
  g_autoptr (GError) refusal = NULL;

  if (commit_once (looks, NULL) || commit_once (TRUE, &refusal))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "cannot change the port mappings of the packet filter: %s",
               refusal->message);
  return FALSE;
}

static void
commit (GTask *task, gpointer source, gpointer looks, GCancellable *cancellable)
{
  GError *error = NULL;

  if (cs_forward_elements_commit (GPOINTER_TO_INT (looks), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
cs_forward_elements_commit_async (gboolean looks,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_forward_elements_commit_async);
  g_task_set_task_data (task, GINT_TO_POINTER (looks), NULL);
  g_task_run_in_thread (task, commit);
}

gboolean
cs_forward_elements_commit_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

char *
cs_forward_elements_render (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GString *text = g_string_new (NULL);

  prepare ();
  set_nothing_there ();
  add_touched (text);
  unsure = TRUE; /* until the next look */
  return g_string_free (text, FALSE);
}
