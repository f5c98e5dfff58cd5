/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the client to this computer: the share itself, the cable, the address, DHCP, DNS.
 */
#pragma once

#include "walk.h"

void cs_walk_check_state (CsWalk *walk);
void cs_walk_check_link (CsWalk *walk);
void cs_walk_check_radio (CsWalk *walk);
void cs_walk_check_plan (CsWalk *walk);
void cs_walk_check_network (CsWalk *walk);
void cs_walk_check_repairs (CsWalk *walk);
void cs_walk_check_blocked (CsWalk *walk);
void cs_walk_check_dhcp (CsWalk *walk);
void cs_walk_check_name_server (CsWalk *walk);
