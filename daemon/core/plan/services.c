/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "services.h"

#include "uplink.h"

#include "core/value/domain.h"

/* That of an earlier version may have been any. */
static gboolean
keeps_port (guint port, const CsSnapshot *snapshot)
{
  return port >= CS_OWN_DNS_FIRST && port <= CS_OWN_DNS_LAST
         && !(snapshot->dns_refused & CS_OWN_DNS_BIT (port));
}

static void
add_chosen_servers (GArray *dns, char **chosen)
{
  CsAddress address;

  for (; *chosen; chosen++)
    if (cs_address_parse (*chosen, &address))
      cs_addresses_add (dns, address);
}

/* And the names that go with it: of clients, of this computer, and of their domain. */
static void
plan_dhcp (CsSharePlan *share,
           const CsRequest *request,
           const CsSharePlan *before,
           const CsInterface *uplink,
           const CsSnapshot *snapshot)
{
  share->allow_rebind = g_strdupv (request->allow_rebind);
  share->domain = g_strdup (request->domain ? request->domain : CS_DEFAULT_DOMAIN);
  if (before && before->host_name)
    share->host_name = g_strdup (before->host_name);
  else
    share->host_name = cs_domain_host_label (snapshot->host_name);
  share->reservations = g_strdupv (request->reservations);
  share->upnp = request->upnp;
  share->dhcp_options = g_strdupv (request->dhcp_options);
  if (!uplink && before)
    {
      share->lan_mtu = before->lan_mtu;
      share->metered = before->metered;
    }
  if (uplink)
    share->metered = uplink->metered;
  if (uplink && share->lan_ifindex)
    share->lan_mtu = share->uplink_mtu;
}

/* dnsmasq reads its port, DHCP options and this computer's name when it starts, so
 * they stay as they are while nothing speaks against it: name service must not be
 * interrupted because the uplink is away for a moment, or brought another name, or
 * because a better port became free. */
void
cs_services_plan (CsSharePlan *share,
                  const CsRequest *request,
                  const CsSharePlan *before,
                  const CsInterface *uplink,
                  const CsSnapshot *snapshot)
{
  share->blocked = g_strdupv (request->blocked);
  share->rate = request->rate;
  share->max_clients = request->max_clients;
  if (request->adopted ? share->address.prefix == 0 : request->keep_lan)
    return;
  share->dns_port = snapshot->dns_port;
  if (before && keeps_port (before->dns_port, snapshot))
    share->dns_port = before->dns_port;
  if (!request->keep_lan)
    plan_dhcp (share, request, before, uplink, snapshot);
  if (uplink && request->dns)
    add_chosen_servers (share->dns, request->dns);
  else if (uplink)
    cs_uplink_add_dns (uplink, snapshot, share->dns);
}
