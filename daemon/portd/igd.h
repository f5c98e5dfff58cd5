/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request of HTTP is answered: the descriptions, and the actions of the services.
 */
#pragma once

#include "gateway.h"
#include "http.h"

/* @request is complete, its body at @body; @peer: a client. */
GString *cs_igd_respond (CsGateway *gateway,
                         CsAddress peer,
                         const CsHttpRequest *request,
                         const char *body);
