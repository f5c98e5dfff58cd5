/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diagnose-ipv6.h"

#include "core/plan/ipv6.h"
#include "core/value/proxied.h"

/* Of CS_PROXIED_MAX, some may just have been asked for. */
#define PROXIED_MANY (CS_PROXIED_MAX - CS_PROXIED_MAX / 16)

static const CsSharePlan *
find_share_with_ipv6 (const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    if (cs_share_plan_has_ipv6 (plan->shares->pdata[i]))
      return plan->shares->pdata[i];
  return NULL;
}

/* Of no account while no share has IPv6. */
void
cs_walk_check_ipv6_forward (CsWalk *w)
{
  const CsSharePlan *share = find_share_with_ipv6 (w->plan);

  if (!share || !w->snapshot->host_forwards6)
    return;
  if (share->ipv6.found_all_forwarding)
    cs_walk_add (w, CS_SEVERITY_INFO, "ipv6-forwarding",
                 g_strdup ("before Linux 6.17, the kernel can forward IPv6 only between "
                           "all interfaces at once; the packet filter drops what is not "
                           "of a share"),
                 g_strdup (""));
  else
    cs_walk_add (w, CS_SEVERITY_INFO, "ipv6-forwarding",
                 g_strdup ("net.ipv6.conf.all.forwarding is on: this computer forwards "
                           "IPv6 between all of its interfaces, shared or not"),
                 g_strdup (""));
}

/* Without it, clients use IPv4 alone. */
void
cs_walk_check_radvd (CsWalk *w)
{
  const CsSharePlan *share = w->share;

  if (!w->lan || !cs_share_plan_serves_ipv6 (share) || w->found->radvd_lives)
    return;
  if (w->facts->radvd_missing)
    cs_walk_add (w, CS_SEVERITY_WARNING, "ipv6-radvd",
                 g_strdup_printf ("radvd, which tells the clients of %s about IPv6, is "
                                  "not installed: they use IPv4 only",
                                  share->lan),
                 g_strdup_printf ("install the package radvd; or do without IPv6: "
                                  "sharectl change %s --ipv6 off",
                                  share->lan));
  else
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "ipv6-radvd",
        g_strdup_printf ("radvd, which tells the clients of %s about IPv6, is "
                         "not running: they use IPv4 only",
                         share->lan),
        g_strdup ("connshared starts it again; " CS_JOURNAL " may say why it exited"));
}

static const char *
lack_of (CsIpv6Mode wish)
{
  switch (wish)
    {
    case CS_IPV6_EXTENDED:
      return "its IPv6 network cannot be extended";
    case CS_IPV6_MASQUERADE:
      return "it has no IPv6 address to masquerade behind";
    case CS_IPV6_OFF:
    case CS_IPV6_NONE:
    case CS_IPV6_DELEGATED:
    case CS_IPV6_AUTO:
    default:
      return "its network delegates no IPv6 prefix";
    }
}

static void
add_none (CsWalk *w, const char *code, const char *why, char *remedy)
{
  cs_walk_add (w, CS_SEVERITY_INFO, code,
               g_strdup_printf ("clients of %s get no IPv6 through %s: %s", w->share->lan,
                                w->share->uplink, why),
               remedy);
}

void
cs_walk_check_ipv6 (CsWalk *w)
{
  CsIpv6Mode wish = w->found->ipv6_wish;
  gboolean any = w->uplink && cs_ipv6_leads_out (w->uplink, w->snapshot);

  if (!w->uplink || wish <= CS_IPV6_NONE || w->share->ipv6.blocked)
    return;
  if (wish == CS_IPV6_AUTO || w->share->ipv6.mode != CS_IPV6_NONE)
    return;
  else if (!any)
    add_none (w, "ipv6-none", "it has none", g_strdup (""));
  else
    add_none (w, wish == CS_IPV6_DELEGATED ? "ipv6-delegation" : "ipv6-none",
              lack_of (wish),
              g_strdup_printf ("sharectl change %s --ipv6 auto", w->share->lan));
}

/* What programs that know IPv4 alone do not reach in any case. */
void
cs_walk_check_ipv6_alone (CsWalk *w)
{
  const CsSharePlan *share = w->share;

  if (share->state != CS_STATE_ACTIVE || cs_share_plan_has_way_out (share, AF_INET))
    return;
  cs_walk_add (w, w->found->translates ? CS_SEVERITY_INFO : CS_SEVERITY_WARNING,
               "ipv6-alone",
               g_strdup_printf (
                   "%s has no IPv4, so clients of %s only have IPv6; its name servers %s",
                   share->uplink, share->lan,
                   w->found->translates
                       ? "give them IPv6 addresses for what has IPv4 alone (DNS64)"
                       : "do not make up for it (no DNS64), so what has IPv4 alone is "
                         "out of reach"),
               g_strdup (""));
}

void
cs_walk_check_ipv6_proxied (CsWalk *w)
{
  if (w->found->proxied < PROXIED_MANY)
    return;
  cs_walk_add (w, CS_SEVERITY_WARNING, "ipv6-proxied",
               g_strdup_printf (
                   "clients of %s use %u IPv6 addresses of the network of %s, "
                   "where this computer answers for at most %u: further "
                   "ones cannot be reached",
                   w->share->lan, w->found->proxied, w->share->uplink, CS_PROXIED_MAX),
               g_strdup_printf ("sharectl change %s --ipv6 masquerade", w->share->lan));
}
