/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm_client_activate_connection_async (), unless the profile is on its way already, with
 * a device that is not a LAN. */
#include "dial.h"

#include "log.h"

#include <string.h>

struct _CsDialStep
{
  GObject parent;
  CsNetworkManager *nm; /* (owned) */
  GHashTable *dialing;  /* (owned) set of UUIDs: ordered, and not answered yet */
};

static void step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsDialStep,
                               cs_dial_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP, step_iface_init))

typedef struct
{
  CsDialStep *step; /* (owned) */
  char *uuid;       /* (owned) */
} Dial;

/* A sentence of NetworkManager's as a part of ours: without the dot, and without what it
 * says in brackets of just any device that would not do. */
static char *
words_of (const GError *error)
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
  Dial *dial = user_data;
  CsDialStep *self = dial->step;
  g_autoptr (GError) error = NULL;
  g_autoptr (NMActiveConnection) active
      = nm_client_activate_connection_finish (NM_CLIENT (source), result, &error);

  g_hash_table_remove (self->dialing, dial->uuid);
  if (active == NULL)
    {
      g_autofree char *words = NULL;

      g_dbus_error_strip_remote_error (error);
      words = words_of (error);
      cs_dial_log_add_failure (cs_network_manager_get_dial_log (self->nm), dial->uuid,
                               words);
    }
  g_free (dial->uuid);
  g_object_unref (dial->step);
  g_free (dial);
}

static gboolean
is_on_its_way (CsDialStep *self, NMClient *client, const char *uuid)
{
  const GPtrArray *actives = nm_client_get_active_connections (client);

  for (guint i = 0; i < actives->len; i++)
    if (g_strcmp0 (nm_active_connection_get_uuid (actives->pdata[i]), uuid) == 0
        && nm_active_connection_get_state (actives->pdata[i])
               <= NM_ACTIVE_CONNECTION_STATE_ACTIVATED)
      return TRUE;
  return g_hash_table_contains (self->dialing, uuid);
}

/* NetworkManager only looks on at what somebody else does with @device. */
static gboolean
is_external (NMDevice *device)
{
  NMActiveConnection *active = nm_device_get_active_connection (device);

  return active != NULL
         && (nm_active_connection_get_state_flags (active)
             & NM_ACTIVATION_STATE_FLAG_EXTERNAL);
}

/* Left to itself NetworkManager takes a LAN for the uplink where that is the device that
 * fits. So it is left to itself only where no LAN does; otherwise it gets the first of
 * the others that is free, or else the first. FALSE: there is none, and @lan would be
 * taken. */
static gboolean
choose_device (NMClient *client,
               NMConnection *profile,
               const CsPlan *plan,
               NMDevice **device,
               const char **lan)
{
  const GPtrArray *devices = nm_client_get_devices (client);
  NMDevice *best = NULL;

  *lan = NULL;
  for (guint i = 0; i < devices->len; i++)
    {
      NMDevice *each = devices->pdata[i];
      NMDeviceState state = nm_device_get_state (each);
      const char *name = nm_device_get_iface (each);

      if (name == NULL || !nm_device_connection_compatible (each, profile, NULL))
        continue;
      if (cs_plan_find (plan, name) != NULL)
        *lan = name;
      else if (state >= NM_DEVICE_STATE_DISCONNECTED && !is_external (each)
               && (best == NULL
                   || (nm_device_get_state (best) != NM_DEVICE_STATE_DISCONNECTED
                       && state == NM_DEVICE_STATE_DISCONNECTED)))
        best = each;
    }
  *device = *lan != NULL ? best : NULL;
  return *lan == NULL || best != NULL;
}

static void
activate (CsDialStep *self, NMClient *client, NMConnection *profile, NMDevice *device)
{
  const char *uuid = nm_connection_get_uuid (profile);
  Dial *order = g_new (Dial, 1);

  cs_dial_log_forget (cs_network_manager_get_dial_log (self->nm), uuid);
  g_hash_table_add (self->dialing, g_strdup (uuid));
  order->step = g_object_ref (self);
  order->uuid = g_strdup (uuid);
  nm_client_activate_connection_async (client, profile, device, NULL, NULL, on_activated,
                                       order);
}

static void
dial (CsDialStep *self, const CsPlan *plan, const CsSharePlan *share)
{
  NMClient *client = cs_network_manager_get_client (self->nm);
  NMRemoteConnection *remote = nm_client_get_connection_by_uuid (client, share->dial);
  NMConnection *profile = NM_CONNECTION (remote);
  g_autofree char *failure = NULL;
  NMDevice *device;
  const char *lan;

  if (remote == NULL || is_on_its_way (self, client, share->dial))
    return;
  if (choose_device (client, profile, plan, &device, &lan))
    {
      cs_message (share->lan, "connecting \"%s\"", nm_connection_get_id (profile));
      activate (self, client, profile, device);
      return;
    }
  failure = g_strdup_printf ("the only device for it, %s, is a LAN", lan);
  cs_dial_log_add_failure (cs_network_manager_get_dial_log (self->nm), share->dial,
                           failure);
}

static const char *
get_name (CsStep *step)
{
  return "dial";
}

static gboolean
apply (CsStep *step,
       const CsPlan *plan,
       const CsSharePlan *from,
       const CsSharePlan *to,
       GError **error)
{
  if (to != NULL && to->dial != NULL)
    dial (CS_DIAL_STEP (step), plan, to);
  return TRUE;
}

static void
step_iface_init (CsStepInterface *iface)
{
  iface->get_name = get_name;
  iface->apply = apply;
}

static void
cs_dial_step_finalize (GObject *object)
{
  CsDialStep *self = CS_DIAL_STEP (object);

  g_object_unref (self->nm);
  g_hash_table_unref (self->dialing);
  G_OBJECT_CLASS (cs_dial_step_parent_class)->finalize (object);
}

static void
cs_dial_step_class_init (CsDialStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_dial_step_finalize;
}

static void
cs_dial_step_init (CsDialStep *self)
{
  self->dialing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

CsStep *
cs_dial_step_new (CsNetworkManager *nm)
{
  CsDialStep *self = g_object_new (CS_TYPE_DIAL_STEP, NULL);

  self->nm = g_object_ref (nm);
  return CS_STEP (self);
}
