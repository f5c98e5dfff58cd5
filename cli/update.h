/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `share` and `change` have in common: updating a share, and reporting its state
 * afterwards. */
#pragma once

#include "call.h"
#include "share-options.h"

/* What to do, in @call, if there is no share to change. */
typedef gboolean (*CsUpdateMissing) (CsCall *call,
                                     CsShareOptions *wanted,
                                     GError **error);

/* Changes what @wanted gives, or calls @missing; reports the share's state, and returns
 * the exit status. */
int cs_update_run (CsShareOptions *wanted, CsUpdateMissing missing);
