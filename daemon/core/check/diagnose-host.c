/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diagnose-host.h"

#include "core/plan/uplink.h"
#include "core/render/extras.h"
#include "core/value/ifname.h"

void
cs_walk_check_any_share (CsWalk *w)
{
  if (w->plan->shares->len == 0)
    cs_walk_add (w, CS_SEVERITY_INFO, "nothing-shared", g_strdup ("nothing is shared"),
                 g_strdup ("\"sharectl interfaces\" shows what can be shared, \"sharectl "
                           "help share\" how"));
}

/* Changes that are noticed at once, and those that only show. */
static char *
find_table_flaw (const CsWalk *w)
{
  if (w->snapshot->filter_changed)
    return g_strdup_printf ("the program \"%s\" changed it", w->snapshot->filter_changed);
  return g_strdup (w->facts->table_flaw);
}

void
cs_walk_check_nftables (CsWalk *w)
{
  g_autofree char *flaw = find_table_flaw (w);

  if (w->facts->nftables_error)
    cs_walk_add (w, CS_SEVERITY_ERROR, "nftables", g_strdup (w->facts->nftables_error),
                 g_strdup (""));
  else if (flaw)
    cs_walk_add (w, CS_SEVERITY_ERROR, "table",
                 g_strdup_printf (
                     "the packet filter of the shares is not as it should be: %s", flaw),
                 g_strdup ("connshared repairs it; if it keeps changing, find out who "
                           "else changes the table \"inet connshare\": " CS_JOURNAL));
}

/* Clients are served without them. */
void
cs_walk_check_extras (CsWalk *w)
{
  static const struct
  {
    const char *code;
    const char *message;
    const char *remedy;
  } extras[] = {
    [CS_EXTRA_UDP_TIMEOUT]
    = { "udp-timeout",
        "this kernel cannot keep clients' UDP flows for two minutes: one that only sends "
        "may lose its port after 30 seconds",
        "use a kernel built with CONFIG_NF_CONNTRACK_TIMEOUT" },
    [CS_EXTRA_FTP] = { "ftp",
                       "active FTP does not work for clients, because the kernel has no "
                       "helper for it; passive FTP does",
                       "modprobe nf_nat_ftp, then end the share and start it again" },
    [CS_EXTRA_NEW_FLOW] = { "own-ports",
                            "this kernel does not announce clients' flows: one may "
                            "shadow a port on which this "
                            "computer has begun to listen since the share started",
                            "modprobe nft_quota, then end the share and start it again" },
  };

  for (CsExtra extra = 0; extra < CS_EXTRAS; extra++)
    if (w->facts->lacking & CS_EXTRA_BIT (extra))
      cs_walk_add (w, CS_SEVERITY_INFO, extras[extra].code,
                   g_strdup (extras[extra].message), g_strdup (extras[extra].remedy));
}

void
cs_walk_check_dnsmasq (CsWalk *w)
{
  if (w->facts->dnsmasq_missing)
    cs_walk_add (w, CS_SEVERITY_ERROR, "dnsmasq",
                 g_strdup ("dnsmasq, which gives clients addresses and answers their DNS "
                           "queries, is not installed"),
                 g_strdup ("install the package dnsmasq-base (dnsmasq on some systems); "
                           "without it, only shares with --keep-lan are possible"));
  else if (w->facts->dns_user_missing)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "dns-user",
        g_strdup ("there is no user \"dnsmasq\" or \"connshare-dns\", so DHCP and DNS "
                  "run as nobody, and any other program of nobody's can kill them"),
        g_strdup ("systemd-sysusers"));
}

void
cs_walk_check_polkit (CsWalk *w)
{
  if (w->facts->polkit_error)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "polkit",
        g_strdup_printf (
            "polkit does not answer, so only root can start, change or end a share: %s",
            w->facts->polkit_error),
        g_strdup ("\"systemctl status polkit\" may say why; install the package polkitd "
                  "if it is missing"));
}

/* A share needs it if it made the LAN's connection, or connects a profile. */
void
cs_walk_check_network_manager (CsWalk *w)
{
  CsSeverity severity = CS_SEVERITY_INFO;

  if (w->snapshot->nm_running)
    return;
  for (guint i = 0; i < w->plan->shares->len; i++)
    {
      const CsSharePlan *share = w->plan->shares->pdata[i];

      if (share->dial || share->lan_method == CS_LAN_METHOD_PROFILE)
        severity = CS_SEVERITY_WARNING;
    }
  cs_walk_add (
      w, severity, "network-manager",
      g_strdup ("NetworkManager is not running: interfaces are set up without it, and "
                "its connection profiles cannot be shared"),
      g_strdup (severity == CS_SEVERITY_WARNING ? "systemctl start NetworkManager" : ""));
}

/* Reported for every such line, shared or not: this does not know which one a waiting
 * share would like, and there are rarely two. */
void
cs_walk_check_seized (CsWalk *w)
{
  for (guint i = 0; i < w->snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = w->snapshot->interfaces->pdata[i];
      gboolean lost = interface->addresses->len == 0;

      if (!cs_uplink_is_seized (interface)
          || !cs_ifname_check (interface->name, "WAN", NULL))
        continue;
      cs_walk_add (
          w, lost ? CS_SEVERITY_ERROR : CS_SEVERITY_WARNING, "seized",
          g_strdup_printf (
              "NetworkManager has taken over %s from pppd and %s", interface->name,
              lost ? "has removed its IPv4 address" : "may remove its IPv4 address"),
          g_strdup_printf (
              "as root: printf '[keyfile]\\nunmanaged-devices+=interface-name:"
              "%s\\n' >/etc/NetworkManager/conf.d/%s.conf; nmcli general "
              "reload%s",
              interface->name, interface->name, lost ? "; then dial again" : ""));
    }
}

void
cs_walk_check_ip_forward (CsWalk *w)
{
  if (w->facts->ip_forward)
    cs_walk_add (w, CS_SEVERITY_INFO, "ip-forward",
                 g_strdup ("net.ipv4.ip_forward is on: this computer forwards packets "
                           "between all of its interfaces, shared or not; connshared "
                           "needs and sets only that of the LAN and the uplink"),
                 g_strdup (""));
}
