/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "radvd": tells the clients of a share of their router, networks and name
 * server for IPv6, one radvd per share. */
#pragma once

#include "engine/step.h"

/* @runtime_dir gets a directory for each share that has IPv6, "radvd-LAN". */
CsStep *cs_radvd_step_new (const char *runtime_dir);
