/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lan-external.h"

#include "dbus/errors.h"

static gboolean
has_address (const GArray *cidrs, CsAddress address)
{
  for (guint i = 0; i < cidrs->len; i++)
    if (cs_address_equal (g_array_index (cidrs, CsCidr, i).address, address))
      return TRUE;
  return FALSE;
}

static gboolean
is_ours (const CsSharePlan *share, CsAddress address)
{
  return cs_address_equal (address, share->address.address)
         || has_address (share->ipv6.addresses, address)
         || has_address (share->ipv6.deprecated, address);
}

/* libnm may still list ours. An IPv6 link-local address comes with any link that is up.
 */
static gboolean
has_other_address (NMIPConfig *config, const CsSharePlan *share)
{
  GPtrArray *addresses = config != NULL ? nm_ip_config_get_addresses (config) : NULL;

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      const char *text = nm_ip_address_get_address (addresses->pdata[i]);
      CsAddress address;

      if (cs_address_parse (text, &address) && !is_ours (share, address)
          && !(address.family == AF_INET6 && cs_address_is_link_local (address)))
        return TRUE;
    }
  return FALSE;
}

/* (nullable) */
static NMActiveConnection *
find_made_up (NMClient *client, const CsSharePlan *share)
{
  NMDevice *device = nm_client_get_device_by_iface (client, share->lan);
  NMActiveConnection *active
      = device != NULL ? nm_device_get_active_connection (device) : NULL;

  if (active == NULL
      || !(nm_active_connection_get_state_flags (active)
           & NM_ACTIVATION_STATE_FLAG_EXTERNAL)
      || nm_device_get_ports (device)->len > 0
      || has_other_address (nm_device_get_ip4_config (device), share)
      || has_other_address (nm_device_get_ip6_config (device), share))
    return NULL;
  return active;
}

static void
on_deactivated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *lan = g_task_get_task_data (task);
  NMClient *client = NM_CLIENT (source);
  g_autoptr (GError) error = NULL;

  if (nm_client_deactivate_connection_finish (client, result, &error)
      || !nm_client_get_nm_running (client)
      || g_error_matches (error, NM_MANAGER_ERROR,
                          NM_MANAGER_ERROR_CONNECTION_NOT_ACTIVE))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "NetworkManager did not put \"%s\" back: %s", lan,
                           error->message);
}

void
cs_lan_external_end_async (NMClient *client,
                           const CsSharePlan *share,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (client, NULL, callback, user_data);
  NMActiveConnection *active = find_made_up (client, share);

  g_task_set_source_tag (task, cs_lan_external_end_async);
  g_task_set_task_data (task, g_strdup (share->lan), g_free);
  if (active != NULL)
    {
      nm_client_deactivate_connection_async (client, active, NULL, on_deactivated, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

gboolean
cs_lan_external_end_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
