/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, freeing and finding; nothing here knows where the values come from. */
#include "snapshot.h"

gint64
cs_earlier (gint64 a, gint64 b)
{
  return a == 0 || (b != 0 && b < a) ? b : a;
}

CsSnapshot *
cs_snapshot_new (void)
{
  CsSnapshot *snapshot = g_new0 (CsSnapshot, 1);

  snapshot->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_profile_free);
  snapshot->interfaces
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_interface_free);
  snapshot->routes = g_array_new (FALSE, TRUE, sizeof (CsRoute));
  snapshot->routes6 = g_array_new (FALSE, TRUE, sizeof (CsRoute));
  snapshot->ipv6_default = (CsIpv6Conf)CS_IPV6_CONF_UNKNOWN;
  snapshot->rules = g_array_new (FALSE, TRUE, sizeof (CsRule));
  snapshot->astray = g_array_new (FALSE, TRUE, sizeof (CsAstray));
  snapshot->refusals = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_refusal_free);
  snapshot->usages = g_ptr_array_new_with_free_func (cs_data_usage_free);
  snapshot->resolv_dns = cs_addresses_new ();
  snapshot->dns_port = CS_OWN_DNS_FIRST;
  return snapshot;
}

void
cs_snapshot_free (CsSnapshot *snapshot)
{
  if (!snapshot)
    return;
  g_ptr_array_unref (snapshot->profiles);
  g_ptr_array_unref (snapshot->interfaces);
  g_array_unref (snapshot->routes);
  g_array_unref (snapshot->routes6);
  g_array_unref (snapshot->rules);
  g_array_unref (snapshot->astray);
  g_ptr_array_unref (snapshot->usages);
  g_free (snapshot->host_name);
  g_free (snapshot->primary);
  g_array_unref (snapshot->resolv_dns);
  cs_firewall_unref (snapshot->firewall);
  cs_firewall_unref (snapshot->legacy_filter);
  g_ptr_array_unref (snapshot->refusals);
  g_free (snapshot->filter_changed);
  g_strfreev (snapshot->mapped);
  g_free (snapshot);
}

CsRefusal *
cs_refusal_new (const char *lan, const char *table, const char *words)
{
  CsRefusal *refusal = g_new (CsRefusal, 1);

  refusal->lan = g_strdup (lan);
  refusal->table = g_strdup (table);
  refusal->words = g_strdup (words);
  return refusal;
}

void
cs_refusal_free (CsRefusal *refusal)
{
  if (!refusal)
    return;
  g_free (refusal->lan);
  g_free (refusal->table);
  g_free (refusal->words);
  g_free (refusal);
}

const CsRefusal *
cs_refusals_find (const GPtrArray *refusals, const char *lan, const char *table)
{
  for (guint i = 0; i < refusals->len; i++)
    {
      const CsRefusal *refusal = refusals->pdata[i];

      if (g_str_equal (refusal->lan, lan) && g_str_equal (refusal->table, table))
        return refusal;
    }
  return NULL;
}

CsProfile *
cs_profile_new (const char *id, const char *uuid)
{
  CsProfile *profile = g_new0 (CsProfile, 1);

  profile->id = g_strdup (id);
  profile->uuid = g_strdup (uuid);
  return profile;
}

void
cs_profile_free (CsProfile *profile)
{
  if (!profile)
    return;
  g_free (profile->id);
  g_free (profile->uuid);
  g_free (profile->interface);
  g_free (profile->failure);
  g_free (profile);
}

const CsProfile *
cs_snapshot_find_profile (const CsSnapshot *snapshot, const char *name)
{
  const CsProfile *found = NULL;

  for (guint i = 0; i < snapshot->profiles->len; i++)
    {
      const CsProfile *profile = snapshot->profiles->pdata[i];

      if (g_str_equal (profile->uuid, name))
        return profile;
      if (g_str_equal (profile->id, name) && (!found || profile->state > found->state))
        found = profile;
    }
  return found;
}

