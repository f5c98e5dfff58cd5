/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a set of intervals, each interval begins with an element and ends before one that is
 * marked as an end; the last interval may have no end. Elements come in any order. */
#include "nft-set.h"

#include "nft-netlink.h"

#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* Block lists of a million addresses say nothing about a share. */
#define ELEMENTS_MAX 1000

static CsNftSet *
new_pattern (const char *table, const char *name)
{
  CsNftSet *set = cs_nft_made (nftnl_set_alloc ());

  nftnl_set_set_str (set, NFTNL_SET_TABLE, table);
  nftnl_set_set_str (set, NFTNL_SET_NAME, name);
  return set;
}

/* One visit. */
typedef struct
{
  int (*visit) (struct nftnl_set_elem *element, void *user_data);
  void *user_data;
} Visit;

static int
on_elements (const struct nlmsghdr *message, void *user_data)
{
  const Visit *visit = user_data;
  g_autoptr (CsNftSet) set = cs_nft_made (nftnl_set_alloc ());

  if (nftnl_set_elems_nlmsg_parse (message, set) < 0)
    return MNL_CB_ERROR;
  nftnl_set_elem_foreach (set, visit->visit, visit->user_data);
  return MNL_CB_OK;
}

int
cs_nft_set_visit (guint16 family,
                  const char *table,
                  const char *name,
                  int (*visit) (struct nftnl_set_elem *element, void *user_data),
                  void *user_data)
{
  g_autoptr (CsNftSet) pattern = new_pattern (table, name);
  Visit one = { visit, user_data };
  CsNetlinkRequest question;
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETSETELEM, family, TRUE);

  nftnl_set_elems_nlmsg_build_payload (message, pattern);
  return cs_nft_ask (&question, on_elements, &one);
}

gboolean
cs_nft_set_is_end (struct nftnl_set_elem *element)
{
  /* libnftnl dereferences NULL if the attribute is not set. */
  return nftnl_set_elem_is_set (element, NFTNL_SET_ELEM_FLAGS)
         && (nftnl_set_elem_get_u32 (element, NFTNL_SET_ELEM_FLAGS)
             & NFT_SET_ELEM_INTERVAL_END)
                != 0;
}

typedef struct
{
  CsNftElement element;
  gboolean is_end;
} Bound;

/* One reading. */
typedef struct
{
  GArray *bounds; /* (owned) of Bound */
  gsize length;
} Reading;

static void
clear_element (gpointer element)
{
  g_free (((CsNftElement *)element)->chain);
}

static int
on_set (const struct nlmsghdr *message, void *user_data)
{
  return nftnl_set_nlmsg_parse (message, user_data) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int
on_element (struct nftnl_set_elem *item, void *user_data)
{
  Reading *reading = user_data;
  Bound bound = { 0 };
  guint32 length = 0;
  const void *key = nftnl_set_elem_get (item, NFTNL_SET_ELEM_KEY, &length);

  if (key == NULL || reading->bounds->len > 2 * ELEMENTS_MAX)
    return 0;
  length = MIN (length, CS_MATCH_SIZE);
  memcpy (bound.element.low, key, length);
  memcpy (bound.element.high, key, length);
  reading->length = length;
  bound.is_end = cs_nft_set_is_end (item);
  if (nftnl_set_elem_is_set (item, NFTNL_SET_ELEM_VERDICT))
    bound.element.verdict = (int)nftnl_set_elem_get_u32 (item, NFTNL_SET_ELEM_VERDICT);
  if (nftnl_set_elem_is_set (item, NFTNL_SET_ELEM_CHAIN))
    bound.element.chain = g_strdup (nftnl_set_elem_get_str (item, NFTNL_SET_ELEM_CHAIN));
  g_array_append_val (reading->bounds, bound);
  return 0;
}

static int
compare_bounds (gconstpointer a, gconstpointer b)
{
  const Bound *first = a, *second = b;
  int order = memcmp (first->element.low, second->element.low, CS_MATCH_SIZE);

  return order != 0 ? order : (int)second->is_end - (int)first->is_end;
}

/* The value just before @bound, in its first @length bytes. */
static void
step_back (const guint8 *bound, gsize length, guint8 *value)
{
  memcpy (value, bound, CS_MATCH_SIZE);
  while (length-- > 0)
    if (value[length]-- != 0)
      return;
}

static GArray *
make_elements (const Reading *reading, gboolean intervals)
{
  GArray *elements = g_array_new (FALSE, FALSE, sizeof (CsNftElement));

  g_array_set_clear_func (elements, clear_element);
  g_array_sort (reading->bounds, compare_bounds);
  for (guint i = 0; i < reading->bounds->len; i++)
    {
      Bound *bound = &g_array_index (reading->bounds, Bound, i);

      if (bound->is_end)
        continue;
      if (intervals && i + 1 < reading->bounds->len)
        step_back (g_array_index (reading->bounds, Bound, i + 1).element.low,
                   reading->length, bound->element.high);
      else if (intervals)
        memset (bound->element.high, 0xff, reading->length);
      g_array_append_val (elements, bound->element);
      bound->element.chain = NULL;
    }
  return elements;
}

static void
clear_bound (gpointer bound)
{
  clear_element (&((Bound *)bound)->element);
}

GArray *
cs_nft_set_read (guint16 family, const char *table, const char *name, gsize *length)
{
  g_autoptr (CsNftSet) set = new_pattern (table, name);
  g_autoptr (GArray) bounds = g_array_new (FALSE, FALSE, sizeof (Bound));
  Reading reading = { .bounds = bounds };
  CsNetlinkRequest question;
  struct nlmsghdr *message;

  g_array_set_clear_func (bounds, clear_bound);
  message = cs_nft_question_begin (&question, NFT_MSG_GETSET, family, FALSE);
  nftnl_set_nlmsg_build_payload (message, set);
  if (cs_nft_ask (&question, on_set, set) != 0)
    return NULL;
  *length = nftnl_set_get_u32 (set, NFTNL_SET_KEY_LEN);
  if (*length == 0 || *length > CS_MATCH_SIZE
      || (nftnl_set_get_u32 (set, NFTNL_SET_FLAGS) & NFT_SET_CONCAT) != 0)
    return NULL;
  if (cs_nft_set_visit (family, table, name, on_element, &reading) != 0
      || bounds->len > 2 * ELEMENTS_MAX)
    return NULL;
  return make_elements (
      &reading, (nftnl_set_get_u32 (set, NFTNL_SET_FLAGS) & NFT_SET_INTERVAL) != 0);
}
