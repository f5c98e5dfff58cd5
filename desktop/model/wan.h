/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shared from, as the service writes it ("auto", "interface:ppp0", "wifi,ppp0"),
 * in words and for a picker. */
#pragma once

#include "interface.h"

#define CS_WAN_AUTO "auto"

/* Of @interfaces, the names are used. "Automatic", "Ethernet (eth0)", "wifi, then ppp0".
 */
char *cs_wan_title (const char *wan, GPtrArray *interfaces);
/* What the picker chooses for this interface: nothing else than it. */
char *cs_wan_for_interface (const char *name);
/* Whether it means this interface and nothing else. */
gboolean cs_wan_is_interface (const char *wan, const char *name);
