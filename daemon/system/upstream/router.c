/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question at a time, as RFC 6886 wants it. A router that may know neither protocol
 * is asked by PCP and then by NAT-PMP; of one that has replied the protocol is known. The
 * one timer stands for the next time that there is something to do: a question that is
 * sent again, a renewal, or a router that was silent. Mappings that are due soon are
 * renewed with the first. */
#include "router-nonce.h"
#include "router-private.h"

#include "base/clock.h"

#include <string.h>

/* Seconds for which an external address of NAT-PMP need not be asked for again. */
#define ADDRESS_LASTS 60
static gboolean open_socket (CsRouter *self);

/* --- Mappings ---------------------------------------------------------------------- */

static guint
mapping_hash (gconstpointer key)
{
  const CsRouterMapping *mapping = key;

  return (guint)mapping->protocol << 16 | mapping->port;
}

static gboolean
mapping_equal (gconstpointer a, gconstpointer b)
{
  return mapping_hash (a) == mapping_hash (b);
}

static CsRouterMapping *
find (const CsRouter *self, guint8 protocol, guint16 port)
{
  const CsRouterMapping key = { .protocol = protocol, .port = port };

  return g_hash_table_lookup (self->mappings, &key);
}

void
cs_router_tell (CsRouter *self, const CsRouterMapping *mapping, gboolean changes)
{
  if (changes && !mapping->ending)
    self->watcher.changed (mapping->lan, self->watcher.user_data);
}

/* The first that is due, and if @together the first that may be renewed now. */
static CsRouterMapping *
find_next (const CsRouter *self, gboolean together)
{
  CsRouterMapping *next = NULL;
  GHashTableIter iter;
  gpointer one;
  gint64 first = 0;

  g_hash_table_iter_init (&iter, self->mappings);
  while (g_hash_table_iter_next (&iter, &one, NULL))
    {
      CsRouterMapping *mapping = one;
      gint64 due = mapping->due - (together ? mapping->slack : 0);

      if (next == NULL || due < first)
        {
          next = mapping;
          first = due;
        }
    }
  return next;
}

void
cs_router_drop (CsRouter *self, CsRouterMapping *mapping)
{
  g_hash_table_remove (self->mappings, mapping);
  if (g_hash_table_size (self->mappings) == 0)
    self->watcher.emptied (self->watcher.user_data);
}

static gboolean
expires_in (const CsRouterMapping *mapping, gint64 now, gint64 *left)
{
  *left = cs_router_mapping_works (mapping) ? mapping->expires - now : 0;
  return *left > 0;
}

/* --- Asking ------------------------------------------------------------------------ */

static void
send_request (CsRouter *self)
{
  guint8 data[CS_ROUTER_REQUEST_MAX];
  gsize size
      = self->asked == NULL
            ? cs_router_print_question (data)
            : cs_router_print_mapping (self->spoken, &self->request, self->own, data);

  self->tries++;
  self->repeat
      = cs_clock_now () + cs_router_wait (self->spoken, self->tries, self->known);
  if (!cs_router_socket_send (self->socket, data, size))
    self->repeat = 0;
}

static void
prepare_request (CsRouter *self, const CsRouterMapping *mapping)
{
  gboolean works = cs_router_mapping_works (mapping);

  self->request = (CsRouterRequest){
    .protocol = mapping->protocol,
    .port = mapping->port,
    .external_port = works ? mapping->external_port : mapping->port,
    .lifetime = mapping->ending ? 0 : CS_ROUTER_LIFETIME,
    .exact = !self->inexact,
  };
  if (works && !mapping->ending)
    self->request.external = mapping->external;
  cs_router_nonce_set (&self->request, self->own, self->router);
}

/* By NAT-PMP, which address a mapping is at is a question of its own. */
static gboolean
lacks_address (const CsRouter *self, const CsRouterMapping *mapping)
{
  return self->spoken == CS_ROUTER_NAT_PMP && !mapping->ending
         && (self->located == 0
             || cs_clock_now () - self->located > ADDRESS_LASTS * CS_ROUTER_SECOND);
}

static void
ask (CsRouter *self, CsRouterMapping *mapping)
{
  self->asking = TRUE;
  self->tries = 0;
  self->asked = lacks_address (self, mapping) ? NULL : mapping;
  if (self->asked != NULL)
    prepare_request (self, mapping);
  send_request (self);
}

