/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port mappings that lead nowhere, or that the Internet does not reach. Whoever asks
 * learns how many, and not whose. */
#pragma once

#include "walk.h"

/* About a share. */
void cs_walk_check_external (CsWalk *walk);
void cs_walk_check_forwards (CsWalk *walk);
void cs_walk_check_ports (CsWalk *walk);
void cs_walk_check_router (CsWalk *walk);
/* What game consoles call the kind of NAT. */
void cs_walk_check_nat (CsWalk *walk);
/* Whether clients that may ask for ports can do so. */
void cs_walk_check_upnp (CsWalk *walk);
