/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue of questions. An idle source runs when no source of the usual priority, such
 * as the engine's, has anything to do; each turn makes the snapshot and the list of
 * interfaces once. The next turn waits until the bus has taken the replies: when many
 * ask at once, the bus reads replies more slowly than calls arrive, and the rest would
 * fill this program's memory. */
#include "reader.h"

#include "describe.h"

/* How long a turn lasts. Microseconds. */
#define TURN 5000

/* How often to look whether the pass under way is over, because half of it looks broken,
 * and for how long. Milliseconds. */
#define CALM_POLL  10
#define CALM_POLLS 200

/* How many questions of one connection to the bus may wait; the gate limits the total. */
#define LIMIT 16

struct _CsReader
{
  CsEngine *engine;  /* (owned) */
  GQueue *questions; /* (owned) of Question (owned) */
  guint turn;        /* source, or 0 */
  guint polls;       /* of the engine before this turn */
  GCancellable *end; /* (owned) of a flush */
  gboolean flushing; /* the bus has yet to take the replies */
};

typedef struct
{
  GDBusMethodInvocation *invocation; /* (owned) (nullable) until it is answered */
  CsRequest *request;                /* (owned) (nullable) to preview; NULL: interfaces */
} Question;

static void
question_free (Question *question)
{
  g_clear_object (&question->invocation);
  g_clear_pointer (&question->request, cs_request_free);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

CsReader *
cs_reader_new (CsEngine *engine)
{
  CsReader *self = g_new0 (CsReader, 1);

  self->engine = g_object_ref (engine);
  self->questions = g_queue_new ();
  self->end = g_cancellable_new ();
  return self;
}

void
cs_reader_free (CsReader *self)
{
  g_clear_handle_id (&self->turn, g_source_remove);
  g_cancellable_cancel (self->end);
  g_object_unref (self->end);
  g_queue_free_full (self->questions, (GDestroyNotify)question_free);
  g_object_unref (self->engine);
  g_free (self);
}

/* (transfer full) */
static GVariant *
list (CsReader *self, const CsSnapshot *snapshot)
{
  GVariant *interfaces = cs_describe_interfaces (self->engine, snapshot);

  return g_variant_ref_sink (g_variant_new ("(@aa{sv})", interfaces));
}

/* (transfer full) */
static GVariant *
preview (CsReader *self,
         const CsSnapshot *snapshot,
         const CsRequest *request,
         GError **error)
{
  g_autoptr (CsSharePlan) plan
      = cs_engine_preview (self->engine, snapshot, request, error);
  g_autoptr (CsSharePlan) told = NULL;

  if (plan == NULL)
    return NULL;
  told = cs_share_plan_without_clients (plan);
  return g_variant_ref_sink (g_variant_new ("(@a{sv})", cs_describe_plan (told)));
}

/* @interfaces is this turn's list, or NULL if nobody has asked for it yet. */
static void
answer (CsReader *self,
        Question *question,
        const CsSnapshot *snapshot,
        GVariant **interfaces)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (question->request != NULL)
    reply = preview (self, snapshot, question->request, &error);
  else
    {
      if (*interfaces == NULL)
        *interfaces = list (self, snapshot);
      reply = g_variant_ref (*interfaces);
    }
  if (reply != NULL)
    g_dbus_method_invocation_return_value (g_steal_pointer (&question->invocation),
                                           reply);
  else
    g_dbus_method_invocation_return_gerror (g_steal_pointer (&question->invocation),
                                            error);
}

static gboolean on_calm (gpointer user_data);

static void
queue_turn (CsReader *self)
{
  self->polls = 0;
  if (self->turn == 0 && !self->flushing && !g_queue_is_empty (self->questions))
    self->turn = g_idle_add (on_calm, self);
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsReader *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it is gone */
  self->flushing = FALSE;
  queue_turn (self);
}

static gboolean
on_turn (gpointer user_data)
{
  CsReader *self = user_data;
  const Question *first = g_queue_peek_head (self->questions);
  g_autoptr (GDBusConnection) connection
      = g_object_ref (g_dbus_method_invocation_get_connection (first->invocation));
  gint64 end = g_get_monotonic_time () + TURN;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSnapshot) snapshot = cs_engine_snapshot (self->engine, &error);
  g_autoptr (GVariant) interfaces = NULL;

  do
    {
      g_autoptr (Question) question = g_queue_pop_head (self->questions);

      if (snapshot != NULL)
        answer (self, question, snapshot, &interfaces);
      else
        g_dbus_method_invocation_return_gerror (g_steal_pointer (&question->invocation),
                                                error);
      cs_engine_uninhibit (self->engine);
    }
  while (!g_queue_is_empty (self->questions) && g_get_monotonic_time () < end);
  self->turn = 0;
  self->flushing = TRUE;
  g_dbus_connection_flush (connection, self->end, on_flushed, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_calm (gpointer user_data)
{
  CsReader *self = user_data;

  if (!cs_engine_is_busy (self->engine) || ++self->polls > CALM_POLLS)
    return on_turn (self);
  self->turn = g_timeout_add (CALM_POLL, on_calm, self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_patient (CsReader *self, GDBusMethodInvocation *invocation)
{
  const char *caller = g_dbus_method_invocation_get_sender (invocation);
  guint count = 0;

  for (const GList *i = self->questions->head; i != NULL; i = i->next)
    count += g_str_equal (caller, g_dbus_method_invocation_get_sender (
                                      ((const Question *)i->data)->invocation));
  return count < LIMIT;
}

static void
ask (CsReader *self, GDBusMethodInvocation *invocation, CsRequest *request)
{
  Question *question = g_new (Question, 1);

  question->invocation = invocation;
  question->request = request;
  if (!is_patient (self, invocation))
    {
      g_dbus_method_invocation_return_error_literal (
          g_steal_pointer (&question->invocation), G_DBUS_ERROR,
          G_DBUS_ERROR_LIMITS_EXCEEDED,
          "too many questions are waiting for a reply; try again later");
      question_free (question);
      return;
    }
  cs_engine_inhibit (self->engine);
  g_queue_push_tail (self->questions, question);
  queue_turn (self);
}

void
cs_reader_list_interfaces (CsReader *self, GDBusMethodInvocation *invocation)
{
  ask (self, invocation, NULL);
}

void
cs_reader_preview (CsReader *self, GDBusMethodInvocation *invocation, CsRequest *request)
{
  ask (self, invocation, request);
}
