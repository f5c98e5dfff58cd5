/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file of a share's radvd, which tells clients of their router,
 * networks and name server (RFC 4861, 8106). */
#pragma once

#include "core/plan/ipv6.h"

/* Of a share that has IPv6: owned. */
char *cs_radvd_config_render (const CsSharePlan *plan);
/* Where the share of @lan has its directory: owned. */
char *cs_radvd_directory (const char *runtime_dir, const char *lan);
/* An argument that only the radvd of that directory has, and that means nothing to it:
 * owned. */
char *cs_radvd_argument (const char *directory);
