/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm_client_activate_connection_async (), unless the profile is coming up already, on a
 * device that is not a LAN. */
#include "dial.h"

#include "base/log.h"
#include "core/plan/dial.h"

#include <string.h>

typedef struct
{
  CsNetworkManager *nm; /* (owned) */
  GHashTable *dialing;  /* (owned) set of UUIDs: requested, and not answered yet */
} Dial;

typedef struct
{
  CsStep *step; /* (owned) */
  char *uuid;   /* (owned) */
} Order;

/* A sentence of NetworkManager's as a part of ours: without the full stop, and without
 * what it says in brackets about some arbitrary device that did not fit. */
static char *
words_of_nm (const GError *error)
{
  g_auto (GStrv) parts = g_strsplit (error->message, " (device ", 2);
  char *words = g_strdup (parts[0]);

  if (g_str_has_suffix (words, "."))
    words[strlen (words) - 1] = '\0';
  return words;
}

static void
on_activated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Order *order = user_data;
  Dial *self = order->step->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (NMActiveConnection) active
      = nm_client_activate_connection_finish (NM_CLIENT (source), result, &error);

  g_hash_table_remove (self->dialing, order->uuid);
  if (active == NULL)
    {
      g_autofree char *words = NULL;

      g_dbus_error_strip_remote_error (error);
      words = words_of_nm (error);
      cs_dial_log_add_failure (cs_network_manager_get_dial_log (self->nm), order->uuid,
                               words);
    }
  g_free (order->uuid);
  cs_step_unref (order->step);
  g_free (order);
}

static gboolean
is_on_its_way (Dial *self, NMClient *client, const char *uuid)
{
  const GPtrArray *actives = nm_client_get_active_connections (client);

  for (guint i = 0; i < actives->len; i++)
    if (g_strcmp0 (nm_active_connection_get_uuid (actives->pdata[i]), uuid) == 0
        && nm_active_connection_get_state (actives->pdata[i])
               <= NM_ACTIVE_CONNECTION_STATE_ACTIVATED)
      return TRUE;
  return g_hash_table_contains (self->dialing, uuid);
}

/* Whether NetworkManager only watches what somebody else does with @device. */
static gboolean
is_external (NMDevice *device)
{
  NMActiveConnection *active = nm_device_get_active_connection (device);

  return active != NULL
         && (nm_active_connection_get_state_flags (active)
             & NM_ACTIVATION_STATE_FLAG_EXTERNAL);
}

/* Those that fit @profile, of CsDialDevice. */
static GArray *
list_devices (NMClient *client, NMConnection *profile)
{
  const GPtrArray *all = nm_client_get_devices (client);
  GArray *devices = g_array_new (FALSE, FALSE, sizeof (CsDialDevice));

  for (guint i = 0; i < all->len; i++)
    {
      NMDevice *device = all->pdata[i];
      NMDeviceState state = nm_device_get_state (device);
      const CsDialDevice fitting = {
        .name = nm_device_get_iface (device),
        .usable = state >= NM_DEVICE_STATE_DISCONNECTED && !is_external (device),
        .free = state == NM_DEVICE_STATE_DISCONNECTED,
      };

      if (fitting.name != NULL && nm_device_connection_compatible (device, profile, NULL))
        g_array_append_val (devices, fitting);
    }
  return devices;
}

static void
activate (CsStep *step, NMClient *client, NMConnection *profile, const char *device)
{
  Dial *self = step->self;
  const char *uuid = nm_connection_get_uuid (profile);
  Order *order = g_new (Order, 1);

  cs_dial_log_forget (cs_network_manager_get_dial_log (self->nm), uuid);
  g_hash_table_add (self->dialing, g_strdup (uuid));
  order->step = cs_step_ref (step);
  order->uuid = g_strdup (uuid);
  nm_client_activate_connection_async (
      client, profile,
      device != NULL ? nm_client_get_device_by_iface (client, device) : NULL, NULL, NULL,
      on_activated, order);
}

static void
dial (CsStep *step, const CsPlan *plan, const CsSharePlan *share)
{
  Dial *self = step->self;
  NMClient *client = cs_network_manager_get_client (self->nm);
  NMRemoteConnection *remote = nm_client_get_connection_by_uuid (client, share->dial);
  NMConnection *profile = NM_CONNECTION (remote);
  g_autoptr (GArray) devices = NULL;
  g_autofree char *failure = NULL;
  const char *device, *lan;

  if (remote == NULL || is_on_its_way (self, client, share->dial))
    return;
  devices = list_devices (client, profile);
  if (cs_dial_choose (devices, plan, &device, &lan))
    {
      cs_message (share->lan, "connecting \"%s\"", nm_connection_get_id (profile));
      activate (step, client, profile, device);
      return;
    }
  failure = g_strdup_printf ("the only device for it, %s, is a LAN", lan);
  cs_dial_log_add_failure (cs_network_manager_get_dial_log (self->nm), share->dial,
                           failure);
}

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  if (call->to != NULL && call->to->dial != NULL)
    dial (call->step, call->plan, call->to);
  return TRUE;
}

static void
dial_free (gpointer data)
{
  Dial *self = data;

  g_object_unref (self->nm);
  g_hash_table_unref (self->dialing);
  g_free (self);
}

static const CsStepType type = {
  .name = "dial",
  .apply = apply,
  .free = dial_free,
};

CsStep *
cs_dial_step_new (CsNetworkManager *nm)
{
  Dial *self = g_new0 (Dial, 1);

  self->nm = g_object_ref (nm);
  self->dialing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return cs_step_new (&type, self);
}
