/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports that this computer itself listens on at an uplink, in a set of table "inet
 * connshare": no client's flow may be masqueraded to one of them, as its replies would
 * shadow what others send to that service (CVE-2021-3773). */
#pragma once

#include "core/plan/plan-list.h"

/* From now on it is about the uplinks and networks of @plan (nullable). */
void cs_own_ports_set_plan (CsPlan *plan);
/* The commands of nft(8) that fill the set, of a new table, with what was found last, or
 * if nothing was, with what the kernel lists now. Owned. */
char *cs_own_ports_render (void);
/* Looks in the background whether the ports have changed; flows end that have taken one
 * since the last look. From any thread. */
void cs_own_ports_look (void);
/* A flow has begun: looks in the background whether the ports have changed, now and a
 * little later, and has the kernel announce the next flow after that. */
void cs_own_ports_check (void);
