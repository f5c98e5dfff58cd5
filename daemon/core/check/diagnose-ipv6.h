/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6: what clients are told of it, and what the uplink has. Most networks still have
 * none, which is no finding unless the user has asked for some. */
#pragma once

#include "walk.h"

/* About the host. */
void cs_walk_check_ipv6_forward (CsWalk *walk);
/* About a share. */
void cs_walk_check_radvd (CsWalk *walk);
void cs_walk_check_ipv6_proxied (CsWalk *walk);
void cs_walk_check_ipv6_alone (CsWalk *walk);
void cs_walk_check_ipv6 (CsWalk *walk);
