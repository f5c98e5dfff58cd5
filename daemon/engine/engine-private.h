/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the engine share: engine.c is the object and its start, orders.c
 * takes and answers orders, board.c publishes, loop.c runs one pass after the other. */
#pragma once

#include "engine.h"
#include "failures.h"
#include "pass.h"
#include "repairs.h"
#include "request-list.h"

struct _CsEngine
{
  GObject parent;
  CsMonitor *monitor;   /* (owned) */
  GPtrArray *steps;     /* (owned) of CsStep */
  CsStore *store;       /* (owned) */
  GPtrArray *requests;  /* (owned) of CsRequest (owned), oldest first */
  GPtrArray *orders;    /* (owned) of Order (owned): not yet taken by a pass */
  GPtrArray *taken;     /* (owned) of Order (owned): those of the pass under way */
  CsPlan *applied;      /* (owned) what is in force; during a pass: was, before it */
  CsSnapshot *seen;     /* (owned) (nullable) what the last pass saw */
  CsPlan *shown;        /* (owned) what the last pass came to, errors included */
  CsRepairs *repairs;   /* (owned) */
  CsFailures *failures; /* (owned) */
  GHashTable *dirty;    /* (owned) set of LANs whose part of the host may have changed */
  guint holds;          /* orders on their way */
  gboolean running;     /* a pass is under way */
  gboolean again;       /* and something happened since it began */
  guint source;         /* idle source of the next pass, or 0 */
  guint wake;           /* timeout source of what the plan wants to decide, or 0 */
  guint retry;          /* timeout source, or 0 */
};

/* Sets of LAN names. */
GHashTable *cs_engine_new_set (void);
void cs_engine_emit_changed (CsEngine *self, const char *lan);
void cs_engine_emit_removed (CsEngine *self, const char *lan);

/* loop.c: a pass follows, at once or after the one under way. */
void cs_engine_queue_pass (CsEngine *self);

/* orders.c */
GPtrArray *cs_engine_new_orders (void);
/* Lets the orders that are there change the requests, and refuses the impossible ones.
 * Returns the plan of the requests (transfer full). */
CsPlan *cs_engine_take_orders (CsEngine *self, const CsSnapshot *snapshot);
/* Takes back the requests of orders that failed; what is in force stayed as it was. The
 * end of a share is never taken back, save that nothing at all was done. Returns the set
 * of their LANs (transfer full). */
GHashTable *cs_engine_take_back (CsEngine *self, const CsPassResult *result);
/* Whether the pass under way has an order for @lan: its request may be another one. */
gboolean cs_engine_is_ordered (CsEngine *self, const char *lan);
void cs_engine_answer_orders (CsEngine *self, const CsPassResult *result);
/* Those that no pass has taken. */
void cs_engine_fail_orders (CsEngine *self, const GError *error);

/* board.c */
/* What to show of each request after the pass; @back as from cs_engine_take_back (). */
CsPlan *cs_engine_outcomes (CsEngine *self, const CsPassResult *result, GHashTable *back);
/* What to show of @lan until the first pass is over. */
CsSharePlan *cs_engine_starting_plan (const char *lan);
/* @shown (transfer full) is what everybody sees from now on. */
void cs_engine_publish (CsEngine *self, CsPlan *shown);
