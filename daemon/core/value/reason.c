/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

static const char *const words[] = {
  [CS_REASON_NONE] = "none",
  [CS_REASON_UPLINK_MISSING] = "uplink-missing",
  [CS_REASON_UPLINK_DOWN] = "uplink-down",
  [CS_REASON_UPLINK_DIALING] = "uplink-dialing",
  [CS_REASON_UPLINK_UNSTABLE] = "uplink-unstable",
  [CS_REASON_UPLINK_UNKNOWN] = "uplink-unknown",
  [CS_REASON_NO_PRIMARY] = "no-primary",
  [CS_REASON_LAN_MISSING] = "lan-missing",
  [CS_REASON_LAN_UNAVAILABLE] = "lan-unavailable",
  [CS_REASON_LAN_TAKEN] = "lan-taken",
  [CS_REASON_LAN_WITHOUT_ADDRESS] = "lan-without-address",
  [CS_REASON_ANSWERS_ASTRAY] = "answers-astray",
  [CS_REASON_CLIENTS_ASTRAY] = "clients-astray",
  [CS_REASON_DATA_LIMIT] = "data-limit",
  [CS_REASON_ADDRESS_CONFLICT] = "address-conflict",
  [CS_REASON_NOT_SUITABLE] = "not-suitable",
  [CS_REASON_FAILED] = "failed",
};

const char *
cs_reason_to_string (CsReason reason)
{
  g_return_val_if_fail ((gsize)reason < G_N_ELEMENTS (words), words[CS_REASON_FAILED]);
  return words[reason];
}
