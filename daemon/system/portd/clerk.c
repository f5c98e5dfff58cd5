/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports of the computer's own are taken, only CsForwards can tell: so a port is
 * tried, and if any would do, another. */
#include "clerk.h"

#define TRIES 16

/* A request that is served, of a GTask whose source is the CsForwards. */
typedef struct
{
  char *lan; /* (owned) */
  CsPortdRequest request;
  CsClaim *claim; /* (owned) */
  guint removed;  /* how many of those that are to go have gone */
} Serving;

static void
serving_free (gpointer data)
{
  Serving *serving = data;

  cs_claim_free (serving->claim);
  g_free (serving->lan);
  g_free (serving);
}

/* Takes @task. */
static void
finish (GTask *task, CsPortdResult result)
{
  Serving *serving = g_task_get_task_data (task);

  serving->claim->answer.result = result;
  serving->claim->answer.serial = serving->request.serial;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* --- Choosing a port --------------------------------------------------------------- */

static guint
next_port (const CsPortdRequest *request, guint tried)
{
  /* Of IPv6, nothing is translated. */
  if (request->client.family == AF_INET6 && !request->exact)
    return request->to_port;
  return tried == 0 ? request->port
                    : (guint)g_random_int_range (CS_PORTD_FIRST_PORT, G_MAXUINT16 + 1);
}

static gboolean
is_known (CsForwards *forwards, const char *lan, const CsForward *forward)
{
  const CsForward *known = cs_forwards_find (forwards, lan, forward->protocol,
                                             forward->port, forward->client);

  return known != NULL && g_str_equal (known->client, forward->client);
}

static CsClaim *
choose (CsForwards *forwards, const char *lan, const CsPortdRequest *request)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gboolean only_one = request->kind != CS_PORTD_MAP || request->exact
                      || request->client.family == AF_INET6;
  CsClaim *claim = NULL;

  for (guint tried = 0; tried < (only_one ? 1 : TRIES); tried++)
    {
      g_clear_pointer (&claim, cs_claim_free);
      claim = cs_claim_new (request, cs_forwards_get_table (forwards, lan),
                            next_port (request, tried), now);
      if (claim->added != NULL && !is_known (forwards, lan, claim->added)
          && !cs_forwards_can_add (forwards, lan, claim->added, NULL))
        claim->result = CS_PORTD_TAKEN;
      if (claim->result != CS_PORTD_TAKEN)
        break;
    }
  return claim;
}

/* --- Bringing it about ------------------------------------------------------------- */

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = cs_forwards_add_finish (result, &error);

  if (!done)
    g_debug ("a client gets no port: %s", error->message);
  finish (user_data, done ? CS_PORTD_DONE : CS_PORTD_FAILED);
}

static void proceed (GTask *task);

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_forwards_remove_finish (result, &error))
    g_debug ("a client's port mapping remains: %s", error->message);
  proceed (user_data);
}

/* Takes @task. */
static void
proceed (GTask *task)
{
  CsForwards *forwards = g_task_get_source_object (task);
  Serving *serving = g_task_get_task_data (task);
  CsClaim *claim = serving->claim;

  if (serving->removed < claim->removed->len)
    {
      const CsForward *forward = claim->removed->pdata[serving->removed++];

      cs_forwards_remove_async (forwards, serving->lan, forward->protocol, forward->port,
                                forward->client, on_removed, task);
    }
  else if (claim->added != NULL)
    cs_forwards_add_async (forwards, serving->lan, g_steal_pointer (&claim->added),
                           on_added, task);
  else
    finish (task, claim->result);
}

void
cs_clerk_serve_async (CsForwards *forwards,
                      const char *lan,
                      const CsPortdRequest *request,
                      gboolean has_uplink,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (forwards, NULL, callback, user_data);
  Serving *serving = g_new0 (Serving, 1);

  g_task_set_source_tag (task, cs_clerk_serve_async);
  serving->lan = g_strdup (lan);
  serving->request = *request;
  serving->claim = choose (forwards, lan, request);
  g_task_set_task_data (task, serving, serving_free);
  if (serving->claim->result != CS_PORTD_DONE)
    finish (task, serving->claim->result);
  else if (request->kind == CS_PORTD_MAP && !has_uplink)
    finish (task, CS_PORTD_NO_NETWORK);
  else
    proceed (task);
}

void
cs_clerk_serve_finish (GAsyncResult *result, CsPortdAnswer *answer)
{
  const Serving *serving = g_task_get_task_data (G_TASK (result));

  g_task_propagate_boolean (G_TASK (result), NULL);
  *answer = serving->claim->answer;
}