/* --- Silence ----------------------------------------------------------------------- */

/* What ends does so by itself then; what works does for as long as it was granted. */
void
cs_router_be_silent (CsRouter *self)
{
  gint64 now = cs_clock_now (), least = 0, left;
  GHashTableIter iter;
  gpointer one;

  if (self->asked != NULL)
    self->asked->due = now; /* behind the others, if only this one is not answered */
  self->asking = FALSE;
  self->asked = NULL;
  self->known = FALSE;
  self->spoken = CS_ROUTER_PCP;
  self->silent = now;
  g_hash_table_iter_init (&iter, self->mappings);
  while (g_hash_table_iter_next (&iter, &one, NULL))
    if (((CsRouterMapping *)one)->ending)
      g_hash_table_iter_remove (&iter);
    else if (!expires_in (one, now, &left))
      cs_router_tell (self, one,
                      cs_router_mapping_set_state (one, CS_ROUTER_MAPPING_SILENT));
    else if (least == 0 || left < least)
      least = left;
  self->pause = now + cs_router_ask_after_silence (least);
  if (g_hash_table_size (self->mappings) == 0)
    self->watcher.emptied (self->watcher.user_data);
}

/* A mapping of the one protocol means nothing to the other. */
static void
speak (CsRouter *self, CsRouterProtocol spoken)
{
  self->asking = FALSE;
  self->asked = NULL;
  self->known = FALSE;
  self->spoken = spoken;
  self->epoch = (CsRouterEpoch){ 0 };
  self->inexact = FALSE;
  self->located = 0;
}

void
cs_router_try_next_protocol (CsRouter *self)
{
  if (self->spoken == CS_ROUTER_PCP)
    speak (self, CS_ROUTER_NAT_PMP);
  else
    cs_router_be_silent (self);
}

static void
wait_longer (CsRouter *self)
{
  if (self->repeat != 0
      && cs_router_wait (self->spoken, self->tries + 1, self->known) > 0)
    send_request (self);
  else if (self->repeat == 0 || self->known)
    cs_router_be_silent (self);
  else
    cs_router_try_next_protocol (self);
}

/* --- When -------------------------------------------------------------------------- */

static gboolean
on_timer (gpointer user_data)
{
  CsRouter *self = user_data;

  self->timer = 0;
  cs_router_step (self);
  return G_SOURCE_REMOVE;
}

static void
wake_at (CsRouter *self, gint64 when, gint64 now)
{
  gint64 pause = MAX (when - now, 0) / G_TIME_SPAN_MILLISECOND + 1;

  self->timer = g_timeout_add ((guint)MIN (pause, G_MAXINT), on_timer, self);
}

/* Does what is to be done now, and waits for what comes next. */
void
cs_router_step (CsRouter *self)
{
  gboolean together = FALSE;
  CsRouterMapping *next;
  gint64 now;

  g_clear_handle_id (&self->timer, g_source_remove);
  for (;;)
    {
      now = cs_clock_now ();
      if (self->asking && self->repeat > now)
        return wake_at (self, self->repeat, now);
      if (self->asking)
        {
          wait_longer (self);
          continue;
        }
      next = find_next (self, together);
      if (next == NULL)
        return;
      if (self->pause > now)
        return wake_at (self, self->pause, now);
      if (next->due - (together ? next->slack : 0) > now)
        return wake_at (self, find_next (self, FALSE)->due, now);
      together = TRUE;
      if (open_socket (self))
        ask (self, next);
      else
        cs_router_be_silent (self);
    }
}

static gboolean
open_socket (CsRouter *self)
{
  g_autoptr (GError) error = NULL;

  if (self->socket == NULL)
    self->socket = cs_router_socket_new (self->device, self->own, self->router,
                                         cs_router_take, self, &error);
  if (self->socket == NULL)
    g_debug ("%s: cannot ask the router: %s", self->device, error->message);
  return self->socket != NULL;
}

/* --- Following mappings ------------------------------------------------------------ */

