/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What concerns the host as a whole, and so every share. */
#include "diagnose-private.h"

#include "ifname.h"
#include "uplink.h"

void
cs_walk_check_any_share (CsWalk *w)
{
  if (w->plan->shares->len == 0)
    cs_walk_add (w, CS_SEVERITY_INFO, "nothing-shared", g_strdup ("nothing is shared"),
                 g_strdup ("sharectl share LAN via WAN"));
}

/* What is noticed at once, and what only shows. */
static char *
find_table_flaw (const CsWalk *w)
{
  if (w->snapshot->filter_changed)
    return g_strdup_printf ("the program \"%s\" has changed it",
                            w->snapshot->filter_changed);
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
    cs_walk_add (
        w, CS_SEVERITY_ERROR, "table",
        g_strdup_printf ("the packet filter of the shares is not as it should be: %s",
                         flaw),
        g_strdup ("connshared puts that right by itself; if it does not stay so, find "
                  "out who else changes the table \"inet connshare\": " CS_JOURNAL));
}

void
cs_walk_check_dnsmasq (CsWalk *w)
{
  if (w->facts->dnsmasq_missing)
    cs_walk_add (
        w, CS_SEVERITY_ERROR, "dnsmasq",
        g_strdup ("the program dnsmasq is missing, which gives clients addresses and "
                  "answers their names"),
        g_strdup ("install the package dnsmasq-base (on some systems dnsmasq); without "
                  "it, only shares with --keep-lan are possible"));
}

void
cs_walk_check_polkit (CsWalk *w)
{
  if (w->facts->polkit_error)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "polkit",
        g_strdup_printf ("polkit does not answer, so that only root can start, change or "
                         "end a share: %s",
                         w->facts->polkit_error),
        g_strdup ("\"systemctl status polkit\" may say why; install the package polkitd "
                  "if it is missing"));
}

/* A share needs it where it made the LAN's connection, or dials. */
void
cs_walk_check_network_manager (CsWalk *w)
{
  CsSeverity severity = CS_SEVERITY_INFO;

  if (w->snapshot->nm_running)
    return;
  for (guint i = 0; i < w->plan->shares->len; i++)
    {
      const CsSharePlan *share = w->plan->shares->pdata[i];

      if (share->dial || share->lan_method == CS_LAN_PROFILE)
        severity = CS_SEVERITY_WARNING;
    }
  cs_walk_add (
      w, severity, "network-manager",
      g_strdup ("NetworkManager does not run: interfaces are set up without it, and its "
                "connection profiles cannot be shared"),
      g_strdup (severity == CS_SEVERITY_WARNING ? "systemctl start NetworkManager" : ""));
}

/* Said of every such line, shared or not: which one a waiting share would like is not
 * known here, and there are rarely two. */
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
      cs_walk_add (w, lost ? CS_SEVERITY_ERROR : CS_SEVERITY_WARNING, "seized",
                   g_strdup_printf ("NetworkManager has seized %s from pppd, and %s",
                                    interface->name,
                                    lost ? "has taken its IPv4 address away"
                                         : "may take its IPv4 address away"),
                   g_strdup_printf (
                       "as root: printf '[keyfile]\\nunmanaged-devices+=interface-name:"
                       "%s\\n' >/etc/NetworkManager/conf.d/%s.conf; nmcli general "
                       "reload%s",
                       interface->name, interface->name,
                       lost ? "; then dial again" : ""));
    }
}

void
cs_walk_check_ip_forward (CsWalk *w)
{
  if (w->facts->ip_forward)
    cs_walk_add (
        w, CS_SEVERITY_INFO, "ip-forward",
        g_strdup ("net.ipv4.ip_forward is on: this computer passes packets between all "
                  "of its interfaces, whatever is shared; connshared needs and sets "
                  "only that of the LAN and the uplink"),
        g_strdup (""));
}
