/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer for each access point without clients, from when it became active or the last
 * one left. */
#include "idle-off.h"

#include "base/log.h"

#define MINUTE 60

struct _CsIdleOff
{
  CsEngine *engine;   /* (owned) */
  GHashTable *timers; /* (owned) LAN -> Timer (owned) */
};

typedef struct
{
  CsIdleOff *idle_off; /* unowned: it owns this */
  char *lan;           /* (owned) */
  guint minutes;
  guint source;
} Timer;

static void
timer_free (gpointer data)
{
  Timer *timer = data;

  g_clear_handle_id (&timer->source, g_source_remove);
  g_free (timer->lan);
  g_free (timer);
}

CsIdleOff *
cs_idle_off_new (CsEngine *engine)
{
  CsIdleOff *self = g_new0 (CsIdleOff, 1);

  self->engine = g_object_ref (engine);
  self->timers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, timer_free);
  return self;
}

void
cs_idle_off_free (CsIdleOff *self)
{
  g_hash_table_unref (self->timers);
  g_object_unref (self->engine);
  g_free (self);
}

static gboolean
on_time (gpointer user_data)
{
  Timer *timer = user_data;
  CsIdleOff *self = timer->idle_off;
  g_autofree char *lan = g_strdup (timer->lan);

  timer->source = 0;
  cs_message (lan, "no client for %u %s: the access point is switched off",
              timer->minutes, timer->minutes == 1 ? "minute" : "minutes");
  g_hash_table_remove (self->timers, lan);
  cs_engine_stop_async (self->engine, lan, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static guint
minutes_of (const CsIdleOff *self, const char *lan)
{
  CsShareStatus status;

  if (!cs_engine_get_share (self->engine, lan, &status)
      || status.plan->state != CS_STATE_ACTIVE)
    return 0;
  return status.request->hotspot.idle_off;
}

void
cs_idle_off_update (CsIdleOff *self, const char *lan, guint clients)
{
  guint minutes = clients == 0 ? minutes_of (self, lan) : 0;
  Timer *timer = g_hash_table_lookup (self->timers, lan);

  if (timer != NULL && timer->minutes == minutes)
    return;
  g_hash_table_remove (self->timers, lan);
  if (minutes == 0)
    return;
  timer = g_new (Timer, 1);
  *timer = (Timer){ self, g_strdup (lan), minutes, 0 };
  timer->source = g_timeout_add_seconds (minutes * MINUTE, on_time, timer);
  g_hash_table_insert (self->timers, timer->lan, timer);
}
