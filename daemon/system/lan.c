/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First what the plan before had by another method is taken back, then the target's
 * method is applied.
 *
 * NetworkManager drops a profile some seconds after the cable was unplugged (or the
 * client at its other end switched off), and the volatile one is gone with it. That is
 * reported as a change, so that the pass that follows activates it again, which it does
 * without a cable too. What a user does to the device is not: who takes it for another
 * profile, or disconnects it, shall have it. */
#include "lan.h"

#include "address-watch.h"
#include "lan-address.h"
#include "lan-profile.h"
#include "lan-settings.h"

#include "dbus/errors.h"

struct _CsLanStep
{
  GObject parent;
  CsNetworkManager *nm; /* (owned) */
  GHashTable *profiles; /* (owned) UUID (owned) -> LAN (owned), of those made by us */
};

static void cs_lan_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsLanStep,
                               cs_lan_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP,
                                                      cs_lan_step_iface_init))

/* One call of apply(). */
typedef struct
{
  const CsSharePlan *from;   /* (nullable) unowned */
  const CsSharePlan *to;     /* (nullable) unowned */
  const CsSharePlan *ending; /* (nullable) unowned: whose profile is just being ended */
} Apply;

static CsLanMethod
method_of (const CsSharePlan *share)
{
  return share != NULL ? share->lan_method : CS_LAN_ABSENT;
}

static void
remember_profile (CsLanStep *self, const CsSharePlan *share)
{
  g_hash_table_insert (self->profiles, cs_lan_profile_uuid (share->lan),
                       g_strdup (share->lan));
}

static void
forget_profile (CsLanStep *self, const CsSharePlan *share)
{
  g_autofree char *uuid = cs_lan_profile_uuid (share->lan);

  g_hash_table_remove (self->profiles, uuid);
}

static void
on_active_removed (CsLanStep *self, NMActiveConnection *active)
{
  NMClient *client = cs_network_manager_get_client (self->nm);
  const char *uuid = nm_active_connection_get_uuid (active);
  const char *lan = uuid != NULL ? g_hash_table_lookup (self->profiles, uuid) : NULL;
  NMDevice *device = lan != NULL ? nm_client_get_device_by_iface (client, lan) : NULL;
  NMDeviceStateReason reason;

  if (device == NULL || nm_device_get_active_connection (device) != NULL)
    return;
  reason = nm_device_get_state_reason (device);
  if (reason != NM_DEVICE_STATE_REASON_USER_REQUESTED
      && reason != NM_DEVICE_STATE_REASON_NEW_ACTIVATION)
    cs_step_emit_changed (CS_STEP (self), lan);
}

/* --- Applying ------------------------------------------------------------------- */

static void proceed (GTask *task);

static void
ignore_news (gpointer user_data)
{
}

static gboolean
has_address (const CsSharePlan *share)
{
  CsAddressWatch *watch = cs_address_watch_new (share->lan_ifindex, share->address,
                                                ignore_news, NULL, NULL);
  gboolean there = watch != NULL && cs_address_watch_is_there (watch);

  g_clear_pointer (&watch, cs_address_watch_free);
  return there;
}

/* Without NetworkManager its profile cannot be ended, but forgotten; and the address that
 * it gave stays. */
static gboolean
apply_without_client (const CsSharePlan *from, const CsSharePlan *to, GError **error)
{
  g_autofree char *uuid = NULL;

  if (to != NULL && has_address (to))
    return TRUE;
  if (to != NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "NetworkManager does not run, and manages \"%s\": start it", to->lan);
      return FALSE;
    }
  uuid = cs_lan_profile_uuid (from->lan);
  cs_lan_settings_forget (uuid);
  return cs_lan_address_apply (from, NULL, error);
}

/* Whether NetworkManager went while it was to end the profile: then the address stays,
 * and one that is started anew takes it for somebody else's. */
