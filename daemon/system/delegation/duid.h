/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name by which DHCPv6 servers know this computer when it asks for prefixes: always
 * the same one, and none that another client of this computer has. */
#pragma once

#include "core/value/delegation.h"

const CsDuid *cs_duid_get_own (void);