CsRouter *
cs_router_new (const char *device,
               CsAddress own,
               CsAddress router,
               const CsRouterWatcher *watcher)
{
  CsRouter *self = g_new0 (CsRouter, 1);

  self->device = g_strdup (device);
  self->own = own;
  self->router = router;
  self->watcher = *watcher;
  self->mappings = g_hash_table_new_full (mapping_hash, mapping_equal,
                                          (GDestroyNotify)cs_router_mapping_free, NULL);
  return self;
}

void
cs_router_free (CsRouter *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->socket, cs_router_socket_free);
  g_hash_table_unref (self->mappings);
  g_free (self->device);
  g_free (self);
}

gboolean
cs_router_is_at (const CsRouter *self,
                 const char *device,
                 CsAddress own,
                 CsAddress router)
{
  return g_strcmp0 (self->device, device) == 0 && cs_address_equal (self->own, own)
         && cs_address_equal (self->router, router);
}

gboolean
cs_router_is_empty (const CsRouter *self)
{
  return g_hash_table_size (self->mappings) == 0;
}

/* One that has just been silent is not asked for each new mapping. */
static void
ask_soon (CsRouter *self, CsRouterMapping *mapping)
{
  gint64 now = cs_clock_now ();

  mapping->due = now;
  if (self->silent == 0)
    return;
  if (now - self->silent > CS_ROUTER_URGED_PAUSE * CS_ROUTER_SECOND)
    self->pause = 0;
  else if (!cs_router_mapping_works (mapping))
    mapping->state = CS_ROUTER_MAPPING_SILENT;
}

void
cs_router_add (CsRouter *self, const char *lan, guint8 protocol, guint16 port)
{
  CsRouterMapping *mapping = find (self, protocol, port);

  if (mapping != NULL && !mapping->ending)
    return;
  if (mapping == NULL && g_hash_table_size (self->mappings) >= CS_ROUTER_MAPPINGS_MAX)
    return;
  if (mapping == NULL)
    {
      mapping = cs_router_mapping_new (lan, protocol, port);
      g_hash_table_add (self->mappings, mapping);
    }
  mapping->ending = FALSE;
  mapping->state = CS_ROUTER_MAPPING_ASKING;
  g_free (mapping->lan);
  mapping->lan = g_strdup (lan);
  ask_soon (self, mapping);
  cs_router_step (self);
}

static gboolean
has_lan (const CsRouterMapping *mapping, const char *lan)
{
  return !mapping->ending && strcmp (mapping->lan, lan) == 0;
}

/* FALSE: nobody else knows of it. */
static gboolean
end (CsRouter *self, CsRouterMapping *mapping)
{
  mapping->ending = TRUE;
  mapping->due = cs_clock_now ();
  return mapping->granted || mapping == self->asked;
}

void
cs_router_remove (CsRouter *self, const char *lan, guint8 protocol, guint16 port)
{
  CsRouterMapping *mapping = find (self, protocol, port);

  if (mapping == NULL || !has_lan (mapping, lan))
    return;
  if (!end (self, mapping))
    cs_router_drop (self, mapping);
  cs_router_step (self);
}

void
cs_router_release (CsRouter *self, const char *lan, guint8 protocol, guint16 port)
{
  cs_router_add (self, lan, protocol, port);
  if (find (self, protocol, port) != NULL)
    {
      find (self, protocol, port)->granted = TRUE;
      cs_router_remove (self, lan, protocol, port);
    }
}

void
cs_router_remove_lan (CsRouter *self, const char *lan)
{
  GHashTableIter iter;
  gpointer one;

  g_hash_table_iter_init (&iter, self->mappings);
  while (g_hash_table_iter_next (&iter, &one, NULL))
    if (has_lan (one, lan) && !end (self, one))
      g_hash_table_iter_remove (&iter);
  if (g_hash_table_size (self->mappings) == 0)
    self->watcher.emptied (self->watcher.user_data);
  cs_router_step (self);
}

const CsRouterMapping *
cs_router_find (const CsRouter *self, guint8 protocol, guint16 port)
{
  const CsRouterMapping *mapping = find (self, protocol, port);

  return mapping != NULL && !mapping->ending ? mapping : NULL;
}

CsAddress
cs_router_get_external (const CsRouter *self)
{
  return cs_address_is_private (self->external) ? (CsAddress){ 0 } : self->external;
}
