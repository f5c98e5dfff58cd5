/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each share is stopped as its user would stop it. The engine itself ends what has no
 * request, from a ledger or an orphan, and what it has adopted. */
#include "undo.h"

#define POLL 20 /* milliseconds */

typedef struct
{
  CsEngine *engine; /* (owned) */
  guint orders;     /* that are still pending */
  CsUndoneFunc func;
  gpointer user_data;
} Undo;

static gboolean
on_poll (gpointer user_data)
{
  Undo *undo = user_data;
  gboolean all;

  if (undo->orders > 0 || cs_engine_is_busy (undo->engine)
      || cs_engine_is_waiting (undo->engine))
    return G_SOURCE_CONTINUE;
  all = !cs_engine_has_requests (undo->engine) && !cs_engine_has_remains (undo->engine);
  undo->func (all, undo->user_data);
  g_object_unref (undo->engine);
  g_free (undo);
  return G_SOURCE_REMOVE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Undo *undo = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_engine_stop_finish (CS_ENGINE (source), result, &error))
    g_printerr ("connshared: %s\n", error->message);
  undo->orders--;
}

void
cs_undo_all (CsEngine *engine, CsUndoneFunc func, gpointer user_data)
{
  Undo *undo = g_new0 (Undo, 1);
  g_auto (GStrv) lans = cs_engine_list_lans (engine);

  undo->engine = g_object_ref (engine);
  cs_engine_disown (engine);
  undo->func = func;
  undo->user_data = user_data;
  for (guint i = 0; lans[i] != NULL; i++)
    {
      if (cs_engine_get_request (engine, lans[i])->adopted)
        continue;
      undo->orders++;
      cs_engine_stop_async (engine, lans[i], NULL, on_stopped, undo);
    }
  g_timeout_add (POLL, on_poll, undo);
}
