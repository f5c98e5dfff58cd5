/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of this computer that have a port which a mapping is to lead away. */
#pragma once

#include "core/value/forward.h"

/* Whether none listens on a port of @forward at one of @uplinks (of CsAddress), or at any
 * address, for what comes by the interface @ifindex (0: there is no uplink now) or from
 * this computer; CS_ERROR_NOT_SUITABLE names the one that does. */
gboolean cs_forward_rivals_check (const CsForward *forward,
                                  const GArray *uplinks,
                                  int ifindex,
                                  GError **error);
