/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The requests in force: a GPtrArray of CsRequest, oldest first, one for each LAN. */
#pragma once

#include "core/request.h"

GPtrArray *cs_request_list_new (void);
GPtrArray *cs_request_list_copy (const GPtrArray *list);
/* (nullable) */
const CsRequest *cs_request_list_find (const GPtrArray *list, const char *lan);
/* Makes a copy of @request (NULL: nothing) the request of @lan, in the place of the one
 * that was there, which is returned (transfer full, nullable). */
CsRequest *
cs_request_list_put (GPtrArray *list, const char *lan, const CsRequest *request);
