/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file of a share's dnsmasq. What changes with the uplink (its name
 * servers) is not in it: that goes over dnsmasq's D-Bus interface, as the strings of
 * cs_dnsmasq_servers (). */
#pragma once

#include "core/plan/share-plan.h"

/* The least that dnsmasq gives. When the LAN gets another network, because an uplink came
 * up with this one, clients that do not see its link go down and up (behind a switch, or
 * on Wi-Fi) find out within this time: dnsmasq cannot force a renewal (RFC 3203), and few
 * clients would heed it. Seconds. */
#define CS_LEASE_TIME 120

/* Where the share of @lan has its directory: owned. */
char *cs_dnsmasq_directory (const char *runtime_dir, const char *lan);
/* The file there that tells which process it is (system/process/own-process.h). */
#define CS_DNSMASQ_NOTE "process"

/* A folder of root's that AppArmor's profile lets dnsmasq have the leases in, as
 * "dnsmasq.*.leases". */
#define CS_LEASES_DIR "/var/lib/misc"

/* The file with the leases of @lan: owned. */
char *cs_dnsmasq_leases (const char *lan);
/* The directory of the share that has the file @name in CS_LEASES_DIR: owned; NULL if it
 * is no share's. */
char *cs_dnsmasq_directory_of_file (const char *runtime_dir, const char *name);

/* The file with the addresses that are kept for certain clients, which dnsmasq reads
 * again on SIGHUP, as the user that it has become: owned. And what is in it. */
char *cs_dnsmasq_hosts (const char *lan);
char *cs_dnsmasq_hosts_render (const CsSharePlan *plan);

char *cs_dnsmasq_config_render (const CsSharePlan *plan);

/* "192.0.2.53@ppp0", "2001:db8::53@ppp0", "fe80::1%ppp0@ppp0": asked through the uplink
 * only; strv, owned, empty while there is none, and then every question is refused at
 * once. */
char **cs_dnsmasq_servers (const CsSharePlan *plan);

/* The name that it has on the bus, "org.connshare1.dnsmasq.lan_LAN" with LAN escaped: an
 * element of a name must not start with a digit, an interface's name may. */
char *cs_dnsmasq_bus_name (const char *lan);
/* What it offers there, see dbus/DBus-interface in its source. */
#define CS_DNSMASQ_OBJECT    "/uk/org/thekelleys/dnsmasq"
#define CS_DNSMASQ_INTERFACE "uk.org.thekelleys.dnsmasq"

/* First and last address for clients in @address's network, without the gateway, and how
 * many they are. In a /24 with gateway .1: .10 to .254; small networks give all that is
 * left. */
guint cs_dhcp_range (CsCidr address, CsAddress *first, CsAddress *last);
