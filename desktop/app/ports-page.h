/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports of the Internet connection that lead to devices: listed, added and removed;
 * and whether devices may do that themselves. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_PORTS_PAGE (cs_ports_page_get_type ())
G_DECLARE_FINAL_TYPE (CsPortsPage, cs_ports_page, CS, PORTS_PAGE, AdwBin)

void cs_ports_page_set_setup (CsPortsPage *page, CsSetup *setup);
