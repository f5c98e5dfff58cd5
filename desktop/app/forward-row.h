/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port in the list, with a button that removes it. Signal "remove". */
#pragma once

#include "forward.h"

#include <adwaita.h>

#define CS_TYPE_FORWARD_ROW (cs_forward_row_get_type ())
G_DECLARE_FINAL_TYPE (CsForwardRow, cs_forward_row, CS, FORWARD_ROW, AdwActionRow)

CsForwardRow *cs_forward_row_new (const CsForward *forward);
const char *cs_forward_row_get_protocol (CsForwardRow *row);
guint16 cs_forward_row_get_port (CsForwardRow *row);
const char *cs_forward_row_get_client (CsForwardRow *row);
/* @clients, (element-type CsClient), have the names of devices. */
void
cs_forward_row_show (CsForwardRow *row, const CsForward *forward, GPtrArray *clients);
