/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nonces of PCP, without which nobody changes a mapping at the router: always the
 * same ones for the same port, so that a mapping is renewed after a crash, and not
 * refused. */
#pragma once

#include "router-message.h"

/* Sets .nonce, for what is asked of @router from @own. */
void cs_router_nonce_set (CsRouterRequest *request, CsAddress own, CsAddress router);
