/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The latest result for each LAN and table, if it was a refusal. */
#include "opening-log.h"

struct _CsOpeningLog
{
  GObject parent;
  GPtrArray *refusals; /* (owned) of CsRefusal (owned) */
};

G_DEFINE_FINAL_TYPE (CsOpeningLog, cs_opening_log, G_TYPE_OBJECT)

static guint changed_signal;

void
cs_opening_log_note (CsOpeningLog *self,
                     const char *lan,
                     const char *table,
                     const char *words)
{
  const CsRefusal *old = cs_refusals_find (self->refusals, lan, table);

  if (g_strcmp0 (old != NULL ? old->words : NULL, words) == 0)
    return;
  if (old != NULL)
    g_ptr_array_remove (self->refusals, (gpointer)old);
  if (words != NULL)
    g_ptr_array_add (self->refusals, cs_refusal_new (lan, table, words));
  g_signal_emit (self, changed_signal, 0);
}

void
cs_opening_log_fill (CsOpeningLog *self, CsSnapshot *snapshot)
{
  for (guint i = 0; i < self->refusals->len; i++)
    {
      const CsRefusal *refusal = self->refusals->pdata[i];

      g_ptr_array_add (snapshot->refusals,
                       cs_refusal_new (refusal->lan, refusal->table, refusal->words));
    }
}

static void
cs_opening_log_finalize (GObject *object)
{
  g_ptr_array_unref (CS_OPENING_LOG (object)->refusals);
  G_OBJECT_CLASS (cs_opening_log_parent_class)->finalize (object);
}

static void
cs_opening_log_class_init (CsOpeningLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_opening_log_finalize;
  changed_signal = g_signal_new ("changed", CS_TYPE_OPENING_LOG, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_opening_log_init (CsOpeningLog *self)
{
  self->refusals = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_refusal_free);
}

CsOpeningLog *
cs_opening_log_new (void)
{
  return g_object_new (CS_TYPE_OPENING_LOG, NULL);
}
