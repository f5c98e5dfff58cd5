/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table "inet connshare" in outline, as it is in the kernel. */
#pragma once

#include "core/outline.h"

/* Those of its chains that have rules, and those of its sets that @wanted names. NULL: it
 * cannot be read. */
CsOutline *cs_nft_outline_read (CsOutline *wanted);
