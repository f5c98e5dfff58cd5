/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Through this computer to the uplink, out, and back. */
#pragma once

#include "walk.h"

void cs_walk_check_blocks (CsWalk *walk);
void cs_walk_check_rules (CsWalk *walk);
void cs_walk_check_mtu (CsWalk *walk);
void cs_walk_check_upstream (CsWalk *walk);
void cs_walk_check_resolver (CsWalk *walk);
void cs_walk_check_replies (CsWalk *walk);
void cs_walk_check_clients (CsWalk *walk);
void cs_walk_check_data_limit (CsWalk *walk);
