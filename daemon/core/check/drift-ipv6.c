/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A setting that the plan has not changed was right when it was made; if it no longer is,
 * the next plan changes it. */
#include "drift-ipv6.h"

static gboolean
has_address (const CsInterface *lan, CsCidr address)
{
  for (guint i = 0; i < lan->addresses6->len; i++)
    if (cs_cidr_equal (g_array_index (lan->addresses6, CsIpv6Address, i).local, address))
      return TRUE;
  return FALSE;
}

char *
cs_lan_ipv6_drift (const CsSharePlan *plan, const CsInterface *lan)
{
  for (guint i = 0; i < plan->ipv6.addresses->len; i++)
    {
      CsCidr address = g_array_index (plan->ipv6.addresses, CsCidr, i);
      g_autofree char *text = NULL;

      if (has_address (lan, address))
        continue;
      text = cs_cidr_to_string (address);
      return g_strdup_printf ("%s has lost the address %s", lan->name, text);
    }
  return NULL;
}

typedef struct
{
  const char *found; /* (nullable) the plan has not changed it */
  int wanted;
  int is;
  const char *key;
} Setting;

static char *
find_wrong (const CsInterface *interface, const Setting *settings, gsize count)
{
  for (gsize i = 0; i < count; i++)
    if (settings[i].found && settings[i].is >= 0 && settings[i].is != settings[i].wanted)
      return g_strdup_printf ("net.ipv6.conf.%s.%s is %d", interface->name,
                              settings[i].key, settings[i].is);
  return NULL;
}

static char *
find_lan_drift (const CsIpv6Plan *ipv6, const CsInterface *lan)
{
  const CsIpv6Conf *conf = &lan->ipv6;
  const Setting settings[] = {
    { ipv6->found_lan_disabled, 0, conf->disabled, "disable_ipv6" },
    { ipv6->found_lan_accept_ra, 0, conf->accept_ra, "accept_ra" },
    { ipv6->found_lan_forced, 1, conf->force_forwarding, "force_forwarding" },
    { ipv6->found_lan_forwarding, 1, conf->forwarding, "forwarding" },
  };

  return find_wrong (lan, settings, G_N_ELEMENTS (settings));
}

static char *
find_uplink_drift (const CsIpv6Plan *ipv6, const CsInterface *uplink)
{
  const CsIpv6Conf *conf = &uplink->ipv6;
  const Setting settings[] = {
    { ipv6->found_uplink_forced, 1, conf->force_forwarding, "force_forwarding" },
    { ipv6->found_uplink_forwarding, 1, conf->forwarding, "forwarding" },
    { ipv6->found_uplink_proxy_ndp, 1, conf->proxy_ndp, "proxy_ndp" },
  };

  return find_wrong (uplink, settings, G_N_ELEMENTS (settings));
}

char *
cs_ipv6_sysctl_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, plan->lan_ifindex);
  const CsInterface *uplink = cs_snapshot_find_index (snapshot, plan->uplink_ifindex);
  char *drift = lan ? find_lan_drift (&plan->ipv6, lan) : NULL;

  if (!drift && uplink)
    drift = find_uplink_drift (&plan->ipv6, uplink);
  if (!drift && plan->ipv6.found_all_forwarding && !snapshot->host_forwards6)
    drift = g_strdup ("net.ipv6.conf.all.forwarding is off");
  return drift;
}
