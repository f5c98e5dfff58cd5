/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file of a share's dnsmasq. What changes with the uplink (its name
 * servers) is not in it: that goes over dnsmasq's D-Bus interface, as the strings of
 * cs_dnsmasq_servers (). */
#pragma once

#include "plan.h"

/* Where the share of @lan has its directory: owned. */
char *cs_dnsmasq_directory (const char *runtime_dir, const char *lan);

/* @directory holds leases and pid file: "DIRECTORY/leases", "DIRECTORY/pid". */
char *cs_dnsmasq_config_render (const CsSharePlan *plan, const char *directory);

/* "192.0.2.53@ppp0": asked through the uplink only; strv, owned, empty while there is
 * none, and then every question is refused at once. */
char **cs_dnsmasq_servers (const CsSharePlan *plan);

/* The name that it has on the bus, "org.connshare1.dnsmasq.lan_LAN" with LAN escaped: an
 * element of a name must not start with a digit, an interface's name may. */
char *cs_dnsmasq_bus_name (const char *lan);

/* First and last address for clients in @address's network, without the gateway. In a
 * /24 with gateway .1: .10 to .254; small networks give all that is left. */
void cs_dhcp_range (CsCidr address, guint32 *first, guint32 *last);
