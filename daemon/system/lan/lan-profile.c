/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting: add and activate the profile, in one call, and be done as soon as the kernel
 * has the address. NetworkManager then runs its dispatcher scripts, and on a device
 * without a cable waits for seconds; none of that matters to a share.
 * Ending: activate what was found, or deactivate ours, and be done when the device has
 * settled and the profile is gone.
 *
 * In between, both only watch: every signal leads to the same question, are we there
 * yet. */
#include "lan-profile.h"

#include "address-watch.h"
#include "lan-settings.h"

#include "base/log.h"
#include "dbus/errors.h"
#include "system/netlink/link.h"
#include "system/nm/network-manager.h"
#include "system/nm/nm-words.h"

/* Seconds. An address takes a few milliseconds, an access point a second or two, but slow
 * ones take many. */
#define START_LIMIT   10
#define HOTSPOT_LIMIT 40
#define END_LIMIT     2 /* seconds; then what was found is left to come up by itself */

typedef struct
{
  NMClient *client;           /* (owned) */
  const CsSharePlan *from;    /* (nullable) unowned */
  const CsSharePlan *to;      /* (nullable) unowned */
  char *uuid;                 /* (owned) of our profile */
  NMDevice *device;           /* (owned) (nullable) */
  CsAddressWatch *watch;      /* (owned) (nullable) for the address that comes or goes */
  NMActiveConnection *active; /* (owned) (nullable) ours, or what was found, starting */
  GTask *waiting;             /* (owned) (nullable) from await_end() on */
  guint limit;                /* timeout source, or 0 */
  gboolean was_off;           /* somebody had switched off the device's link, which
                                 NetworkManager ignores */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->client);
  g_free (call->uuid);
  g_clear_object (&call->device);
  g_clear_object (&call->active);
  g_clear_pointer (&call->watch, cs_address_watch_free);
  g_free (call);
}

static NMActiveConnection *
find_active (const Call *call)
{
  const GPtrArray *all = nm_client_get_active_connections (call->client);

  for (guint i = 0; i < all->len; i++)
    {
      NMActiveConnection *active = g_ptr_array_index (all, i);

      if (g_strcmp0 (nm_active_connection_get_uuid (active), call->uuid) == 0
          && cs_nm_is_alive (active))
        return active;
    }
  return NULL;
}

/* What was active before, if it still exists. */
static NMRemoteConnection *
get_found (const Call *call, const CsSharePlan *share)
{
  if (share->found_connection == NULL)
    return NULL;
  return nm_client_get_connection_by_uuid (call->client, share->found_connection);
}

/* --- Waiting -------------------------------------------------------------------- */

/* An address that is there before NetworkManager configures the device belongs to an
 * earlier profile, and is about to go. And libnm must know the new profile: a snapshot
 * that still saw the old one would look as if the user had just activated it. */
static gboolean
is_started (const Call *call)
{
  NMDeviceState state = nm_device_get_state (call->device);

  return state >= NM_DEVICE_STATE_IP_CONFIG && state <= NM_DEVICE_STATE_ACTIVATED
         && nm_device_get_active_connection (call->device) == call->active
         && cs_address_watch_is_there (call->watch);
}

static gboolean
is_ended (const Call *call)
{
  if (nm_client_get_connection_by_uuid (call->client, call->uuid) != NULL)
    return FALSE;
  /* It may take its time from here on; but libnm must list it for the device, where the
   * next plan looks for what it finds. */
  if (cs_nm_is_alive (call->active))
    return nm_device_get_active_connection (call->device) == call->active;
  return (call->active == NULL
          || nm_active_connection_get_state (call->active)
                 == NM_ACTIVE_CONNECTION_STATE_DEACTIVATED)
         && cs_address_watch_is_gone (call->watch)
         && (call->device == NULL
             || nm_device_get_state (call->device) != NM_DEVICE_STATE_DEACTIVATING);
}

/* Ends the waiting. The task, and with it the call, may be gone afterwards. */
static void
end_wait (Call *call, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&call->waiting);

  g_clear_handle_id (&call->limit, g_source_remove);
  g_signal_handlers_disconnect_by_data (call->client, call);
  if (call->device != NULL)
    g_signal_handlers_disconnect_by_data (call->device, call);
  if (call->active != NULL)
    g_signal_handlers_disconnect_by_data (call->active, call);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
look (gpointer user_data)
{
  Call *call = user_data;
  g_autofree char *words = NULL;

  if (call->waiting == NULL)
    return;
  if (call->to == NULL)
    {
      if (is_ended (call))
        end_wait (call, NULL);
      return;
    }
  if (is_started (call))
    {
      end_wait (call, NULL);
      return;
    }
  if (nm_active_connection_get_state (call->active)
      != NM_ACTIVE_CONNECTION_STATE_DEACTIVATED)
    return;
  words = cs_nm_words_of_device (nm_device_get_state_reason (call->device));
  end_wait (call, g_error_new (
                      CS_ERROR, CS_ERROR_FAILED,
                      "NetworkManager did not set up \"%s\": %s; its journal has more%s",
                      call->to->lan, words,
                      call->to->hotspot.ssid == NULL
                          ? ""
                          : ", and another channel, or the security wpa2, may be what "
                            "the driver can do"));
}

