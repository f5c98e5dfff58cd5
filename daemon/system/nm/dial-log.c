/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listens to the state of every active connection, with its reason, and to devices that
 * become ready for one. */
#include "dial-log.h"

#include "nm-words.h"

#include "core/plan/dial.h"

#define WAS_UP "connshare-was-up"
/* How long journalctl may take. Seconds. */
#define JOURNAL_LIMIT 5

struct _CsDialLog
{
  GObject parent;
  NMClient *client;     /* (owned) */
  GHashTable *outcomes; /* (owned) UUID -> CsDialOutcome */
};

G_DEFINE_FINAL_TYPE (CsDialLog, cs_dial_log, G_TYPE_OBJECT)

static guint changed_signal;

static void
outcome_free (gpointer data)
{
  CsDialOutcome *outcome = data;

  g_free (outcome->failure);
  g_free (outcome);
}

static void
cs_dial_log_finalize (GObject *object)
{
  CsDialLog *self = CS_DIAL_LOG (object);

  g_object_unref (self->client);
  g_hash_table_unref (self->outcomes);
  G_OBJECT_CLASS (cs_dial_log_parent_class)->finalize (object);
}

static void
cs_dial_log_class_init (CsDialLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_dial_log_finalize;
  changed_signal = g_signal_new ("changed", CS_TYPE_DIAL_LOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_dial_log_init (CsDialLog *self)
{
  self->outcomes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, outcome_free);
}

static void
put (CsDialLog *self, const char *uuid, const char *failure, gboolean hung_up)
{
  CsDialOutcome *outcome = g_new0 (CsDialOutcome, 1);

  outcome->failed_at = failure != NULL ? g_get_monotonic_time () : 0;
  outcome->failure = g_strdup (failure);
  outcome->hung_up = hung_up;
  g_hash_table_replace (self->outcomes, g_strdup (uuid), outcome);
  g_signal_emit (self, changed_signal, 0);
}

/* --- What pppd said --------------------------------------------------------------- */

typedef struct
{
  GWeakRef log;        /* of CsDialLog */
  char *uuid;          /* (owned) of the profile that failed ... */
  gint64 failed_at;    /* ... then */
  GCancellable *limit; /* (owned) */
} Inquiry;

static void
inquiry_free (Inquiry *inquiry)
{
  g_weak_ref_clear (&inquiry->log);
  g_object_unref (inquiry->limit);
  g_free (inquiry->uuid);
  g_free (inquiry);
}

static void
note_words (CsDialLog *self, const Inquiry *inquiry, const char *words)
{
  CsDialOutcome *outcome = g_hash_table_lookup (self->outcomes, inquiry->uuid);

  if (outcome == NULL || outcome->failed_at != inquiry->failed_at)
    return;
  g_free (outcome->failure);
  outcome->failure = g_strdup (words);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_lines (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *journal = G_SUBPROCESS (source);
  Inquiry *inquiry = user_data;
  g_autoptr (CsDialLog) self = g_weak_ref_get (&inquiry->log);
  g_autofree char *lines = NULL;
  const char *words = NULL;

  if (!g_subprocess_communicate_utf8_finish (journal, result, &lines, NULL, NULL))
    g_subprocess_force_exit (journal);
  else if (lines != NULL)
    words = cs_dial_words_of_pppd (lines);
  if (words != NULL && self != NULL)
    note_words (self, inquiry, words);
  inquiry_free (inquiry);
}

static gboolean
on_limit (gpointer limit)
{
  g_cancellable_cancel (limit);
  return G_SOURCE_REMOVE;
}

/* NetworkManager only knows that pppd has ended. */
static void
ask_journal (CsDialLog *self, const char *uuid)
{
  g_autoptr (GSubprocess) journal = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
      "journalctl", "--quiet", "--boot", "--identifier=pppd", "--output=cat",
      "--since=-2min", "--lines=50", NULL);
  CsDialOutcome *outcome = g_hash_table_lookup (self->outcomes, uuid);
  Inquiry *inquiry;

  outcome->ppp = TRUE;
  if (journal == NULL)
    return;
  inquiry = g_new0 (Inquiry, 1);
  g_weak_ref_init (&inquiry->log, self);
  inquiry->uuid = g_strdup (uuid);
  inquiry->failed_at = outcome->failed_at;
  inquiry->limit = g_cancellable_new ();
  g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, JOURNAL_LIMIT, on_limit,
                              g_object_ref (inquiry->limit), g_object_unref);
  g_subprocess_communicate_utf8_async (journal, NULL, inquiry->limit, on_lines, inquiry);
}

/* --- What NetworkManager says ----------------------------------------------------- */

