/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does what clients of one LAN ask for, and may have (claim.h): one request at a time. */
#pragma once

#include "claim.h"

#include "system/forwards/forwards.h"

/* @request, which is valid, of a client of @lan, whose uplink is there or not. */
void cs_clerk_serve_async (CsForwards *forwards,
                           const char *lan,
                           const CsPortdRequest *request,
                           gboolean has_uplink,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* Never fails: the answer says what has. */
void cs_clerk_serve_finish (GAsyncResult *result, CsPortdAnswer *answer);