static int
limit_of (const Call *call)
{
  if (call->to == NULL)
    return END_LIMIT;
  return call->to->hotspot.ssid != NULL ? HOTSPOT_LIMIT : START_LIMIT;
}

static gboolean
on_limit (gpointer user_data)
{
  Call *call = user_data;

  call->limit = 0;
  if (call->to == NULL)
    end_wait (call, NULL);
  else
    end_wait (call, g_error_new (CS_ERROR, CS_ERROR_TIMEOUT,
                                 "NetworkManager did not set up \"%s\" within %d s; its "
                                 "journal may say why",
                                 call->to->lan, limit_of (call)));
  return G_SOURCE_REMOVE;
}

static void
await_end (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  call->waiting = task;
  call->limit = g_timeout_add_seconds (limit_of (call), on_limit, call);
  g_signal_connect_swapped (call->client, "notify", G_CALLBACK (look), call);
  if (call->device != NULL)
    {
      g_signal_connect_swapped (call->device, "notify::" NM_DEVICE_STATE,
                                G_CALLBACK (look), call);
      g_signal_connect_swapped (call->device, "notify::" NM_DEVICE_ACTIVE_CONNECTION,
                                G_CALLBACK (look), call);
    }
  if (call->active != NULL)
    g_signal_connect_swapped (call->active, "notify::" NM_ACTIVE_CONNECTION_STATE,
                              G_CALLBACK (look), call);
  look (call);
}

/* --- Starting ------------------------------------------------------------------- */

static void
on_activated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  call->active = nm_client_add_and_activate_connection2_finish (NM_CLIENT (source),
                                                                result, NULL, &error);
  if (call->active != NULL)
    {
      await_end (g_steal_pointer (&task));
      return;
    }
  g_dbus_error_strip_remote_error (error);
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "NetworkManager refused to set up \"%s\": %s", call->to->lan,
                           error->message);
}

static void
activate (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  NMRemoteConnection *found = get_found (call, call->to);
  g_autoptr (NMConnection) profile = cs_lan_settings_new (
      call->to, call->uuid, call->device, found != NULL ? NM_CONNECTION (found) : NULL);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "persist", "s", "volatile");
  nm_client_add_and_activate_connection2 (call->client, profile, call->device, NULL,
                                          g_variant_dict_end (&options), NULL,
                                          on_activated, task);
}

/* If it could not be deleted, NetworkManager was already doing so. */
static void
on_old_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  nm_remote_connection_delete_finish (NM_REMOTE_CONNECTION (source), result, NULL);
  activate (user_data);
}

/* A profile that has lost its device, and that NetworkManager may be about to drop, is in
 * the way: there can be only one with its UUID. */
static void
replace (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  NMRemoteConnection *profile
      = nm_client_get_connection_by_uuid (call->client, call->uuid);

  g_clear_object (&call->active);
  if (profile != NULL)
    nm_remote_connection_delete_async (profile, NULL, on_old_deleted, task);
  else
    activate (task);
}

static void
on_reapplied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (nm_device_reapply_finish (NM_DEVICE (source), result, NULL))
    await_end (user_data);
  else
    replace (user_data);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  const Call *call = g_task_get_task_data (user_data);
  g_autoptr (GVariant) reply
      = nm_remote_connection_update2_finish (NM_REMOTE_CONNECTION (source), result, NULL);

  if (reply != NULL)
    nm_device_reapply_async (call->device, NULL, 0, 0, NULL, on_reapplied, user_data);
  else
    replace (user_data);
}

/* The profile is active: gives it the address of the plan, in place. */
static void
change (GTask *task, NMRemoteConnection *profile)
{
  const Call *call = g_task_get_task_data (task);
  g_autoptr (NMConnection) changed
      = cs_lan_settings_change (NM_CONNECTION (profile), call->to);

  nm_remote_connection_update2 (
      profile, nm_connection_to_dbus (changed, NM_CONNECTION_SERIALIZE_ALL),
      NM_SETTINGS_UPDATE2_FLAG_IN_MEMORY | NM_SETTINGS_UPDATE2_FLAG_VOLATILE, NULL, NULL,
      on_changed, task);
}

/* Whether what is active may stay, whatever its address becomes. An access point cannot
 * be changed in place. It is also restarted when its address changes: its clients lose
 * the link and get it back, which makes them ask for an address again. */
static gboolean
is_same_link (const Call *call)
{
  const CsHotspot *to = &call->to->hotspot;

  return to->ssid == NULL
         || (!call->was_off && call->from != NULL
             && cs_hotspot_equal (&call->from->hotspot, to)
             && cs_cidr_equal (call->from->address, call->to->address));
}

