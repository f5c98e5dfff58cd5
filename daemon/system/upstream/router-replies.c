/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes from the router, or from somebody in its place: whatever it is, and however
 * much, it makes this computer ask little. */
#include "router-private.h"

#include "base/clock.h"

/* Up to so many seconds after a restart of the router its clients ask again (RFC 6887,
 * 14.1.3), so that not all do at once. */
#define SCATTER 5

/* Not more than once in a while, whatever anybody sends. */
static gboolean
may_be_urged (CsRouter *self, gint64 now)
{
  if (self->urged != 0 && now - self->urged < CS_ROUTER_URGED_PAUSE * CS_ROUTER_SECOND)
    return FALSE;
  self->urged = now;
  return TRUE;
}

/* It has lost its mappings, so all are asked for again. */
static void
restore (CsRouter *self, gint64 now)
{
  gint64 due = now + g_random_int_range (0, SCATTER * 1000) * G_TIME_SPAN_MILLISECOND;
  GHashTableIter iter;
  gpointer one;

  self->located = 0;
  g_hash_table_iter_init (&iter, self->mappings);
  while (g_hash_table_iter_next (&iter, &one, NULL))
    if (one != self->asked)
      ((CsRouterMapping *)one)->due = MIN (((CsRouterMapping *)one)->due, due);
}

static void
follow_epoch (CsRouter *self, const CsRouterReply *reply, gint64 now)
{
  if (reply->spoken == self->spoken
      && cs_router_epoch_follow (&self->epoch, reply->epoch, now)
      && may_be_urged (self, now))
    restore (self, now);
}

static void
move_all (CsRouter *self, CsAddress external)
{
  GHashTableIter iter;
  gpointer one;

  self->external = external;
  g_hash_table_iter_init (&iter, self->mappings);
  while (g_hash_table_iter_next (&iter, &one, NULL))
    cs_router_tell (self, one, cs_router_mapping_move (one, external));
}

static void
refuse (CsRouter *self, CsRouterMapping *mapping, const CsRouterReply *reply, gint64 now)
{
  cs_router_tell (
      self, mapping,
      cs_router_mapping_refuse (mapping, reply->result, reply->lifetime, now));
}

/* What has room for none has none for the others either. */
static void
refuse_all (CsRouter *self, const CsRouterReply *reply, gint64 now)
{
  GHashTableIter iter;
  gpointer one;

  g_hash_table_iter_init (&iter, self->mappings);
  while (g_hash_table_iter_next (&iter, &one, NULL))
    if (!cs_router_mapping_works (one) && !((CsRouterMapping *)one)->ending)
      refuse (self, one, reply, now);
}

/* It may have been asked for again meanwhile. */
static void
take_end (CsRouter *self, CsRouterMapping *mapping, gint64 now)
{
  if (mapping->ending)
    {
      cs_router_drop (self, mapping);
      return;
    }
  mapping->granted = FALSE;
  mapping->due = now;
  cs_router_tell (self, mapping,
                  cs_router_mapping_set_state (mapping, CS_ROUTER_MAPPING_ASKING));
}

static void
take_grant (CsRouter *self,
            CsRouterMapping *mapping,
            const CsRouterReply *reply,
            gint64 now)
{
  if (reply->spoken == CS_ROUTER_PCP)
    self->external = reply->external;
  cs_router_tell (self, mapping,
                  cs_router_mapping_grant (mapping, reply, self->external, now));
  if (mapping->ending)
    mapping->due = now;
}

/* A late reply may be to what was sent before. */
static gboolean
is_expected (const CsRouter *self, const CsRouterReply *reply)
{
  if (!self->asking || reply->spoken != self->spoken)
    return FALSE;
  if (self->asked == NULL)
    return reply->kind == CS_ROUTER_ADDRESS;
  return cs_router_reply_answers (reply, &self->request)
         && (reply->result != CS_ROUTER_GRANTED
             || (reply->lifetime == 0) == (self->request.lifetime == 0));
}

static void
take_reply (CsRouter *self, const CsRouterReply *reply, gint64 now)
{
  CsRouterMapping *mapping = self->asked;

  self->asking = FALSE;
  self->asked = NULL;
  self->known = TRUE;
  self->silent = 0;
  self->pause = 0;
  if (mapping == NULL)
    {
      self->located = now;
      move_all (self, reply->external);
    }
  else if (self->request.lifetime == 0)
    take_end (self, mapping, now);
  else if (reply->result == CS_ROUTER_GRANTED)
    take_grant (self, mapping, reply, now);
  else if (mapping->ending)
    cs_router_drop (self, mapping);
  else if (reply->result == CS_ROUTER_INEXACT && !self->inexact)
    self->inexact = TRUE; /* and it is asked again */
  else if (reply->result == CS_ROUTER_FULL && !cs_router_mapping_works (mapping))
    refuse_all (self, reply, now);
  else
    refuse (self, mapping, reply, now);
}

/* One that was silent may have been restarted. */
static void
take_announcement (CsRouter *self, const CsRouterReply *reply, gint64 now)
{
  follow_epoch (self, reply, now);
  if (reply->kind == CS_ROUTER_ADDRESS && self->known && reply->spoken == self->spoken)
    move_all (self, reply->external);
  if (self->silent != 0 && self->pause > now && may_be_urged (self, now))
    self->pause = 0;
}

/* The same may come twice, to a request that was repeated. */
static void
take_unsupported (CsRouter *self, const CsRouterReply *reply, gboolean announced)
{
  if (self->asking && !announced && reply->spoken != self->spoken)
    cs_router_try_next_protocol (self);
}

void
cs_router_take (const guint8 *data, gsize size, gboolean announced, gpointer user_data)
{
  CsRouter *self = user_data;
  gint64 now = cs_clock_now ();
  CsRouterReply reply;

  if (size == 0 && self->asking && !self->known)
    cs_router_be_silent (self);
  else if (size == 0 || !cs_router_parse (data, size, &reply))
    return;
  else if (reply.result == CS_ROUTER_UNSUPPORTED)
    take_unsupported (self, &reply, announced);
  else if (announced || reply.kind == CS_ROUTER_ANNOUNCE)
    take_announcement (self, &reply, now);
  else if (is_expected (self, &reply))
    {
      follow_epoch (self, &reply, now);
      take_reply (self, &reply, now);
    }
  cs_router_step (self);
}
