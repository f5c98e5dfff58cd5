/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the tables of the older iptables that filter from the kernel itself: its program
 * would have to start for each look, and looking makes it create tables. */
#pragma once

#include "core/value/firewall.h"

/* The chains of those of @names that filter, as of the table CS_LEGACY_TABLE,
 * "iptables-legacy raw" and "iptables-legacy mangle". Name only tables that the kernel
 * has, or the kernel creates them. NULL if one cannot be read, or is very long. */
CsFirewall *cs_xt_tables_read (const char *const *names);
