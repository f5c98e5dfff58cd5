/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a Wi-Fi device can be the requested access point, and on which channel. */
#pragma once

#include "share-plan.h"

/* Whether @lan becomes an access point when it is shared. If NetworkManager does not
 * manage it, or must not touch it, another program makes the access point. */
gboolean cs_radio_is_ours (const CsInterface *lan, gboolean keep_lan);

/* Whether the access point of @request has to wait for NetworkManager, which does not
 * manage @lan: it may not do so yet when the computer starts. @before is as below. */
gboolean cs_radio_waits (const CsInterface *lan,
                         const CsRequest *request,
                         const CsSharePlan *before);

/* Fills in .hotspot of @share, whose .lan_method is known, for @lan. @before is what
 * is in force on this very device (nullable). CS_ERROR_NOT_SUITABLE if the device
 * cannot be an access point, or not on that channel, or not beside a station, or is in
 * use and .force is not set; and for options that do not apply to it. */
gboolean cs_radio_plan (CsSharePlan *share,
                        const CsRequest *request,
                        const CsSharePlan *before,
                        const CsInterface *lan,
                        const CsSnapshot *snapshot,
                        GError **error);

/* Another interface of @lan's radio, which can be an access point and a station at once
 * on one channel at most. @station: one that is in a network, or else one that is not.
 * (nullable) */
const CsInterface *cs_radio_find_sibling (const CsInterface *lan,
                                          gboolean station,
                                          const CsSnapshot *snapshot);
