/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the engine share: engine.c is the object and its start, orders.c
 * takes and answers orders, adoption.c adds what NetworkManager shares itself, ends.c
 * tells when it has ended, publish.c publishes, loop.c runs one pass after another. */
#pragma once

#include "engine.h"
#include "pass.h"
#include "request-list.h"
#include "retries.h"

struct _CsEngine
{
  GObject parent;
  CsMonitor *monitor;   /* (owned) */
  GPtrArray *steps;     /* (owned) of CsStep */
  CsStore *store;       /* (owned) */
  GPtrArray *requests;  /* (owned) of CsRequest (owned), oldest first */
  GPtrArray *orders;    /* (owned) of Order (owned): not yet taken by a pass */
  GPtrArray *taken;     /* (owned) of Order (owned): those of the pass under way */
  CsPlan *applied;      /* (owned) what is in force; during a pass: what was before it */
  GPtrArray *paused;    /* (owned) of CsTransaction (owned): under way, between passes */
  GPtrArray *ready;     /* (owned) of CsTransaction (owned): those that may go on */
  CsSnapshot *seen;     /* (owned) (nullable) what the last pass saw */
  CsPlan *shown;        /* (owned) the last pass's outcome, errors included */
  CsRetries *retries;   /* (owned) */
  GHashTable *dirty;    /* (owned) set of LANs whose part of the host may have changed */
  guint inhibitors;     /* orders on their way */
  gboolean running;     /* a pass is under way */
  gboolean again;       /* and something happened since it began */
  guint source;         /* idle source of the next pass, or 0 */
  guint wake;           /* timeout source of the next thing to decide, or 0 */
  char *adopt_wan;      /* (owned) (nullable) */
  GPtrArray *adoptions; /* (owned) of GTask (owned): not yet taken by a pass */
  GPtrArray *adopting;  /* (owned) of GTask (owned): those of the pass under way */
  GPtrArray *ends;      /* (owned) of End (owned): of what was adopted, awaited */
  GPtrArray *orphans;   /* (owned) (nullable) of CsOrphan, until the start */
};

/* Sets of LAN names. */
GHashTable *cs_engine_new_set (void);
void cs_engine_emit_changed (CsEngine *self, const char *lan);
void cs_engine_emit_removed (CsEngine *self, const char *lan);
void cs_engine_set_adopt_wan (CsEngine *self, const char *wan);

/* loop.c: a pass follows, at once or after the one under way. */
void cs_engine_queue_pass (CsEngine *self);
/* What the passes of @self work with. */
CsPassWorld cs_engine_get_world (CsEngine *self);
/* Takes over a pass's result: what is in force now, and what has paused. */
void cs_engine_take_applied (CsEngine *self, CsPassResult *result);
/* Whether the transaction of @lan has paused: it is left alone until the pause is
 * over. */
gboolean cs_engine_is_paused (CsEngine *self, const char *lan);

/* repairs.c */
/* The set of LANs to apply again; those that have paused stay marked. */
GHashTable *cs_engine_take_dirty (CsEngine *self);
/* Adds to @dirty the shares whose plan is the same but whose part of the host somebody
 * has changed: they are applied again. A share that is @held back is checked only for
 * certain drift: whether or not it gets its plan, what is in force is repaired. Returns
 * when to check again for a share that is repaired too often, or 0. */
gint64 cs_engine_find_repairs (CsEngine *self,
                               const CsPlan *target,
                               GHashTable *dirty,
                               GHashTable *held,
                               const CsSnapshot *snapshot);

/* orders.c */
GPtrArray *cs_engine_new_orders (void);
/* Lets the pending orders change the requests, and refuses the impossible ones. Returns
 * the plan of the requests (transfer full). */
CsPlan *cs_engine_take_orders (CsEngine *self, const CsSnapshot *snapshot);
/* Reverts the requests of failed orders; what is in force has not changed. The end of a
 * share is never reverted, unless nothing at all was done. Returns the set of their LANs
 * (transfer full). */
GHashTable *cs_engine_take_back (CsEngine *self, const CsPassResult *result);
/* Whether the pass under way has an order for @lan: its request may have changed. */
gboolean cs_engine_is_ordered (CsEngine *self, const char *lan);
void cs_engine_answer_orders (CsEngine *self, const CsPassResult *result);
/* Whether that would answer any. */
gboolean cs_engine_has_answers (CsEngine *self, const CsPassResult *result);
/* Those that no pass has taken. */
void cs_engine_fail_orders (CsEngine *self, const GError *error);

/* adoption.c */
/* Makes requests of what NetworkManager shares itself by now, and ends those whose
 * connection has ended. */
void cs_engine_follow_adopted (CsEngine *self, const CsSnapshot *snapshot);
/* Of the pass under way; @error is nullable. */
void cs_engine_answer_adoptions (CsEngine *self, const GError *error);

/* ends.c */
GPtrArray *cs_engine_new_ends (void);
/* Of the pass that is over. */
void cs_engine_answer_ends (CsEngine *self, const CsPassResult *result);

/* publish.c */
/* What to show for each request after the pass; @back as from cs_engine_take_back (). */
CsPlan *cs_engine_outcomes (CsEngine *self, const CsPassResult *result, GHashTable *back);
/* When @lan, which has paused, starts to say so. */
gint64 cs_engine_name_pause_at (CsEngine *self, const char *lan);
/* What to show for @lan until the first pass is over. */
CsSharePlan *cs_engine_starting_plan (const char *lan);
/* @shown (transfer full) is what everybody sees from now on. */
void cs_engine_publish (CsEngine *self, CsPlan *shown);
