/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call that the user may interrupt; see call.h. */
#include "call.h"

#include "agent.h"
#include "command.h"

#include <glib-unix.h>
#include <signal.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

typedef struct
{
  CsCall *call; /* (unowned) */
  int number;
  guint source;
} Catch;

struct _CsCall
{
  CsAgent *agent;            /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GAsyncResult *result;      /* (owned) (nullable) */
  Catch catches[G_N_ELEMENTS (signals)];
  int caught; /* 0: none */
};

static gboolean
signal_cb (gpointer user_data)
{
  Catch *catch = user_data;

  catch->call->caught = catch->number;
  g_cancellable_cancel (catch->call->cancellable);
  return G_SOURCE_CONTINUE;
}

CsCall *
cs_call_new_without_agent (void)
{
  CsCall *call = g_new0 (CsCall, 1);

  call->cancellable = g_cancellable_new ();
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      call->catches[i].call = call;
      call->catches[i].number = signals[i];
      call->catches[i].source
          = g_unix_signal_add (signals[i], signal_cb, &call->catches[i]);
    }
  return call;
}

CsCall *
cs_call_new (void)
{
  CsCall *call = cs_call_new_without_agent ();

  call->agent = cs_agent_start ();
  /* a signal that arrives now cancels the call before it is made */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return call;
}

CsCall *
cs_call_new_for_flags (GDBusCallFlags flags)
{
  return flags & G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
             ? cs_call_new ()
             : cs_call_new_without_agent ();
}

void
cs_call_free (CsCall *call)
{
  cs_agent_stop (call->agent);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (call->catches[i].source);
  g_clear_object (&call->result);
  g_object_unref (call->cancellable);
  g_free (call);
}

GCancellable *
cs_call_get_cancellable (CsCall *call)
{
  return call->cancellable;
}

void
cs_call_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsCall *call = user_data;

  g_set_object (&call->result, result);
}

GAsyncResult *
cs_call_wait (CsCall *call)
{
  g_clear_object (&call->result);
  while (call->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return call->result;
}

gboolean
cs_call_is_interrupted (CsCall *call)
{
  return call->caught != 0;
}

int
cs_call_finish (CsCall *call, const GError *error)
{
  if (cs_call_is_interrupted (call))
    return 128 + call->caught;
  return error != NULL ? cs_command_failed (error) : CS_EXIT_DONE;
}
