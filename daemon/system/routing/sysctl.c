/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each share has up to four settings. Those of the target are written whenever they are
 * not as they should be. Those that only the previous plan has are restored to what was
 * found, unless another share still needs them or somebody else has changed them since.
 *
 * The kernel (devinet_sysctl_forward ()) checks the interface by which a packet came in,
 * so both sides need forwarding; "rp_filter" 1 would drop answers that come in by an
 * uplink that is not the host's own way out (Documentation/networking/ip-sysctl.rst).
 * "src_valid_mark" lets it see the way back to what is published (core/plan/found.c). */
#include "sysctl.h"

#include "sysctl6.h"

#include "setting.h"

/* If somebody has written net.ipv4.ip_forward since, that wrote every interface's setting
 * too: what the plan found before no longer counts, whether or not a plan has seen the
 * change yet. */
static const char *
found_now (const CsSharePlan *share, const CsSetting *setting)
{
  const char *found = setting->found;
  g_autofree char *text = NULL;
  gboolean forwards;

  if (!g_str_equal (setting->key, "forwarding")
      || !g_file_get_contents ("/proc/sys/net/ipv4/conf/all/forwarding", &text, NULL,
                               NULL))
    return found;
  forwards = text[0] != '0';
  if (forwards == share->host_forwards)
    return found;
  return forwards ? NULL : "0";
}

static void
add (GArray *settings,
     const char *interface,
     int ifindex,
     const char *key,
     char value,
     const char *found)
{
  const CsSetting setting = { AF_INET, interface, ifindex, key, value, found };

  g_array_append_val (settings, setting);
}

static void
add_settings (const CsSharePlan *share, GArray *settings)
{
  if (share == NULL)
    return;
  if (share->lan_method != CS_LAN_METHOD_ABSENT)
    add (settings, share->lan, share->lan_ifindex, "forwarding", '1',
         share->found_lan_forwarding);
  if (share->found_src_valid_mark != NULL)
    add (settings, CS_SETTING_ALL, 0, "src_valid_mark", '1', share->found_src_valid_mark);
  if (share->uplink == NULL)
    return;
  if (cs_share_plan_forwards (share))
    add (settings, share->uplink, share->uplink_ifindex, "forwarding", '1',
         share->found_uplink_forwarding);
  if (share->found_uplink_rp_filter != NULL)
    add (settings, share->uplink, share->uplink_ifindex, "rp_filter", '2',
         share->found_uplink_rp_filter);
}

static gboolean
apply4 (const CsStepCall *call, GError **error)
{
  g_autoptr (GArray) before = cs_setting_list (add_settings, call->from);
  g_autoptr (GArray) after = cs_setting_list (add_settings, call->to);

  for (guint i = 0; i < before->len; i++)
    {
      const CsSetting *setting = &g_array_index (before, CsSetting, i);
      const char *found = found_now (call->from, setting);

      if (found != NULL && !cs_setting_is_needed (setting, call, add_settings)
          && !cs_setting_restore (setting, found[0], error))
        return FALSE;
    }
  for (guint i = 0; i < after->len; i++)
    if (!cs_setting_set (&g_array_index (after, CsSetting, i), error))
      return FALSE;
  return TRUE;
}

/* Both, as nothing may stay open because of the other. */
static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  gboolean done = apply4 (call, error);

  return cs_sysctl6_apply (call, done ? error : NULL) && done;
}

static const CsStepType type = {
  .name = "forwarding",
  .flags = CS_STEP_OPENS,
  .apply = apply,
};

CsStep *
cs_sysctl_step_new (void)
{
  return cs_step_new (&type, NULL);
}
