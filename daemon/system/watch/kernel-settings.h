/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc/sys/net says for all interfaces. */
#pragma once

#include "core/value/snapshot.h"

/* Whether the kernel does IPv6 at all, and whether it can forward it for single
 * interfaces (since Linux 6.17). */
gboolean cs_kernel_settings_have_ipv6 (void);
gboolean cs_kernel_settings_can_force_ipv6 (void);
/* Of an interface, or of those to come ("default"). */
CsIpv6Conf cs_kernel_settings_conf6 (const char *name);
/* How long the kernel waits, for fear of many answers at once, before it answers there
 * for others: hundredths of a second; -1: not known. */
int cs_kernel_settings_proxy_delay (const char *interface);
/* Fills in whether the host forwards, whether marks count, and, unless @snapshot says
 * that forwarding of IPv6 can be forced, the settings of interfaces to come.
 * @rp_filter_all becomes net.ipv4.conf.all.rp_filter. */
gboolean
cs_kernel_settings_fill (CsSnapshot *snapshot, int *rp_filter_all, GError **error);
