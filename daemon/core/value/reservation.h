/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that are kept for certain clients: "02:00:00:00:00:01 192.168.137.50" each,
 * one for an address and one for a client. */
#pragma once

#include "leases.h"

gboolean cs_reservation_parse (const char *text, CsHolder *holder);
/* Whether a share can have these (nullable). */
gboolean cs_reservations_check (char **reservations, GError **error);
gboolean cs_reservations_have (char **reservations, CsAddress address);
