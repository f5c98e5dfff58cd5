/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm_client_deactivate_connection_async (): NetworkManager takes it for the user's wish,
 * and does not activate that profile by itself until the user does. */
#include "shared.h"

#include "base/log.h"
#include "dbus/errors.h"

gboolean
cs_nm_is_shared (NMActiveConnection *active)
{
  NMRemoteConnection *profile = nm_active_connection_get_connection (active);
  NMSettingIPConfig *ipv4 = NULL;

  if (profile != NULL)
    ipv4 = nm_connection_get_setting_ip4_config (NM_CONNECTION (profile));
  return ipv4 != NULL
         && g_strcmp0 (nm_setting_ip_config_get_method (ipv4),
                       NM_SETTING_IP4_CONFIG_METHOD_SHARED)
                == 0;
}

/* (nullable) */
static NMActiveConnection *
find_shared (NMClient *client, const char *lan)
{
  const GPtrArray *devices = nm_client_get_devices (client);

  for (guint i = 0; i < devices->len; i++)
    {
      NMDevice *device = devices->pdata[i];
      NMActiveConnection *active = nm_device_get_active_connection (device);

      if (active != NULL && cs_nm_is_alive (active) && cs_nm_is_shared (active)
          && g_strcmp0 (nm_device_get_ip_iface (device), lan) == 0)
        return active;
    }
  return NULL;
}

/* Somebody else may have ended it at the same moment. */
static void
on_deactivated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  const char *lan = g_task_get_task_data (task);

  if (nm_client_deactivate_connection_finish (NM_CLIENT (source), result, &error)
      || g_error_matches (error, NM_MANAGER_ERROR,
                          NM_MANAGER_ERROR_CONNECTION_NOT_ACTIVE))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "NetworkManager does not end its connection on %s: %s", lan,
                           error->message);
}

void
cs_nm_end_shared_async (CsNetworkManager *nm,
                        const char *lan,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  NMClient *client = cs_network_manager_get_client (nm);
  GTask *task = g_task_new (nm, NULL, callback, user_data);
  NMActiveConnection *active = find_shared (client, lan);

  g_task_set_source_tag (task, cs_nm_end_shared_async);
  g_task_set_task_data (task, g_strdup (lan), g_free);
  if (active != NULL)
    {
      cs_message (lan, "ending \"%s\"", nm_active_connection_get_id (active));
      nm_client_deactivate_connection_async (client, active, NULL, on_deactivated, task);
      return;
    }
  if (nm_client_get_nm_running (client))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "NetworkManager, which shares %s, does not run", lan);
  g_object_unref (task);
}

gboolean
cs_nm_end_shared_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
