/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First takes back what the previous plan had by another method, then applies the
 * target's method.
 *
 * NetworkManager drops a profile some seconds after the cable was unplugged (or the
 * client at its other end switched off), and a volatile one is then gone. That is
 * reported as a change, so that the next pass activates it again, which works without a
 * cable too. What a user does to the device is not reported: whoever uses it for another
 * profile, or disconnects it, may have it. */
#include "lan.h"

#include "address-watch.h"
#include "lan-address.h"
#include "lan-external.h"
#include "lan-profile.h"
#include "lan-settings.h"

#include "base/log.h"
#include "dbus/errors.h"

#include <net/if.h>

typedef struct
{
  CsStep *step;     /* unowned: it owns this */
  NMClient *client; /* (owned) */
  gulong added;     /* of its signals */
  gulong removed;
  GHashTable *profiles; /* (owned) UUID (owned) -> LAN (owned), of those made by us */
  GHashTable *left; /* (owned) LAN (owned by the value) -> CsSharePlan (owned), of shares
                       that ended without NetworkManager */
} Lan;

/* What is left to do of a call, which has these plans. */
typedef struct
{
  const CsSharePlan *from;   /* (nullable) */
  const CsSharePlan *to;     /* (nullable) */
  const CsSharePlan *ending; /* (nullable) whose profile is just being ended */
} Rest;

static CsLanMethod
method_of (const CsSharePlan *share)
{
  return share != NULL ? share->lan_method : CS_LAN_METHOD_ABSENT;
}

static void
remember_profile (Lan *self, const CsSharePlan *share)
{
  g_hash_table_insert (self->profiles, cs_lan_settings_uuid (share->lan),
                       g_strdup (share->lan));
}

static void
remember_left (Lan *self, const CsSharePlan *share)
{
  g_hash_table_replace (self->left, share->lan, cs_share_plan_ref ((CsSharePlan *)share));
}

static void
forget_profile (Lan *self, const CsSharePlan *share)
{
  g_autofree char *uuid = cs_lan_settings_uuid (share->lan);

  g_hash_table_remove (self->profiles, uuid);
}

static void
on_active_removed (NMClient *client, NMActiveConnection *active, gpointer user_data)
{
  Lan *self = user_data;
  const char *uuid = nm_active_connection_get_uuid (active);
  const char *lan = uuid != NULL ? g_hash_table_lookup (self->profiles, uuid) : NULL;
  NMDevice *device = lan != NULL ? nm_client_get_device_by_iface (client, lan) : NULL;
  NMDeviceStateReason reason;

  if (device == NULL || nm_device_get_active_connection (device) != NULL)
    return;
  reason = nm_device_get_state_reason (device);
  if (reason != NM_DEVICE_STATE_REASON_USER_REQUESTED
      && reason != NM_DEVICE_STATE_REASON_NEW_ACTIVATION)
    cs_step_changed (self->step, lan);
}

static void
on_left_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSharePlan) share = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    cs_message (share->lan, "%s", error->message);
}

/* NetworkManager was starting when the share ended without it, and had read what the
 * device no longer has: the share's profile, or an address. */
static void
end_left (Lan *self, NMActiveConnection *active, CsSharePlan *share)
{
  g_autofree char *uuid = cs_lan_settings_uuid (share->lan);

  if (g_strcmp0 (nm_active_connection_get_uuid (active), uuid) == 0)
    cs_lan_profile_apply_async (self->client, share, NULL, on_left_ended,
                                cs_share_plan_ref (share));
  else
    cs_lan_external_end_async (self->client, share, on_left_ended,
                               cs_share_plan_ref (share));
}

static void
on_active_added (NMClient *client, NMActiveConnection *active, gpointer user_data)
{
  Lan *self = user_data;
  GHashTableIter iter;
  gpointer share;

  g_hash_table_iter_init (&iter, self->left);
  while (g_hash_table_iter_next (&iter, NULL, &share))
    {
      NMDevice *device
          = nm_client_get_device_by_iface (client, ((CsSharePlan *)share)->lan);

      if (device == NULL || nm_device_get_active_connection (device) != active)
        continue;
      end_left (self, active, share);
      g_hash_table_iter_remove (&iter);
    }
}

/* --- Applying ------------------------------------------------------------------- */

static void proceed (CsStepCall *call, GError *error);

static void
ignore_news (gpointer user_data)
{
}

static CsAddressWatch *
watch_address (const CsSharePlan *share)
{
  return cs_address_watch_new (share->lan_ifindex, share->address, ignore_news, NULL,
                               NULL);
}

static gboolean
has_address (const CsSharePlan *share)
{
  g_autoptr (CsAddressWatch) watch = watch_address (share);

  return watch != NULL && cs_address_watch_is_there (watch);
}

static gboolean
has_lost_address (const CsSharePlan *share)
{
  g_autoptr (CsAddressWatch) watch = watch_address (share);

  return watch != NULL && cs_address_watch_is_gone (watch);
}

/* Whether NetworkManager is there and has not reported anything yet: every link is a
 * device of it. */
static gboolean
is_silent (NMClient *client, const CsSharePlan *share)
{
  return nm_client_get_nm_running (client) && nm_client_get_devices (client)->len == 0
         && if_nametoindex (share->lan) != 0;
}

/* Without NetworkManager, its profile cannot be ended, only forgotten; and the address
 * that it set stays. */