/* NetworkManager reports it for the device or, as a VPN has none, for the VPN. */
static gboolean
is_by_user (NMActiveConnection *active, guint reason)
{
  const GPtrArray *devices = nm_active_connection_get_devices (active);

  return reason == NM_ACTIVE_CONNECTION_STATE_REASON_USER_DISCONNECTED
         || (devices->len > 0 && !nm_active_connection_get_vpn (active)
             && nm_device_get_state_reason (devices->pdata[0])
                    == NM_DEVICE_STATE_REASON_USER_REQUESTED);
}

static gboolean
has_ppp (NMActiveConnection *active)
{
  const GPtrArray *devices = nm_active_connection_get_devices (active);

  return devices->len > 0
         && cs_nm_is_ppp (nm_device_get_state_reason (devices->pdata[0]));
}

/* A connection that was up is lost, or hung up if the user ended it; that reason comes
 * when it starts to go down. One that was not up has failed, whoever ended it. */
static void
on_state (NMActiveConnection *active, guint state, guint reason, CsDialLog *self)
{
  const char *uuid = nm_active_connection_get_uuid (active);
  gboolean by_user = is_by_user (active, reason);
  gboolean was_up = g_object_get_data (G_OBJECT (active), WAS_UP) != NULL;
  g_autofree char *words = NULL;

  if (uuid == NULL)
    return;
  if (state == NM_ACTIVE_CONNECTION_STATE_ACTIVATED)
    {
      g_object_set_data (G_OBJECT (active), WAS_UP, self);
      if (g_hash_table_remove (self->outcomes, uuid))
        g_signal_emit (self, changed_signal, 0);
    }
  else if (state >= NM_ACTIVE_CONNECTION_STATE_DEACTIVATING && by_user)
    put (self, uuid, NULL, TRUE);
  else if (state == NM_ACTIVE_CONNECTION_STATE_DEACTIVATED && !was_up)
    {
      words = cs_nm_words_of_active (active, reason);
      put (self, uuid, words, FALSE);
      if (has_ppp (active))
        ask_journal (self, uuid);
    }
}

/* What failed because this device, its cable or its card was missing may work now. */
static void
forget_failures (CsDialLog *self, NMDevice *device)
{
  GHashTableIter iter;
  gpointer uuid, value;
  gboolean forgotten = FALSE;

  g_hash_table_iter_init (&iter, self->outcomes);
  while (g_hash_table_iter_next (&iter, &uuid, &value))
    {
      const CsDialOutcome *outcome = value;
      NMRemoteConnection *profile = nm_client_get_connection_by_uuid (self->client, uuid);

      if (outcome->failure == NULL || profile == NULL
          || !nm_device_connection_compatible (device, NM_CONNECTION (profile), NULL))
        continue;
      g_hash_table_iter_remove (&iter);
      forgotten = TRUE;
    }
  if (forgotten)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_device_state (NMDevice *device, guint state, guint old, guint reason, CsDialLog *self)
{
  if (state == NM_DEVICE_STATE_DISCONNECTED && old <= NM_DEVICE_STATE_UNAVAILABLE)
    forget_failures (self, device);
}

static void
on_device_added (CsDialLog *self, NMDevice *device)
{
  g_signal_connect_object (device, "state-changed", G_CALLBACK (on_device_state), self,
                           0);
  if (nm_device_get_state (device) == NM_DEVICE_STATE_DISCONNECTED)
    forget_failures (self, device);
}

static void
on_added (CsDialLog *self, NMActiveConnection *active)
{
  if (nm_active_connection_get_state (active) == NM_ACTIVE_CONNECTION_STATE_ACTIVATED)
    g_object_set_data (G_OBJECT (active), WAS_UP, self);
  g_signal_connect_object (active, "state-changed", G_CALLBACK (on_state), self, 0);
}

CsDialLog *
cs_dial_log_new (NMClient *client)
{
  CsDialLog *self = g_object_new (CS_TYPE_DIAL_LOG, NULL);
  const GPtrArray *actives = nm_client_get_active_connections (client);
  const GPtrArray *devices = nm_client_get_devices (client);

  self->client = g_object_ref (client);
  for (guint i = 0; i < actives->len; i++)
    on_added (self, actives->pdata[i]);
  for (guint i = 0; i < devices->len; i++)
    on_device_added (self, devices->pdata[i]);
  g_signal_connect_object (client, NM_CLIENT_DEVICE_ADDED, G_CALLBACK (on_device_added),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, NM_CLIENT_ACTIVE_CONNECTION_ADDED,
                           G_CALLBACK (on_added), self, G_CONNECT_SWAPPED);
  return self;
}

void
cs_dial_log_add_failure (CsDialLog *self, const char *uuid, const char *failure)
{
  put (self, uuid, failure, FALSE);
}

void
cs_dial_log_forget (CsDialLog *self, const char *uuid)
{
  g_hash_table_remove (self->outcomes, uuid);
}

const CsDialOutcome *
cs_dial_log_find (CsDialLog *self, const char *uuid)
{
  return g_hash_table_lookup (self->outcomes, uuid);
}
