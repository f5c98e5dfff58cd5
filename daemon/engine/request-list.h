/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The requests in force: a GPtrArray of CsRequest, oldest first, one for each LAN. */
#pragma once

#include "core/value/request.h"

GPtrArray *cs_request_list_new (void);
GPtrArray *cs_request_list_copy (const GPtrArray *list);
/* (nullable) */
const CsRequest *cs_request_list_find (const GPtrArray *list, const char *lan);
/* A time for .since of a new one: later than all others, even after the clock was set
 * back, so that older shares stay older. */
gint64 cs_request_list_youngest (const GPtrArray *list);
/* Makes a copy of @request (NULL: nothing) the request of @lan. Returns the one that it
 * replaces (transfer full, nullable). */
CsRequest *
cs_request_list_put (GPtrArray *list, const char *lan, const CsRequest *request);
