/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Wi-Fi network that a share makes: its name, its password, and a QR code for phones.
 * Only there while the LAN is a Wi-Fi adapter. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_WIFI_GROUP (cs_wifi_group_get_type ())
G_DECLARE_FINAL_TYPE (CsWifiGroup, cs_wifi_group, CS, WIFI_GROUP, AdwPreferencesGroup)

void cs_wifi_group_set_setup (CsWifiGroup *group, CsSetup *setup);
/* Shows the QR code, as soon as there is one. */
void cs_wifi_group_join (CsWifiGroup *group);
