/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsStep: one part of the host (the ruleset, the LAN's address, the routes, dnsmasq, the
 * sysctls), which it brings from one share plan to another: a table of functions, and
 * what they work on.
 *
 * apply() has three uses, and one meaning: afterwards the host has what .to says and
 * nothing that only .from says.
 *   .from NULL:  the share starts        .to NULL:  it ends, put back what was found
 *   both:        it changes; what is the same in both is not disturbed
 * It looks at the host rather than at memory, so it may be called again with the same
 * plans (repair), after half of it was done (crash), and with .from and .to exchanged
 * (undo). With .to NULL it does not fail because something is gone already.
 *
 * prepare(), if there is one, is called while the steps before this one are at work: it
 * may begin what takes long and affects nobody yet. apply() follows with the same plans,
 * or with them exchanged if an earlier step fails. prepare() may also find that apply()
 * cannot succeed: then a share that starts or changes fails before it is opened. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

typedef enum
{
  CS_STEP_GUARDS = 1 << 0, /* without its part packets go astray ... */
  CS_STEP_OPENS = 1 << 1,  /* ... unless what this one has done is taken back */
  CS_STEP_CLOSES = 1 << 2, /* the end of a share begins with it: it closes the share */
  CS_STEP_WAITS = 1 << 3,  /* for other programs, so that other shares may go first; it
                              may be at work for several LANs at once */
  CS_STEP_BLOCKS = 1 << 4, /* apply() takes long enough to need a thread */
} CsStepFlags;

typedef struct _CsStep CsStep;

/* One call of apply(). */
typedef struct
{
  CsStep *step;      /* (owned) */
  CsPlan *plan;      /* (owned) the whole target, to see what other shares still need */
  CsSharePlan *from; /* (owned) (nullable) */
  CsSharePlan *to;   /* (owned) (nullable) */
  gpointer state;    /* (owned) (nullable) of apply_async(), which may set it, ... */
  GDestroyNotify free_state; /* ... and this */
  GTask *task;               /* which owns this */
} CsStepCall;

typedef struct
{
  const char *name; /* for log and errors: "ruleset", "dnsmasq" */
  CsStepFlags flags;
  /* (nullable) Returns whether it has begun anything; @error: apply() cannot succeed. */
  gboolean (*prepare) (gpointer self,
                       const CsSharePlan *from,
                       const CsSharePlan *to,
                       GError **error);
  /* One of these: apply() is done when it returns, apply_async() takes the call, and
     answers it with cs_step_call_return (). */
  gboolean (*apply) (gpointer self, const CsStepCall *call, GError **error);
  void (*apply_async) (gpointer self, CsStepCall *call);
  GDestroyNotify free; /* (nullable) of .self */
} CsStepType;

typedef void (*CsStepChangedFunc) (const char *lan, gpointer user_data);

struct _CsStep
{
  gatomicrefcount references;
  const CsStepType *type;
  gpointer self; /* (owned) (nullable) */
  CsStepChangedFunc changed;
  gpointer user_data; /* of that */
};

CsStep *cs_step_new (const CsStepType *type, gpointer self);
CsStep *cs_step_ref (CsStep *step);
void cs_step_unref (CsStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsStep, cs_step_unref)

gboolean cs_step_is (const CsStep *step, CsStepFlags flag);
/* The index of the last of @steps with that flag, or -1. */
int cs_steps_find (const GPtrArray *steps, CsStepFlags flag);
gboolean cs_step_prepare (CsStep *step,
                          const CsSharePlan *from,
                          const CsSharePlan *to,
                          GError **error);
/* The callback comes from the main loop, with NULL as its source. */
void cs_step_apply_async (CsStep *step,
                          CsPlan *plan,
                          CsSharePlan *from,
                          CsSharePlan *to,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean cs_step_apply_finish (GAsyncResult *result, GError **error);

/* The LAN that @call is about. */
const char *cs_step_call_lan (const CsStepCall *call);
/* Answers and frees @call. @error (transfer full) (nullable). */
void cs_step_call_return (CsStepCall *call, GError *error);

/* From now on, each cs_step_changed () calls @changed; NULL: it calls nothing. */
void cs_step_watch (CsStep *step, CsStepChangedFunc changed, gpointer user_data);
/* This step's part of the host is no longer as it left it (a dnsmasq died): the engine
 * queues a pass that applies this share again. */
void cs_step_changed (CsStep *step, const char *lan);
