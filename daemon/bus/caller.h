/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has called a method and waits for its reply. While somebody does, the service does
 * not end. */
#pragma once

#include "engine/engine.h"

typedef struct
{
  CsEngine *engine;                  /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) (nullable) until it is answered */
  guint waited;                      /* milliseconds */
} CsCaller;

/* Consumes @invocation. */
void cs_caller_init (CsCaller *self, CsEngine *engine, GDBusMethodInvocation *invocation);
void cs_caller_clear (CsCaller *self);

/* With @reply (nullable; consumed if floating), unless there is an @error (nullable). */
void cs_caller_answer (CsCaller *self, GVariant *reply, const GError *error);

/* Calls @try with @call now, and again soon for as long as it returns TRUE. It may do so
 * while cs_caller_may_wait (), and otherwise has answered. */
void cs_caller_poll (GSourceFunc try, gpointer call);
/* Right after the start of the service, what is not known yet may be known soon. */
gboolean cs_caller_may_wait (CsCaller *self);
