/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share in words and in JSON. */
#pragma once

#include <connshare-dbus.h>
#include <json-glib/json-glib.h>

/* "lan0 is shared via ppp0: clients get addresses from 192.168.137.0/24", "lan0 is
 * shared via wlan0 (2nd choice; ppp0 does not exist): ...", "lan0 is waiting: ppp0
 * does not exist; sharing begins when it appears"; for a terminal. */
char *cs_describe_share (CsDbusShare *share);

/* "192.168.137.0/24" for "192.168.137.1/24"; anything but an address stays as it is. */
char *cs_describe_network (const char *address);

/* "dns=192.0.2.1,192.0.2.2 keep-lan" for the a{sv} @options, without "persistent",
 * which has its own property; "" for none. */
char *cs_describe_options (GVariant *options);

/* "ufw, nftables (inet mine)", or ""; for a terminal. */
char *cs_describe_blockers (CsDbusShare *share);

/* Whether NetworkManager shares its LAN itself. */
gboolean cs_describe_is_adopted (CsDbusShare *share);

/* "" for NULL: a property that the service does not have. */
const char *cs_describe_text (const char *text);

/* Prints {"shares":[...]} for @shares of CsDbusShare, with "link" for each of them that
 * @links (nullable) has. */
void cs_describe_print_json (GPtrArray *shares, const char *const *links);
/* Adds the share's properties as members of the object that @builder is in. */
void cs_describe_add_json (JsonBuilder *builder, CsDbusShare *share);
