/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By rtnetlink also where NetworkManager has the device, as it leaves alone what it has
 * not set. The addresses come without duplicate address detection, which takes a second
 * or two: they are made so that nobody else has them. The one by which the gateway is the
 * router is among them: the device's own link-local address comes late, may change with
 * NetworkManager's profile, and does not exist at all where addr_gen_mode is "none".
 *
 * accept_ra 0 keeps clients from becoming routers of this computer. */
#include "lan-ipv6.h"

#include "core/plan/ipv6.h"
#include "system/netlink/netlink.h"
#include "system/routing/setting.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#define FOREVER G_MAXUINT32

typedef struct
{
  CsCidr local;
  gboolean deprecated;
  gboolean routed; /* with the route to its network */
} Address;

/* --- Settings ------------------------------------------------------------------- */

static void
add (GArray *settings, const CsSharePlan *share, const char *key, const char *found)
{
  const CsSetting setting = { AF_INET6, share->lan, share->lan_ifindex, key, '0', found };

  if (found != NULL || cs_share_plan_serves_ipv6 (share))
    g_array_append_val (settings, setting);
}

static void
add_settings (const CsSharePlan *share, GArray *settings)
{
  if (share == NULL || share->lan_ifindex == 0)
    return;
  add (settings, share, "disable_ipv6", share->ipv6.found_lan_disabled);
  add (settings, share, "accept_ra", share->ipv6.found_lan_accept_ra);
}

static gboolean
set_all (const CsSharePlan *share, GError **error)
{
  g_autoptr (GArray) settings = cs_setting_list (add_settings, share);

  for (guint i = 0; i < settings->len; i++)
    if (!cs_setting_set (&g_array_index (settings, CsSetting, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
restore_all (const CsStepCall *call, GError **error)
{
  g_autoptr (GArray) settings = cs_setting_list (add_settings, call->from);

  for (guint i = settings->len; i > 0; i--)
    {
      const CsSetting *setting = &g_array_index (settings, CsSetting, i - 1);

      if (setting->found != NULL && !cs_setting_is_needed (setting, call, add_settings)
          && !cs_setting_restore (setting, setting->found[0], error))
        return FALSE;
    }
  return TRUE;
}

/* --- Addresses ------------------------------------------------------------------ */

static void
add_address (GArray *addresses, const CsSharePlan *share, CsCidr local, gboolean old)
{
  /* an extended network is the uplink's as well */
  const Address address = { local, old, !cs_share_plan_extends (share, local) };

  g_array_append_val (addresses, address);
}

static GArray *
list_addresses (const CsSharePlan *share)
{
  GArray *addresses = g_array_new (FALSE, FALSE, sizeof (Address));

  if (share == NULL || share->lan_ifindex == 0 || !cs_share_plan_serves_ipv6 (share))
    return addresses;
  add_address (addresses, share, cs_share_plan_router6 (share), FALSE);
  for (guint i = 0; i < share->ipv6.addresses->len; i++)
    add_address (addresses, share, g_array_index (share->ipv6.addresses, CsCidr, i),
                 FALSE);
  for (guint i = 0; i < share->ipv6.deprecated->len; i++)
    add_address (addresses, share, g_array_index (share->ipv6.deprecated, CsCidr, i),
                 TRUE);
  return addresses;
}

static gboolean
is_listed (const GArray *addresses, CsCidr local)
{
  for (guint i = 0; i < addresses->len; i++)
    if (cs_cidr_equal (g_array_index (addresses, Address, i).local, local))
      return TRUE;
  return FALSE;
}

static struct nlmsghdr *
begin (CsNetlinkRequest *request,
       guint16 type,
       guint16 flags,
       const CsSharePlan *share,
       CsCidr local)
{
  struct ifaddrmsg *header = cs_netlink_begin (request, type, flags, sizeof *header);

  header->ifa_family = AF_INET6;
  header->ifa_prefixlen = local.prefix;
  header->ifa_index = (guint32)share->lan_ifindex;
  cs_netlink_put_address (&request->header, IFA_LOCAL, local.address);
  return &request->header;
}

static gboolean
set_address (CsNetlink *netlink,
             const CsSharePlan *share,
             const Address *address,
             GError **error)
{
  const struct ifa_cacheinfo lifetimes
      = { .ifa_prefered = address->deprecated ? 0 : FOREVER, .ifa_valid = FOREVER };
  g_autofree char *text = cs_cidr_to_string (address->local);
  CsNetlinkRequest request;
  struct nlmsghdr *message = begin (&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
                                    share, address->local);

  mnl_attr_put_u32 (message, IFA_FLAGS,
                    address->routed ? IFA_F_NODAD : IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
  mnl_attr_put (message, IFA_CACHEINFO, sizeof lifetimes, &lifetimes);
  mnl_attr_put_u8 (message, IFA_PROTO, CS_ROUTE_PROTOCOL);
  return cs_netlink_check (netlink, cs_netlink_ask (netlink, message, NULL, NULL), error,
                           "cannot add the address %s to \"%s\"", text, share->lan);
}

static gboolean
remove_address (CsNetlink *netlink,
                const CsSharePlan *share,
                CsCidr local,
                GError **error)
{
  g_autofree char *text = cs_cidr_to_string (local);
  CsNetlinkRequest request;
  int failure = cs_netlink_ask (netlink, begin (&request, RTM_DELADDR, 0, share, local),
                                NULL, NULL);

  return failure == EADDRNOTAVAIL || failure == ENODEV
         || cs_netlink_check (netlink, failure, error,
                              "cannot remove the address %s from \"%s\"", text,
                              share->lan);
}

static gboolean
apply_addresses (const CsSharePlan *from, const CsSharePlan *to, GError **error)
{
  g_autoptr (GArray) before = list_addresses (from);
  g_autoptr (GArray) after = list_addresses (to);
  gboolean same_device
      = from != NULL && to != NULL && from->lan_ifindex == to->lan_ifindex;
  g_autoptr (CsNetlink) netlink = NULL;

  if (before->len == 0 && after->len == 0)
    return TRUE;
  netlink = cs_netlink_open (NETLINK_ROUTE, error);
  if (netlink == NULL)
    return FALSE;
  for (guint i = 0; i < after->len; i++)
    if (!set_address (netlink, to, &g_array_index (after, Address, i), error))
      return FALSE;
  for (guint i = 0; i < before->len; i++)
    {
      CsCidr local = g_array_index (before, Address, i).local;

      if (!(same_device && is_listed (after, local))
          && !remove_address (netlink, from, local, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  return set_all (call->to, error) && apply_addresses (call->from, call->to, error)
         && restore_all (call, error);
}

static const CsStepType type = {
  .name = "LAN IPv6",
  .apply = apply,
};

CsStep *
cs_lan_ipv6_step_new (void)
{
  return cs_step_new (&type, NULL);
}