CsInterface *
cs_interface_new (const char *name, int ifindex)
{
  g_autoptr (GArray) addresses = g_array_new (FALSE, TRUE, sizeof (CsInterfaceAddress));
  g_autoptr (GArray) addresses6 = g_array_new (FALSE, TRUE, sizeof (CsIpv6Address));

  return cs_interface_new_at (name, ifindex, addresses, addresses6);
}

CsInterface *
cs_interface_new_at (const char *name, int ifindex, GArray *addresses, GArray *addresses6)
{
  CsInterface *interface = g_new0 (CsInterface, 1);

  interface->name = g_strdup (name);
  interface->ifindex = ifindex;
  interface->addresses = g_array_ref (addresses);
  interface->addresses6 = g_array_ref (addresses6);
  interface->ipv6 = (CsIpv6Conf)CS_IPV6_CONF_UNKNOWN;
  interface->delegated = g_array_new (FALSE, TRUE, sizeof (CsCidr));
  interface->dns = cs_addresses_new ();
  interface->forwarding = -1;
  interface->rp_filter = -1;
  interface->rp_filter_own = -1;
  return interface;
}

void
cs_interface_free (CsInterface *interface)
{
  if (!interface)
    return;
  g_free (interface->name);
  g_array_unref (interface->addresses);
  g_array_unref (interface->addresses6);
  g_array_unref (interface->delegated);
  g_free (interface->label);
  g_free (interface->connection_id);
  g_free (interface->connection_uuid);
  g_free (interface->connection_path);
  g_free (interface->carries);
  g_free (interface->zone);
  g_array_unref (interface->dns);
  g_clear_pointer (&interface->channels, g_array_unref);
  g_free (interface->region);
  g_free (interface);
}

const CsInterface *
cs_snapshot_find (const CsSnapshot *snapshot, const char *name)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = snapshot->interfaces->pdata[i];

      if (g_str_equal (interface->name, name))
        return interface;
    }
  return NULL;
}

const CsInterface *
cs_snapshot_find_index (const CsSnapshot *snapshot, int ifindex)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = snapshot->interfaces->pdata[i];

      if (interface->ifindex == ifindex)
        return interface;
    }
  return NULL;
}

const char *
cs_kind_to_string (CsKind kind)
{
  switch (kind)
    {
    case CS_KIND_ETHERNET:
      return "ethernet";
    case CS_KIND_WIFI:
      return "wifi";
    case CS_KIND_MOBILE:
      return "mobile";
    case CS_KIND_PPP:
      return "ppp";
    case CS_KIND_VPN:
      return "vpn";
    case CS_KIND_BRIDGE:
      return "bridge";
    case CS_KIND_LOOPBACK:
      return "loopback";
    case CS_KIND_OTHER:
      break;
    }
  return "other";
}

gboolean
cs_table_is_a_shares (guint32 table)
{
  return table >= CS_TABLE_FIRST && table - CS_TABLE_FIRST < CS_TABLE_COUNT;
}

gboolean
cs_table_is_ours (guint32 table)
{
  return table == CS_TABLE_LANS || cs_table_is_a_shares (table);
}

gboolean
cs_snapshot_has_table (const CsSnapshot *snapshot, guint32 table)
{
  for (guint i = 0; i < snapshot->rules->len; i++)
    if (g_array_index (snapshot->rules, CsRule, i).table == table)
      return TRUE;
  for (guint i = 0; i < snapshot->routes->len; i++)
    if (g_array_index (snapshot->routes, CsRoute, i).table == table)
      return TRUE;
  return FALSE;
}

CsCidr
cs_interface_address_network (const CsInterfaceAddress *address)
{
  CsCidr inside = address->local;

  if (cs_address_is_set (address->peer))
    inside.address = address->peer;
  return cs_cidr_network (inside);
}

gboolean
cs_interface_is_shared_by_nm (const CsInterface *interface)
{
  return interface->connection_shared && !interface->connection_ours;
}

gboolean
cs_interface_has_address (const CsInterface *interface, CsCidr address)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    if (cs_cidr_equal (g_array_index (interface->addresses, CsInterfaceAddress, i).local,
                       address))
      return TRUE;
  return FALSE;
}
