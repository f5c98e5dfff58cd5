/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This computer's unique local network of IPv6, from its machine id. */
#pragma once

#include "core/value/cidr.h"

/* As cs_ipv6_own_network (); unset: the computer has no id (yet). */
CsCidr cs_own_network_read (void);
