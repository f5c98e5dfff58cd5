/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeps an interface from being the LAN or WAN of a share.
 * dbus/org.connshare1.xml explains each, at ListInterfaces. */
#pragma once

typedef enum
{
  CS_UNFIT_NOT, /* nothing: it can be */
  CS_UNFIT_NAME,
  CS_UNFIT_LOOPBACK,
  CS_UNFIT_PORT,
  CS_UNFIT_SHARED,
  CS_UNFIT_CARRIER,
  CS_UNFIT_OWN_INTERNET,
  CS_UNFIT_LAN,
  CS_UNFIT_UPLINK,
  CS_UNFIT_WIFI_OFF,
  CS_UNFIT_WIFI_CLIENT_ONLY,
  CS_UNFIT_WIFI_JOINED,
  CS_UNFIT_ACCESS_POINT,
  CS_UNFIT_NO_NETWORK,
  CS_UNFIT_OTHER, /* only the message says */
} CsUnfit;

/* The word on the bus: "loopback"; "" for CS_UNFIT_NOT. */
const char *cs_unfit_to_string (CsUnfit unfit);
