/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linear search: there are as many requests as a desktop has interfaces. */
#include "request-list.h"

GPtrArray *
cs_request_list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)cs_request_free);
}

GPtrArray *
cs_request_list_copy (const GPtrArray *list)
{
  GPtrArray *copy = cs_request_list_new ();

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (copy, cs_request_copy (g_ptr_array_index (list, i)));
  return copy;
}

static gboolean
find_index (const GPtrArray *list, const char *lan, guint *index)
{
  for (*index = 0; *index < list->len; (*index)++)
    if (strcmp (((CsRequest *)g_ptr_array_index (list, *index))->lan, lan) == 0)
      return TRUE;
  return FALSE;
}

const CsRequest *
cs_request_list_find (const GPtrArray *list, const char *lan)
{
  guint index;

  return find_index (list, lan, &index) ? g_ptr_array_index (list, index) : NULL;
}

gint64
cs_request_list_youngest (const GPtrArray *list)
{
  const CsRequest *last;

  if (list->len == 0)
    return g_get_real_time ();
  last = g_ptr_array_index (list, list->len - 1);
  return MAX (g_get_real_time (), MIN (last->since, G_MAXINT64 - 1) + 1);
}

CsRequest *
cs_request_list_put (GPtrArray *list, const char *lan, const CsRequest *request)
{
  CsRequest *old = NULL;
  guint index;

  if (find_index (list, lan, &index))
    old = g_ptr_array_steal_index (list, index);
  if (request == NULL)
    return old;
  for (index = 0; index < list->len; index++)
    if (((CsRequest *)g_ptr_array_index (list, index))->since > request->since)
      break;
  g_ptr_array_insert (list, (int)index, cs_request_copy (request));
  return old;
}
