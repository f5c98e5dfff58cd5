/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is or will be wrong with the shares, and what helps: for each share, a client's
 * packet is followed along its whole path, on paper. The engine repairs what is its
 * own, so most findings are in the hands of others. */
#pragma once

#include "walk.h"

/* Of CsFinding (owned): those about the host, then those of each share in the order of
 * a packet's path. @plan is what is published of the shares: with their states and
 * errors. */
GPtrArray *cs_diagnose (const CsPlan *plan, const CsSnapshot *snapshot, CsFacts *facts);
