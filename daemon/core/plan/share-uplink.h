/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share's plan says about its uplink, the one before, and what it leaves. */
#pragma once

#include "share-plan.h"

/* Sets its name, number and addresses, and nothing that is about packets. */
void cs_share_uplink_name (CsSharePlan *share, const CsInterface *uplink);
/* The same and its MTU. @lan is nullable: its device is gone. */
void cs_share_uplink_take (CsSharePlan *share,
                           const CsInterface *lan,
                           const CsInterface *uplink);
/* Records in @share what @before (nullable), the plan in force, guards and @share
 * itself does not; and the uplink that it has, or remembers. */
void cs_share_uplink_leave (CsSharePlan *share, const CsSharePlan *before);
/* Notes in @share, which guards the same LAN, what @unfinished leaves, in place of which
 * it comes before that was in force. */
void cs_share_uplink_inherit (CsSharePlan *share, const CsSharePlan *unfinished);
