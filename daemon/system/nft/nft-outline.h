/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table "inet connshare" in outline, as it is in the kernel. */
#pragma once

#include "core/render/outline.h"

/* The chains that have rules, and the sets that @wanted names. NULL if the table cannot
 * be read. */
CsOutline *cs_nft_outline_read (const CsOutline *wanted);
