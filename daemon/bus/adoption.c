/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One owned struct per call. */
#include "adoption.h"

#include "caller.h"

#include "core/value/wan.h"

/* How long NetworkManager may take: programs that it runs first may take their time.
 * Seconds. */
#define END_LIMIT 20

typedef struct
{
  CsCaller caller;
  char *wan;             /* (owned) (nullable) to adopt by */
  const CsBusHost *host; /* unowned (nullable) to end by */
  guint pending;         /* of the two that an end waits for */
} Call;

static void
call_free (Call *call)
{
  cs_caller_clear (&call->caller);
  g_free (call->wan);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static Call *
call_new (CsEngine *engine, GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  cs_caller_init (&call->caller, engine, invocation);
  return call;
}

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  cs_engine_adopt_finish (CS_ENGINE (source), result, &error);
  cs_caller_answer (&call->caller, NULL, error);
}

static void
on_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  const char *wan = call->wan[0] != '\0' ? call->wan : NULL;
  g_autoptr (GError) error = NULL;

  if (cs_authorizer_check_finish (result, NULL, &error))
    {
      cs_engine_adopt_async (call->caller.engine, wan, on_adopted, call);
      return;
    }
  cs_caller_answer (&call->caller, NULL, error);
  call_free (call);
}

void
cs_adoption_set (CsEngine *engine,
                 CsAuthorizer *authorizer,
                 GDBusMethodInvocation *invocation,
                 const char *wan)
{
  g_autoptr (Call) call = call_new (engine, invocation);
  const char *known = cs_engine_get_adopt_wan (engine);
  const char *wans[] = { wan[0] != '\0' || known == NULL ? wan : known, known, NULL };
  g_autoptr (GPtrArray) choices = NULL;
  g_autoptr (GError) error = NULL;

  call->wan = g_strdup (wan);
  if (wan[0] != '\0')
    choices = cs_wan_parse (wan, &error);
  if (g_strcmp0 (wans[0], known) == 0)
    wans[1] = NULL;
  if (error == NULL)
    cs_authorizer_check_async (authorizer, invocation, "", wans, on_authorized,
                               g_steal_pointer (&call));
  else
    cs_caller_answer (&call->caller, NULL, error);
}

/* One of both has come to an end; the first error, or the end of the share, is the
 * answer. */
static void
conclude (Call *call, gboolean answers, const GError *error)
{
  if (answers && call->caller.invocation != NULL)
    cs_caller_answer (&call->caller, NULL, error);
  if (--call->pending == 0)
    call_free (call);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cs_engine_await_end_finish (CS_ENGINE (source), result, &error);
  conclude (user_data, TRUE, error);
}

static void
on_connection_ending (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ending = call->host->end_shared_finish (result, &error);

  conclude (call, !ending, error);
}

void
cs_adoption_stop (CsEngine *engine,
                  const CsBusHost *host,
                  GDBusMethodInvocation *invocation,
                  const char *lan)
{
  Call *call = call_new (engine, invocation);

  call->host = host;
  call->pending = 2;
  host->end_shared_async (host->nm, lan, on_connection_ending, call);
  cs_engine_await_end_async (engine, lan, END_LIMIT, on_ended, call);
}
