/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user has decided about single clients of a share: a name, an address that is
 * kept for one, and that one is blocked. It is part of the request, but none of its
 * options, which anybody may read; each of the three is a list of strings that begin with
 * the MAC address. */
#pragma once

#include "mac.h"
#include "request.h"

/* A copy of @request in which the a{sv} @settings hold for @mac: "name" s and "address" s
 * ("" for none), "blocked" b; what is not in it stays. Errors name the
 * value: CS_ERROR_INVALID_ARGUMENT; CS_ERROR_ADDRESS_CONFLICT: the address is kept for
 * another; CS_ERROR_NOT_SUITABLE: with keep-lan there are none to keep. */
CsRequest *cs_request_set_client (const CsRequest *request,
                                  const char *mac,
                                  GVariant *settings,
                                  GError **error);
/* The same as if it were the only client: for who may not know of the others. */
CsRequest *cs_request_set_only_client (const CsRequest *request,
                                       const char *mac,
                                       GVariant *settings,
                                       GError **error);
/* @request, a new one for the LAN of @known, takes over what it does not say itself. */
void cs_request_keep_clients (CsRequest *request, const CsRequest *known);

/* (nullable, owned) */
char *cs_request_client_name (const CsRequest *request, CsMac mac);
/* Unset if there is none. */
CsAddress cs_request_client_address (const CsRequest *request, CsMac mac);
