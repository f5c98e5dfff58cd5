/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share's chains for IPv6. */
#pragma once

#include "ruleset-words.h"

/* Of a share that has IPv6, those first that others jump to; the last has no prefix. */
extern const CsShareChain cs_ruleset_chains6[];
/* Their prefixes, those first that jump to others; ends with NULL. */
extern const char *const cs_ruleset_prefixes6[];