static gboolean
apply_without_client (Lan *self,
                      const CsSharePlan *from,
                      const CsSharePlan *to,
                      GError **error)
{
  g_autofree char *uuid = NULL;

  if (to != NULL && has_address (to))
    return TRUE;
  if (to != NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "NetworkManager manages \"%s\" but is not running: start it", to->lan);
      return FALSE;
    }
  remember_left (self, from);
  uuid = cs_lan_settings_uuid (from->lan);
  return cs_lan_settings_forget (uuid, error) && cs_lan_address_apply (from, NULL, error);
}

/* Whether NetworkManager quit, or hangs, when it should have ended the profile: then the
 * address stays, and a restarted NetworkManager takes it for somebody else's. @done: it
 * said that it would end the profile; if it could not be asked, that is tried again. */
static gboolean
is_left_behind (NMClient *client, const CsSharePlan *ended, gboolean done)
{
  if (ended == NULL)
    return FALSE;
  if (nm_client_get_nm_running (client) && (!done || ended->found_connection != NULL))
    return FALSE;
  return !has_lost_address (ended);
}

static void
on_profile_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  Lan *self = call->step->self;
  Rest *rest = call->state;
  const CsSharePlan *ended = g_steal_pointer (&rest->ending);
  GError *error = NULL;
  gboolean done = cs_lan_profile_apply_finish (result, &error);

  if (is_left_behind (self->client, ended, done))
    {
      g_clear_error (&error);
      apply_without_client (self, ended, NULL, &error);
    }
  proceed (call, error);
}

static void
apply_profile (CsStepCall *call, const CsSharePlan *from, const CsSharePlan *to)
{
  Lan *self = call->step->self;
  Rest *rest = call->state;
  GError *error = NULL;

  if (to != NULL)
    remember_profile (self, to);
  else
    forget_profile (self, from);
  rest->ending = to == NULL ? from : NULL;

  if (is_silent (self->client, to != NULL ? to : from))
    g_set_error (&error, CS_ERROR, CS_ERROR_TIMEOUT,
                 "NetworkManager manages \"%s\" but does not answer: restart it",
                 cs_step_call_lan (call));
  else if (nm_client_get_nm_running (self->client))
    {
      cs_lan_profile_apply_async (self->client, from, to, on_profile_applied, call);
      return;
    }
  else
    apply_without_client (self, from, to, &error);
  proceed (call, error);
}

static void
on_external_ended (GObject *source, GAsyncResult *result, gpointer call)
{
  GError *error = NULL;

  cs_lan_external_end_finish (result, &error);
  proceed (call, error);
}

static void
apply_address (CsStepCall *call, const CsSharePlan *from, const CsSharePlan *to)
{
  Lan *self = call->step->self;
  GError *error = NULL;
  gboolean ended
      = cs_lan_address_apply (from, to, &error) && to == NULL && !from->found_address;

  if (ended && !nm_client_get_nm_running (self->client))
    remember_left (self, from);
  if (ended && nm_client_get_nm_running (self->client))
    cs_lan_external_end_async (self->client, from, on_external_ended, call);
  else
    proceed (call, error);
}

/* Either plan may be NULL; both have the same method. */
static void
apply_method (CsStepCall *call, const CsSharePlan *from, const CsSharePlan *to)
{
  switch (method_of (to != NULL ? to : from))
    {
    case CS_LAN_METHOD_PROFILE:
      apply_profile (call, from, to);
      return;
    case CS_LAN_METHOD_ADDRESS:
      apply_address (call, from, to);
      return;
    case CS_LAN_METHOD_ABSENT:
    case CS_LAN_METHOD_KEEP:
    default:
      proceed (call, NULL);
    }
}

/* Is called again after each part, with its @error (nullable). */
static void
proceed (CsStepCall *call, GError *error)
{
  Rest *rest = call->state;
  const CsSharePlan *from = g_steal_pointer (&rest->from);
  const CsSharePlan *to = rest->to;

  if (error == NULL && from != NULL && (to == NULL || from->lan_method != to->lan_method))
    apply_method (call, from, NULL);
  else if (error == NULL && to != NULL)
    {
      rest->to = NULL;
      apply_method (call, from, to);
    }
  else
    cs_step_call_return (call, error);
}

static void
apply_async (gpointer self, CsStepCall *call)
{
  Rest *rest = g_new0 (Rest, 1);

  g_hash_table_remove (((Lan *)self)->left, cs_step_call_lan (call));
  rest->from = call->from;
  rest->to = call->to;
  call->state = rest;
  call->free_state = g_free;
  proceed (call, NULL);
}

static void
lan_free (gpointer data)
{
  Lan *self = data;

  g_clear_signal_handler (&self->removed, self->client);
  g_clear_signal_handler (&self->added, self->client);
  g_object_unref (self->client);
  g_hash_table_unref (self->profiles);
  g_hash_table_unref (self->left);
  g_free (self);
}

static const CsStepType type = {
  .name = "LAN address",
  .flags = CS_STEP_WAITS,
  .apply_async = apply_async,
  .free = lan_free,
};

CsStep *
cs_lan_step_new (CsNetworkManager *nm)
{
  Lan *self = g_new0 (Lan, 1);

  self->step = cs_step_new (&type, self);
  self->client = g_object_ref (cs_network_manager_get_client (nm));
  self->profiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->removed = g_signal_connect (self->client, NM_CLIENT_ACTIVE_CONNECTION_REMOVED,
                                    G_CALLBACK (on_active_removed), self);
  self->left = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                      (GDestroyNotify)cs_share_plan_unref);
  self->added = g_signal_connect (self->client, NM_CLIENT_ACTIVE_CONNECTION_ADDED,
                                  G_CALLBACK (on_active_added), self);
  return self->step;
}
