/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As sysctl.c, for IPv6. Whatever switches "forwarding" on, be it for one interface,
 * makes the kernel drop the default routes that it has learnt from router advertisements
 * on any, except where accept_ra is 2 (rt6_purge_dflt_routers ()); and where it is on,
 * the kernel does not listen to more of them without that. So accept_ra is raised before,
 * and lowered right after where nothing forwards but by "force_forwarding" (since
 * Linux 6.17), which does nothing of the kind, or else last on the way back.
 *
 * Writing conf/all/forwarding writes it for every interface, and as the default. */
#include "sysctl6.h"

#include "setting.h"

#include "core/plan/ipv6.h"

static void
add (GArray *settings,
     const char *interface,
     int ifindex,
     const char *key,
     const char *found)
{
  const CsSetting setting = { AF_INET6, interface, ifindex, key, '1', found };

  g_array_append_val (settings, setting);
}

/* A kernel without force_forwarding has no such file, which is as if it had gone. */
static void
add_forwarding (const CsSharePlan *share, GArray *settings)
{
  const CsIpv6Plan *ipv6 = share != NULL ? &share->ipv6 : NULL;

  if (share == NULL)
    return;
  if (ipv6->found_lan_forced != NULL || cs_share_plan_forwards_ipv6 (share))
    add (settings, share->lan, share->lan_ifindex, "force_forwarding",
         ipv6->found_lan_forced);
  if (ipv6->found_lan_forwarding != NULL)
    add (settings, share->lan, share->lan_ifindex, "forwarding",
         ipv6->found_lan_forwarding);
  if (share->uplink != NULL)
    {
      gboolean extended
          = cs_share_plan_forwards_ipv6 (share) && ipv6->mode == CS_IPV6_EXTENDED;

      if (ipv6->found_uplink_forced != NULL || cs_share_plan_forwards_ipv6 (share))
        add (settings, share->uplink, share->uplink_ifindex, "force_forwarding",
             ipv6->found_uplink_forced);
      if (ipv6->found_uplink_forwarding != NULL || extended)
        add (settings, share->uplink, share->uplink_ifindex, "forwarding",
             ipv6->found_uplink_forwarding);
      if (ipv6->found_uplink_proxy_ndp != NULL || extended)
        add (settings, share->uplink, share->uplink_ifindex, "proxy_ndp",
             ipv6->found_uplink_proxy_ndp);
    }
  if (ipv6->found_all_forwarding != NULL)
    add (settings, CS_SETTING_ALL, 0, "forwarding", ipv6->found_all_forwarding);
}

static int
ifindex_of (const CsSharePlan *share, const char *interface)
{
  if (g_str_equal (interface, share->lan))
    return share->lan_ifindex;
  return g_strcmp0 (interface, share->uplink) == 0 ? share->uplink_ifindex : 0;
}

static void
add_accepting (const CsSharePlan *share, gboolean kept, GArray *settings)
{
  for (char **one = share != NULL ? share->ipv6.raised : NULL; one && *one; one++)
    if (cs_share_plan_keeps_raised (share, *one) == kept)
      {
        const CsSetting setting
            = { AF_INET6, *one, ifindex_of (share, *one), "accept_ra", '2', "1" };

        g_array_append_val (settings, setting);
      }
}

static void
add_raised (const CsSharePlan *share, GArray *settings)
{
  add_accepting (share, TRUE, settings);
}

/* Those that are lowered again at once. */
static void
add_passing (const CsSharePlan *share, GArray *settings)
{
  add_accepting (share, FALSE, settings);
}

/* If somebody else has switched on conf/all/forwarding since, that wrote every
 * interface's, too, and it is not ours to take back any more. */
static const char *
found_now (const CsSharePlan *share, const CsSetting *setting)
{
  g_autofree char *text = NULL;

  if (!g_str_equal (setting->key, "forwarding")
      || g_str_equal (setting->interface, CS_SETTING_ALL)
      || share->ipv6.found_all_forwarding != NULL
      || !g_file_get_contents ("/proc/sys/net/ipv6/conf/all/forwarding", &text, NULL,
                               NULL))
    return setting->found;
  return text[0] != '0' ? NULL : setting->found;
}

static gboolean
restore (const CsStepCall *call, CsSettingFunc func, GError **error)
{
  g_autoptr (GArray) settings = cs_setting_list (func, call->from);

  for (guint i = 0; i < settings->len; i++)
    {
      const CsSetting *setting = &g_array_index (settings, CsSetting, i);
      const char *found = found_now (call->from, setting);

      if (found != NULL && !cs_setting_is_needed (setting, call, func)
          && !cs_setting_restore (setting, found[0], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
lower (const CsSharePlan *share, const CsStepCall *call, GError **error)
{
  g_autoptr (GArray) settings = cs_setting_list (add_passing, share);

  for (guint i = 0; i < settings->len; i++)
    {
      const CsSetting *setting = &g_array_index (settings, CsSetting, i);

      if (!cs_setting_is_needed (setting, call, add_raised)
          && !cs_setting_restore (setting, setting->found[0], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set (const CsSharePlan *share, CsSettingFunc func, GError **error)
{
  g_autoptr (GArray) settings = cs_setting_list (func, share);

  for (guint i = 0; i < settings->len; i++)
    {
      const CsSetting *setting = &g_array_index (settings, CsSetting, i);

      /* who has switched the listening off since wants that */
      if (func != add_forwarding ? !cs_setting_change (setting, '1', error)
                                 : !cs_setting_set (setting, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
cs_sysctl6_apply (const CsStepCall *call, GError **error)
{
  return set (call->to, add_raised, error) && set (call->to, add_passing, error)
         && restore (call, add_forwarding, error) && set (call->to, add_forwarding, error)
         && lower (call->to, call, error) && lower (call->from, call, error)
         && restore (call, add_raised, error);
}
