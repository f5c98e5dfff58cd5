/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's own name servers, from resolv.conf(5), and a watch on it. pppd's ip-up
 * script, for one, writes it after the kernel has the interface's route. */
#pragma once

#include <glib.h>

/* The servers in the text of a resolv.conf, in order, without those of this host itself
 * (127.0.0.0/8, 0.0.0.0, ::1) and link-local ones (fe80::1%eth0): of CsAddress, owned. */
GArray *cs_resolv_conf_parse (const char *text);

/* The servers in /etc/resolv.conf. If it names only a stub of systemd-resolved, those
 * that the stub uses. Of CsAddress, owned. */
GArray *cs_resolv_conf_servers (void);

/* Those of this host itself in /etc/resolv.conf, which the former leave out. Of
 * CsAddress, owned. */
GArray *cs_resolv_conf_own (void);

/* Called from the default main context when /etc/resolv.conf, or the file that it links
 * to, was written or replaced. */
typedef void (*CsResolvConfFunc) (gpointer user_data);
typedef struct _CsResolvConfWatch CsResolvConfWatch;

CsResolvConfWatch *cs_resolv_conf_watch (CsResolvConfFunc func, gpointer user_data);
void cs_resolv_conf_unwatch (CsResolvConfWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsResolvConfWatch, cs_resolv_conf_unwatch)
