/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the wire contract that are not in the XML. */
#pragma once

#define CS_BUS_NAME          "org.connshare1"
#define CS_MANAGER_PATH      "/org/connshare1"
#define CS_SHARE_PATH_PREFIX "/org/connshare1/share/"
/* Escaped LAN follows; a part of a bus name must not begin with a digit. */
#define CS_DNSMASQ_NAME_PREFIX "org.connshare1.dnsmasq.lan_"
#define CS_ACTION_SHARE        "org.connshare1.share"
#define CS_ACTION_PASSPHRASE   "org.connshare1.view-passphrase"
#define CS_ACTION_CLIENTS      "org.connshare1.view-clients"
#define CS_ACTION_MAP          "org.connshare1.map-port"
