/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As in found.c: the first share to change a setting records what it found, and later
 * plans take it from there.
 *
 * Where the kernel can force forwarding for an interface (Linux 6.17), both sides of a
 * share get that. The LAN is a router's interface besides, because the kernel says in its
 * neighbour advertisements whether it is one, and clients whose router is none any more
 * forget their default route (RFC 4861, 7.2.5). Elsewhere only all.forwarding lets a
 * packet through, which makes a router of each interface, and the kernel ignores router
 * advertisements on a router's interfaces unless their accept_ra is 2 (ip-sysctl.rst). */
#include "found-ipv6.h"

#include "share-ipv6.h"

/* One value of one interface, in a plan and in the kernel. */
typedef struct
{
  gsize of_lan, of_uplink; /* offsets in CsSharePlan of what was found; 0: has none */
  gsize in_conf;           /* offset in CsIpv6Conf */
} Setting;

#define NO_OFFSET       0
#define OF(member)      G_STRUCT_OFFSET (CsSharePlan, ipv6.member)
#define IN_CONF(member) G_STRUCT_OFFSET (CsIpv6Conf, member)

static const Setting disabled
    = { OF (found_lan_disabled), NO_OFFSET, IN_CONF (disabled) };
static const Setting accept_ra
    = { OF (found_lan_accept_ra), NO_OFFSET, IN_CONF (accept_ra) };
static const Setting forced
    = { OF (found_lan_forced), OF (found_uplink_forced), IN_CONF (force_forwarding) };
static const Setting forwarding
    = { OF (found_lan_forwarding), OF (found_uplink_forwarding), IN_CONF (forwarding) };
static const Setting proxy_ndp
    = { NO_OFFSET, OF (found_uplink_proxy_ndp), IN_CONF (proxy_ndp) };
static const Setting proxy_delay
    = { NO_OFFSET, OF (found_uplink_proxy_delay), IN_CONF (proxy_delay) };

/* (nullable) */
static const char *
get (const CsSharePlan *share, gsize offset)
{
  return offset == NO_OFFSET ? NULL : G_STRUCT_MEMBER (char *, (gpointer)share, offset);
}

/* What one of @changers found there on @interface. (nullable) */
static const char *
find_changed (const GPtrArray *changers,
              const CsInterface *interface,
              const Setting *setting)
{
  for (guint i = 0; i < changers->len; i++)
    {
      const CsSharePlan *share = changers->pdata[i];
      const char *found = NULL;

      if (share->lan_ifindex == interface->ifindex)
        found = get (share, setting->of_lan);
      if (!found && share->uplink_ifindex == interface->ifindex)
        found = get (share, setting->of_uplink);
      if (found)
        return found;
    }
  return NULL;
}

/* Owned (nullable): what is to be put back, if the share needs @wanted. */
static char *
found (const GPtrArray *changers,
       const CsInterface *interface,
       const Setting *setting,
       int wanted)
{
  const char *changed = find_changed (changers, interface, setting);
  int value = G_STRUCT_MEMBER (int, (gpointer)&interface->ipv6, setting->in_conf);

  if (changed)
    return g_strdup (changed);
  return value < 0 || value == wanted ? NULL : g_strdup_printf ("%d", value);
}

/* The same for what NetworkManager sets, too: while a profile of its own replaces the
 * share's, it switches IPv6 off for a moment. What a share that has IPv6 finds then is
 * not to be put back. */
static char *
found_first (const GPtrArray *changers,
             const CsInterface *lan,
             const Setting *setting,
             int wanted)
{
  for (guint i = 0; i < changers->len; i++)
    {
      const CsSharePlan *share = changers->pdata[i];

      if (share->lan_ifindex == lan->ifindex && cs_share_plan_serves_ipv6 (share))
        return g_strdup (get (share, setting->of_lan));
    }
  return found (changers, lan, setting, wanted);
}

