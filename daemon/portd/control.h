/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a datagram at port 5351 is answered: NAT-PMP or PCP, which tell themselves apart
 * by their first byte. */
#pragma once

#include "gateway.h"
#include "pcp.h"

#define CS_CONTROL_REPLY_MAX CS_PCP_MAX

/* @peer: a client, whom cs_gateway_knows (). Returns the size of @reply; 0: there is
 * none. */
gsize cs_control_answer (CsGateway *gateway,
                         CsAddress peer,
                         const guint8 *data,
                         gsize size,
                         guint8 reply[CS_CONTROL_REPLY_MAX]);
