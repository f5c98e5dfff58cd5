/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packets of a flow, as each hook on their way sees them. */
#pragma once

#include "flow.h"

/* Makes such a packet, as it is when it comes by @base. */
void cs_flow_make_packet (CsPacket *packet,
                          const CsSharePlan *share,
                          CsFlow flow,
                          const CsFilterChain *base);