/* Whether one of @changers has raised accept_ra there. */
static gboolean
was_raised (const GPtrArray *changers, const char *name)
{
  for (guint i = 0; i < changers->len; i++)
    {
      const CsSharePlan *share = changers->pdata[i];

      if (share->ipv6.raised
          && g_strv_contains ((const char *const *)share->ipv6.raised, name))
        return TRUE;
    }
  return FALSE;
}

static gboolean
takes_advertisements (const CsInterface *interface)
{
  return interface->kind != CS_KIND_LOOPBACK && interface->ipv6.accept_ra == 1;
}

/* (nullable) Whatever switches forwarding on for one interface makes the kernel forget
 * what all of them have learnt. @all: later interfaces will forward, too. A LAN
 * has 0 already, or will; but one that is kept is not touched more than others. */
static char **
list_raised (const CsSharePlan *share,
             const GPtrArray *changers,
             const CsSnapshot *snapshot,
             gboolean all)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (all && (snapshot->ipv6_default.accept_ra == 1 || was_raised (changers, "default")))
    g_strv_builder_add (names, "default");
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = snapshot->interfaces->pdata[i];

      if ((interface->ifindex != share->lan_ifindex || !cs_share_plan_serves_ipv6 (share))
          && (takes_advertisements (interface) || was_raised (changers, interface->name)))
        g_strv_builder_add (names, interface->name);
    }
  list = g_strv_builder_end (names);
  return list[0] ? g_steal_pointer (&list) : NULL;
}

static char *
found_all_forwarding (const GPtrArray *changers, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < changers->len; i++)
    {
      const CsSharePlan *share = changers->pdata[i];

      if (share->ipv6.found_all_forwarding)
        return g_strdup (share->ipv6.found_all_forwarding);
    }
  return snapshot->host_forwards6 ? NULL : g_strdup ("0");
}

/* Where all interfaces forward, nothing has to be forced. */
static gboolean
forces (const CsSnapshot *snapshot)
{
  return snapshot->forces_ipv6 && !snapshot->host_forwards6;
}

static void
fill_uplink (CsSharePlan *share,
             const CsInterface *uplink,
             const GPtrArray *changers,
             const CsSnapshot *snapshot)
{
  CsIpv6Plan *ipv6 = &share->ipv6;

  if (forces (snapshot))
    ipv6->found_uplink_forced = found (changers, uplink, &forced, 1);
  if (ipv6->mode != CS_IPV6_EXTENDED)
    return;
  ipv6->found_uplink_forwarding = found (changers, uplink, &forwarding, 1);
  ipv6->found_uplink_proxy_ndp = found (changers, uplink, &proxy_ndp, 1);
  ipv6->found_uplink_proxy_delay = found (changers, uplink, &proxy_delay, 0);
}

void
cs_found_fill_ipv6 (CsSharePlan *share,
                    const GPtrArray *changers,
                    const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);
  const CsInterface *uplink = cs_snapshot_find_index (snapshot, share->uplink_ifindex);
  CsIpv6Plan *ipv6 = &share->ipv6;

  if (!lan || !cs_share_plan_has_ipv6 (share))
    return;
  if (cs_share_plan_serves_ipv6 (share))
    {
      ipv6->found_lan_disabled = found_first (changers, lan, &disabled, 0);
      ipv6->found_lan_accept_ra = found_first (changers, lan, &accept_ra, 0);
    }
  if (forces (snapshot))
    ipv6->found_lan_forced = found (changers, lan, &forced, 1);
  if (snapshot->forces_ipv6
      && (cs_share_plan_serves_ipv6 (share) || !takes_advertisements (lan)))
    ipv6->found_lan_forwarding = found (changers, lan, &forwarding, 1);
  if (uplink && cs_share_plan_forwards_ipv6 (share))
    {
      fill_uplink (share, uplink, changers, snapshot);
      if (!snapshot->forces_ipv6)
        ipv6->found_all_forwarding = found_all_forwarding (changers, snapshot);
    }
  if (ipv6->found_all_forwarding || ipv6->found_uplink_forwarding
      || ipv6->found_lan_forwarding)
    ipv6->raised
        = list_raised (share, changers, snapshot, ipv6->found_all_forwarding != NULL);
}
