/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a Wi-Fi device can be the access point that is wanted, and on which channel. */
#pragma once

#include "plan.h"

/* Whether @lan becomes an access point when it is shared. Where NetworkManager does not
 * manage it, or is not to touch it, somebody else makes the access point. */
gboolean cs_radio_is_ours (const CsInterface *lan, gboolean keep_lan);

/* Whether the access point that @request is about has to wait for NetworkManager, which
 * does not manage @lan: at the start of the computer it may not do so yet. @before is as
 * below. */
gboolean cs_radio_waits (const CsInterface *lan,
                         const CsRequest *request,
                         const CsSharePlan *before);

/* Fills in .hotspot of @share, whose .lan_method is known, for @lan. @before is what is
 * in force on this very device (nullable). CS_ERROR_NOT_SUITABLE, with what would help,
 * where the device cannot be an access point, not on that channel, or not without .force
 * as it is in use; and for options that mean nothing to it. */
gboolean cs_radio_plan (CsSharePlan *share,
                        const CsRequest *request,
                        const CsSharePlan *before,
                        const CsInterface *lan,
                        GError **error);
