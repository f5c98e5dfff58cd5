/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network of the test's own: what it changes, nobody else sees. */
#pragma once

#include <glib.h>

/* To be called first in main (), while there is one thread: puts the process into fresh
 * network and mount namespaces (and a user namespace where it is not root), with /sys of
 * that network, empty /etc and /run, and "lo" up. Ends the program when it cannot. */
void private_net_enter (void);

/* Runs ip(8) with these words; in @many, one command a line. It must succeed. */
void private_net_ip (const char *format, ...) G_GNUC_PRINTF (1, 2);
void private_net_ip_batch (const char *many);

/* net.ipv4.conf.@interface.@key, net.ipv6.conf.@interface.@key */
void private_net_write_sysctl (const char *interface, const char *key, const char *value);
void
private_net_write_sysctl6 (const char *interface, const char *key, const char *value);
/* Addresses of links to come can be used at once: nobody looks for another who has them.
 */
void private_net_skip_dad (void);
