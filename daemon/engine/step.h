/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsStep: one part of the host (the ruleset, the LAN's address, the routes, dnsmasq, the
 * sysctls), which it brings from one share plan to another.
 *
 * apply() has three uses, and one meaning: afterwards the host has what @to says and
 * nothing that only @from says.
 *   @from NULL:  the share starts        @to NULL:  it ends, put back what was found
 *   both:        it changes; what is the same in both is not disturbed
 * It looks at the host rather than at memory, so it may be called again with the same
 * plans (repair), after half of it was done (crash), and with @from and @to exchanged
 * (undo). @plan is the whole target, to see what other shares still need.
 * With @to NULL it does not fail because something is gone already.
 *
 * prepare() is called, where there is one, while the steps before this one are at work:
 * it may begin what takes long and means nothing to anybody yet. apply() with the same
 * plans follows, or with @from and @to exchanged if a step before this one fails. */
#pragma once

#include "core/plan.h"

#include <gio/gio.h>

#define CS_TYPE_STEP (cs_step_get_type ())
G_DECLARE_INTERFACE (CsStep, cs_step, CS, STEP, GObject)

struct _CsStepInterface
{
  GTypeInterface parent;
  const char *(*get_name) (CsStep *self); /* for log and errors: "ruleset", "dnsmasq" */
  gboolean (*prepare) (CsStep *self,      /* (nullable) */
                       const CsSharePlan *from,
                       const CsSharePlan *to);
  /* One of these: apply() is for a step that is done within the call, if need be in a
     thread, apply_async() answers with a boolean of a GTask of its own. */
  gboolean blocks; /* apply() takes long enough to want a thread */
  gboolean (*apply) (CsStep *self,
                     const CsPlan *plan,
                     const CsSharePlan *from,
                     const CsSharePlan *to,
                     GError **error);
  void (*apply_async) (CsStep *self,
                       const CsPlan *plan,
                       const CsSharePlan *from,
                       const CsSharePlan *to,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
};

const char *cs_step_get_name (CsStep *self);
/* Whether it has begun anything. */
gboolean cs_step_prepare (CsStep *self, const CsSharePlan *from, const CsSharePlan *to);
/* @plan, @from and @to stay valid until the callback. */
void cs_step_apply_async (CsStep *self,
                          const CsPlan *plan,
                          const CsSharePlan *from,
                          const CsSharePlan *to,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean cs_step_apply_finish (CsStep *self, GAsyncResult *result, GError **error);

/* Emits "changed" (s lan): this step's part of the host is no longer as it left it (a
 * dnsmasq died): the engine queues a pass that applies this share again. */
void cs_step_emit_changed (CsStep *self, const char *lan);
