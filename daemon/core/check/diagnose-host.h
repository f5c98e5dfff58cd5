/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What concerns the host as a whole, and thus every share. */
#pragma once

#include "walk.h"

void cs_walk_check_any_share (CsWalk *walk);
void cs_walk_check_nftables (CsWalk *walk);
void cs_walk_check_extras (CsWalk *walk);
void cs_walk_check_dnsmasq (CsWalk *walk);
void cs_walk_check_polkit (CsWalk *walk);
void cs_walk_check_network_manager (CsWalk *walk);
void cs_walk_check_seized (CsWalk *walk);
void cs_walk_check_ip_forward (CsWalk *walk);
