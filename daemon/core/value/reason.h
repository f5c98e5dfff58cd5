/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a share is in its state. dbus/org.connshare1.xml explains each, at StateReason. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_REASON_NONE,
  CS_REASON_UPLINK_MISSING,
  CS_REASON_UPLINK_DOWN,
  CS_REASON_UPLINK_DIALING,
  CS_REASON_UPLINK_UNSTABLE,
  CS_REASON_UPLINK_UNKNOWN,
  CS_REASON_NO_PRIMARY,
  CS_REASON_LAN_MISSING,
  CS_REASON_LAN_UNAVAILABLE,
  CS_REASON_LAN_TAKEN,
  CS_REASON_LAN_WITHOUT_ADDRESS,
  CS_REASON_ANSWERS_ASTRAY,
  CS_REASON_CLIENTS_ASTRAY,
  CS_REASON_DATA_LIMIT,
  CS_REASON_ADDRESS_CONFLICT,
  CS_REASON_NOT_SUITABLE,
  CS_REASON_FAILED,
} CsReason;

/* The word on the bus: "uplink-missing". */
const char *cs_reason_to_string (CsReason reason);
