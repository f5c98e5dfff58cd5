/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's own name servers: what resolv.conf(5) says, and a watch on it. pppd's ip-up
 * script, for one, writes it after the kernel has the interface's route. */
#pragma once

#include <glib.h>

/* The IPv4 servers in the text of a resolv.conf, in order, less those of this host itself
 * (127.0.0.0/8, 0.0.0.0); strv, owned, may be empty. */
char **cs_resolv_conf_parse (const char *text);

/* Those of /etc/resolv.conf. Where it names a stub of systemd-resolved only, those that
 * the stub asks. strv, owned, may be empty. */
char **cs_resolv_conf_servers (void);

/* Calls @func from the default main context when /etc/resolv.conf, or the file that it
 * links to, was written or replaced. */
typedef void (*CsResolvConfFunc) (gpointer user_data);
typedef struct _CsResolvConfWatch CsResolvConfWatch;

CsResolvConfWatch *cs_resolv_conf_watch (CsResolvConfFunc func, gpointer user_data);
void cs_resolv_conf_unwatch (CsResolvConfWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsResolvConfWatch, cs_resolv_conf_unwatch)
