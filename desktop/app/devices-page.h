/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of the share: read while somebody looks, and when the service says that
 * they have changed. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_DEVICES_PAGE (cs_devices_page_get_type ())
G_DECLARE_FINAL_TYPE (CsDevicesPage, cs_devices_page, CS, DEVICES_PAGE, AdwBin)

void cs_devices_page_set_setup (CsDevicesPage *page, CsSetup *setup);
