/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unfit.h"

#include <glib.h>

static const char *const words[] = {
  [CS_UNFIT_NOT] = "",
  [CS_UNFIT_NAME] = "name",
  [CS_UNFIT_LOOPBACK] = "loopback",
  [CS_UNFIT_PORT] = "port",
  [CS_UNFIT_SHARED] = "shared",
  [CS_UNFIT_CARRIER] = "carrier",
  [CS_UNFIT_OWN_INTERNET] = "own-internet",
  [CS_UNFIT_LAN] = "lan",
  [CS_UNFIT_UPLINK] = "uplink",
  [CS_UNFIT_WIFI_OFF] = "wifi-off",
  [CS_UNFIT_WIFI_CLIENT_ONLY] = "wifi-client-only",
  [CS_UNFIT_WIFI_JOINED] = "wifi-joined",
  [CS_UNFIT_ACCESS_POINT] = "access-point",
  [CS_UNFIT_NO_NETWORK] = "no-network",
  [CS_UNFIT_OTHER] = "other",
};

const char *
cs_unfit_to_string (CsUnfit unfit)
{
  g_return_val_if_fail ((gsize)unfit < G_N_ELEMENTS (words), words[CS_UNFIT_OTHER]);
  return words[unfit];
}