static gboolean
is_left_behind (const CsLanStep *self, const CsSharePlan *ended)
{
  NMClient *client = cs_network_manager_get_client (self->nm);

  return ended != NULL && has_address (ended)
         && (ended->found_connection == NULL || !nm_client_get_nm_running (client));
}

static void
on_profile_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Apply *apply = g_task_get_task_data (task);
  const CsSharePlan *ended = g_steal_pointer (&apply->ending);
  g_autoptr (GError) error = NULL;
  gboolean done = cs_lan_profile_apply_finish (result, &error);

  if (is_left_behind (g_task_get_source_object (task), ended))
    {
      g_clear_error (&error);
      done = apply_without_client (ended, NULL, &error);
    }
  if (done)
    proceed (g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes @task, as the following do. */
static void
apply_profile (GTask *task, const CsSharePlan *from, const CsSharePlan *to)
{
  CsLanStep *self = g_task_get_source_object (task);
  Apply *apply = g_task_get_task_data (task);
  NMClient *client = cs_network_manager_get_client (self->nm);
  GError *error = NULL;

  if (to != NULL)
    remember_profile (self, to);
  else
    forget_profile (self, from);
  apply->ending = to == NULL ? from : NULL;

  if (nm_client_get_nm_running (client))
    cs_lan_profile_apply_async (client, from, to, on_profile_applied, task);
  else if (apply_without_client (from, to, &error))
    proceed (task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static void
apply_address (GTask *task, const CsSharePlan *from, const CsSharePlan *to)
{
  GError *error = NULL;

  if (cs_lan_address_apply (from, to, &error))
    {
      proceed (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Either plan may be NULL; they are of the same method. */
static void
apply_method (GTask *task, const CsSharePlan *from, const CsSharePlan *to)
{
  switch (method_of (to != NULL ? to : from))
    {
    case CS_LAN_PROFILE:
      apply_profile (task, from, to);
      return;
    case CS_LAN_ADDRESS:
      apply_address (task, from, to);
      return;
    case CS_LAN_ABSENT:
    case CS_LAN_KEEP:
    default:
      proceed (task);
    }
}

/* Is called again after each part. */
static void
proceed (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);
  const CsSharePlan *from = g_steal_pointer (&apply->from);
  const CsSharePlan *to = apply->to;

  if (from != NULL && (to == NULL || from->lan_method != to->lan_method))
    apply_method (task, from, NULL);
  else if (to != NULL)
    {
      apply->to = NULL;
      apply_method (task, from, to);
    }
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static const char *
cs_lan_step_get_name (CsStep *step)
{
  return "LAN address";
}

static void
cs_lan_step_apply_async (CsStep *step,
                         const CsPlan *plan,
                         const CsSharePlan *from,
                         const CsSharePlan *to,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Apply *apply = g_new0 (Apply, 1);

  apply->from = from;
  apply->to = to;
  g_task_set_source_tag (task, cs_lan_step_apply_async);
  g_task_set_task_data (task, apply, g_free);
  proceed (task);
}

static void
cs_lan_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = cs_lan_step_get_name;
  iface->apply_async = cs_lan_step_apply_async;
}

static void
cs_lan_step_finalize (GObject *object)
{
  CsLanStep *self = CS_LAN_STEP (object);

  g_object_unref (self->nm);
  g_hash_table_unref (self->profiles);
  G_OBJECT_CLASS (cs_lan_step_parent_class)->finalize (object);
}

static void
cs_lan_step_class_init (CsLanStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_lan_step_finalize;
}

static void
cs_lan_step_init (CsLanStep *self)
{
  self->profiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

CsStep *
cs_lan_step_new (CsNetworkManager *nm)
{
  CsLanStep *self = g_object_new (CS_TYPE_LAN_STEP, NULL);

  self->nm = g_object_ref (nm);
  g_signal_connect_object (cs_network_manager_get_client (nm),
                           NM_CLIENT_ACTIVE_CONNECTION_REMOVED,
                           G_CALLBACK (on_active_removed), self, G_CONNECT_SWAPPED);
  return CS_STEP (self);
}
