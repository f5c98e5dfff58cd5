/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the clients of a share have used what its limit allows. Until they have, the
 * packet filter counts, and drops what would be too much; after that the share waits, as
 * one that has no uplink. */
#pragma once

#include "share-plan.h"

/* Sets the share's limit. */
void cs_data_limit_plan (CsSharePlan *share,
                         const CsRequest *request,
                         const CsSnapshot *snapshot);

gboolean cs_data_limit_is_reached (const CsSharePlan *share, const CsSnapshot *snapshot);
/* Nine tenths of it. */
gboolean cs_data_limit_is_near (const CsSharePlan *share, const CsSnapshot *snapshot);

/* What counts for the limit of @share, of @usage (nullable); bytes. */
guint64 cs_data_limit_used (const CsSharePlan *share, const CsDataUsage *usage);
/* The number of bytes from which on it is near. */
guint64 cs_data_limit_warning (const CsSharePlan *share);

/* "10 GB in each month" or "10 GB": owned. */
char *cs_data_limit_words (const CsSharePlan *share);
/* Why the share waits: owned. */
char *cs_data_limit_message (const CsSharePlan *share);
/* How much is used: owned. */
char *cs_data_limit_used_words (const CsSharePlan *share, const CsSnapshot *snapshot);