static void
start (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  NMActiveConnection *active = is_same_link (call) ? find_active (call) : NULL;
  NMRemoteConnection *profile
      = nm_client_get_connection_by_uuid (call->client, call->uuid);

  if (active != NULL && cs_address_watch_is_there (call->watch))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (active != NULL && profile != NULL)
    {
      call->active = g_object_ref (active);
      change (task, profile);
    }
  else
    replace (task);
}

/* --- Ending --------------------------------------------------------------------- */

static void
on_deactivated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean done
      = NM_IS_DEVICE (source)
            ? nm_device_disconnect_finish (NM_DEVICE (source), result, &error)
            : nm_client_deactivate_connection_finish (NM_CLIENT (source), result, &error);

  if (done || find_active (call) == NULL)
    {
      await_end (g_steal_pointer (&task));
      return;
    }
  g_dbus_error_strip_remote_error (error);
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "NetworkManager did not put \"%s\" back: %s", call->from->lan,
                           error->message);
}

static void
deactivate (GTask *task)
{
  const Call *call = g_task_get_task_data (task);
  NMActiveConnection *active = find_active (call);
  NMRemoteConnection *profile
      = nm_client_get_connection_by_uuid (call->client, call->uuid);

  if (active == NULL)
    await_end (task);
  else if (call->device != NULL && profile != NULL
           && cs_lan_settings_was_idle (NM_CONNECTION (profile)))
    nm_device_disconnect_async (call->device, NULL, on_deactivated, task);
  else
    nm_client_deactivate_connection_async (call->client, active, NULL, on_deactivated,
                                           task);
}

static void
on_found_activated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = g_task_get_task_data (user_data);
  g_autoptr (GError) error = NULL;

  call->active
      = nm_client_activate_connection_finish (NM_CLIENT (source), result, &error);
  if (call->active != NULL)
    {
      await_end (user_data);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  cs_message (call->from->lan,
              "cannot activate the profile %s, which was active before: %s",
              call->from->found_connection, error->message);
  deactivate (user_data);
}

/* (nullable) What is active on the device, or coming up there, and is not ours. */
static NMActiveConnection *
get_other (const Call *call)
{
  NMActiveConnection *active
      = call->device != NULL ? nm_device_get_active_connection (call->device) : NULL;

  if (active == NULL
      || g_strcmp0 (nm_active_connection_get_uuid (active), call->uuid) == 0)
    return NULL;
  return active;
}

/* Whether a profile can be activated there: not while networking is off, or a Wi-Fi
 * device has no supplicant. */
static gboolean
is_available (NMDevice *device)
{
  NMDeviceState state = nm_device_get_state (device);

  return state > NM_DEVICE_STATE_UNAVAILABLE
         || (state == NM_DEVICE_STATE_UNAVAILABLE && !NM_IS_DEVICE_WIFI (device));
}

/* A profile other than ours on the device is somebody's choice, and stays; or it is the
 * one that was found, activated by a service that was killed meanwhile. */
static void
end (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  NMRemoteConnection *found = get_found (call, call->from);
  NMActiveConnection *other = get_other (call);

  if (other != NULL && found != NULL
      && g_strcmp0 (nm_active_connection_get_uuid (other), call->from->found_connection)
             == 0)
    {
      call->active = g_object_ref (other);
      await_end (task);
    }
  else if (other != NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (found != NULL && call->device != NULL && is_available (call->device))
    nm_client_activate_connection_async (call->client, NM_CONNECTION (found),
                                         call->device, NULL, NULL, on_found_activated,
                                         task);
  else
    deactivate (task);
}

void
cs_lan_profile_apply_async (NMClient *client,
                            const CsSharePlan *from,
                            const CsSharePlan *to,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  const CsSharePlan *share = to != NULL ? to : from;
  Call *call = g_new0 (Call, 1);
  GError *error = NULL;

  call->client = g_object_ref (client);
  call->from = from;
  call->to = to;
  call->uuid = cs_lan_settings_uuid (share->lan);
  g_set_object (&call->device, nm_client_get_device_by_iface (client, share->lan));
  call->was_off = to != NULL && cs_link_is_off (to->lan);
  call->watch
      = cs_address_watch_new (share->lan_ifindex, share->address, look, call, &error);
  g_task_set_source_tag (task, cs_lan_profile_apply_async);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);

  if (call->watch == NULL)
    g_task_return_error (task, error);
  else if (to == NULL)
    end (g_steal_pointer (&task));
  else if (call->device == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NO_SUCH_DEVICE,
                             "NetworkManager has no device \"%s\"", to->lan);
  else if (call->was_off && !cs_link_switch_on (to->lan_ifindex, to->lan, &error))
    g_task_return_error (task, error);
  else
    start (g_steal_pointer (&task));
}

gboolean
cs_lan_profile_apply_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
