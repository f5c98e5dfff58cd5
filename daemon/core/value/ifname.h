/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interface names may go into a ruleset, a configuration file or a path. The
 * kernel (dev_valid_name ()) allows nearly all bytes; here only letters, digits and ".
 * _ - @ + =" are allowed, 1 to 15 of them, so that no quoting rule of nft, dnsmasq or
 * /proc/sys matters. Not allowed are a leading '-', "." and ".."; "all" and "default",
 * which mean more than one interface in /proc/sys; and a trailing '+', which does in
 * iptables. */
#pragma once

#include <glib.h>

/* @what is "LAN" or "WAN", for the error (CS_ERROR_INVALID_ARGUMENT), which shows the
 * name escaped. */
gboolean cs_ifname_check (const char *name, const char *what, GError **error);

/* The name with every byte outside [A-Za-z0-9] as _xx: for nft objects, D-Bus paths and
 * names, file names. Injective. Same as g_dbus_escape_object_path (). */
char *cs_ifname_escape (const char *name);
/* The name that @escaped stands for (owned); NULL if it is not the result of escaping. */
char *cs_ifname_unescape (const char *escaped);
