/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "caller.h"

/* How often to try, and how long. Milliseconds. */
#define POLL  20
#define LIMIT 2000

void
cs_caller_init (CsCaller *self, CsEngine *engine, GDBusMethodInvocation *invocation)
{
  self->engine = g_object_ref (engine);
  cs_engine_inhibit (engine);
  self->invocation = invocation;
}

void
cs_caller_clear (CsCaller *self)
{
  cs_engine_uninhibit (self->engine);
  g_object_unref (self->engine);
  g_clear_object (&self->invocation);
}

void
cs_caller_answer (CsCaller *self, GVariant *reply, const GError *error)
{
  GDBusMethodInvocation *invocation = g_steal_pointer (&self->invocation);

  if (error != NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, reply);
}

void
cs_caller_poll (GSourceFunc try, gpointer call)
{
  if (try (call))
    g_timeout_add (POLL, try, call);
}

gboolean
cs_caller_may_wait (CsCaller *self)
{
  self->waited += POLL;
  return self->waited < LIMIT && cs_engine_is_busy (self->engine);
}
