/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients as ListClients () tells of them. */
#pragma once

#include "core/value/client-list.h"
#include "core/value/request.h"

/* aa{sv}, floating: those of @list (nullable), which are in the order in which they came,
 * and those that @request blocks and nobody has seen. */
GVariant *cs_describe_clients (CsClientList *list, const CsRequest *request);
/* as, floating: of CsAddress. */
GVariant *cs_describe_addresses (const GArray *addresses);
