/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One that runs is kept, whoever started it. If its configuration changes, it reads it
 * again, and sends that at once. At its end it takes back what it has announced.
 *
 * Clients that hear nothing of IPv6 still have IPv4: that radvd is missing, or does not
 * stay, is said in the log, and does not fail the share. */
#include "radvd.h"

#include "radvd-spawn.h"

#include "base/files.h"
#include "base/log.h"
#include "core/render/radvd-config.h"
#include "core/value/backoff.h"
#include "system/process/kept-process.h"

#include <signal.h>

/* One that dies younger than this has died at once. */
#define MIN_LIFE (G_USEC_PER_SEC / 2)

/* The state of a LAN. */
typedef struct
{
  CsStep *step;        /* unowned: it owns this */
  char *lan;           /* (owned) */
  char *directory;     /* (owned) */
  CsKeptProcess *kept; /* (owned) */
  gint64 started;      /* monotonic time */
  guint early;         /* early deaths in a row */
  guint pause;         /* timeout source until it is started again, or 0 */
  gboolean complained; /* that it cannot be started */
} Advertiser;

typedef struct
{
  CsStep *step;            /* unowned: it owns this */
  char *runtime_dir;       /* (owned) */
  GHashTable *advertisers; /* (owned) LAN (owned by the value) -> Advertiser (owned) */
} Radvd;

static void
advertiser_free (Advertiser *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  cs_kept_process_free (self->kept);
  g_free (self->lan);
  g_free (self->directory);
  g_free (self);
}

static gboolean
on_pause_over (gpointer user_data)
{
  Advertiser *self = user_data;

  self->pause = 0;
  cs_step_changed (self->step, self->lan);
  return G_SOURCE_REMOVE;
}

static void
on_ended (gpointer user_data)
{
  Advertiser *self = user_data;
  gboolean early = g_get_monotonic_time () - self->started < MIN_LIFE;
  gint64 pause;

  self->early = early ? self->early + 1 : 0;
  pause = cs_backoff_pause (CS_BACKOFF_REPAIR, self->early);
  if (pause == 0)
    cs_message (self->lan, "radvd exited unexpectedly; starting it again");
  else
    cs_warning (self->lan,
                "radvd has exited %u times in a row as soon as it ran, so clients may "
                "lack IPv6; \"journalctl -t radvd\" may say why",
                self->early);
  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause
      = g_timeout_add ((guint)(pause / G_TIME_SPAN_MILLISECOND), on_pause_over, self);
}

static Advertiser *
get_advertiser (Radvd *self, const char *lan)
{
  Advertiser *one = g_hash_table_lookup (self->advertisers, lan);
  g_autofree char *note = NULL;
  g_autofree char *argument = NULL;

  if (one != NULL)
    return one;
  one = g_new0 (Advertiser, 1);
  one->step = self->step;
  one->lan = g_strdup (lan);
  one->directory = cs_radvd_directory (self->runtime_dir, lan);
  cs_files_sweep (one->directory);
  note = g_build_filename (one->directory, CS_RADVD_NOTE, NULL);
  argument = cs_radvd_argument (one->directory);
  one->kept = cs_kept_process_new (&(CsKeptProcessSetup){ .program = "radvd",
                                                          .note = note,
                                                          .argument = argument,
                                                          .user = cs_radvd_user_id,
                                                          .ended = on_ended,
                                                          .user_data = one });
  g_hash_table_insert (self->advertisers, one->lan, one);
  return one;
}

static gboolean
is_wanted (const CsSharePlan *share)
{
  return share != NULL && share->lan_ifindex != 0 && cs_share_plan_serves_ipv6 (share);
}

static void
start (Advertiser *self, const char *config)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->pause, g_source_remove);
  self->started = g_get_monotonic_time ();
  if (cs_radvd_write_config (self->directory, config, &error)
      && cs_radvd_spawn (self->directory, &error)
      && cs_kept_process_is_running (self->kept))
    self->complained = FALSE;
  else if (!self->complained)
    {
      self->complained = TRUE;
      cs_warning (self->lan, "clients get no IPv6: %s",
                  error != NULL ? error->message : "radvd exited at once");
    }
}

/* Another device of that name gets to know at once, too. */
static void
update (Advertiser *self, const CsStepCall *call, const char *config)
{
  gboolean same_device
      = call->from == NULL || call->from->lan_ifindex == call->to->lan_ifindex;
  g_autoptr (GError) error = NULL;

  if (same_device && cs_radvd_has_config (self->directory, config))
    return;
  if (cs_radvd_write_config (self->directory, config, &error))
    cs_kept_process_signal (self->kept, SIGHUP);
  else
    cs_warning (self->lan, "clients do not learn of changes in IPv6: %s", error->message);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  Radvd *self = call->step->self;
  Advertiser *one = get_advertiser (self, cs_step_call_lan (call));
  g_autofree char *config = NULL;
  GError *error = NULL;
  gboolean done = cs_kept_process_stop_finish (result, &error);

  if (done && is_wanted (call->to))
    {
      config = cs_radvd_config_render (call->to);
      start (one, config);
    }
  else if (done && cs_radvd_remove (one->directory, &error))
    g_hash_table_remove (self->advertisers, one->lan);
  cs_step_call_return (call, error);
}

static void
apply_async (gpointer self, CsStepCall *call)
{
  Advertiser *one = get_advertiser (self, cs_step_call_lan (call));
  g_autofree char *config
      = is_wanted (call->to) ? cs_radvd_config_render (call->to) : NULL;

  if (config == NULL || !cs_kept_process_is_running (one->kept))
    {
      g_clear_handle_id (&one->pause, g_source_remove);
      cs_kept_process_stop_async (one->kept, on_stopped, call);
      return;
    }
  update (one, call, config);
  cs_step_call_return (call, NULL);
}

static void
radvd_free (gpointer data)
{
  Radvd *self = data;

  g_free (self->runtime_dir);
  g_hash_table_unref (self->advertisers);
  g_free (self);
}

static const CsStepType type = {
  .name = "radvd",
  .flags = CS_STEP_WAITS,
  .apply_async = apply_async,
  .free = radvd_free,
};

CsStep *
cs_radvd_step_new (const char *runtime_dir)
{
  Radvd *self = g_new0 (Radvd, 1);

  self->step = cs_step_new (&type, self);
  self->runtime_dir = g_strdup (runtime_dir);
  self->advertisers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                             (GDestroyNotify)advertiser_free);
  return self->step;
}
