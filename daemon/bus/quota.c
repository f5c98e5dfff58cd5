/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of the callers that have calls waiting. */
#include "quota.h"

struct _CsQuota
{
  GHashTable *waiting; /* (owned) caller (owned) -> how many calls of theirs wait */
  guint total;
  guint room;
  guint room_to_refuse;
  guint limit;
};

CsQuota *
cs_quota_new (guint room, guint room_to_refuse, guint limit)
{
  CsQuota *self = g_new0 (CsQuota, 1);

  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->room = room;
  self->room_to_refuse = room_to_refuse;
  self->limit = limit;
  return self;
}

void
cs_quota_free (CsQuota *self)
{
  g_hash_table_unref (self->waiting);
  g_free (self);
}

static CsQuotaVerdict
judge (const CsQuota *self, guint waiting)
{
  if (waiting + self->total < self->room || (waiting == 0 && self->total < self->limit))
    return CS_QUOTA_GRANT;
  if (waiting + self->total < self->room_to_refuse)
    return CS_QUOTA_REFUSE;
  return CS_QUOTA_IGNORE;
}

static void
set_waiting (CsQuota *self, const char *caller, guint waiting)
{
  if (waiting == 0)
    g_hash_table_remove (self->waiting, caller);
  else
    g_hash_table_insert (self->waiting, g_strdup (caller), GUINT_TO_POINTER (waiting));
}

CsQuotaVerdict
cs_quota_enter (CsQuota *self, const char *caller)
{
  guint waiting = GPOINTER_TO_UINT (g_hash_table_lookup (self->waiting, caller));
  CsQuotaVerdict verdict = judge (self, waiting);

  if (verdict == CS_QUOTA_IGNORE)
    return verdict;
  set_waiting (self, caller, waiting + 1);
  self->total++;
  return verdict;
}

void
cs_quota_leave (CsQuota *self, const char *caller)
{
  guint waiting = GPOINTER_TO_UINT (g_hash_table_lookup (self->waiting, caller));

  if (waiting == 0)
    return;
  set_waiting (self, caller, waiting - 1);
  self->total--;
}
