/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of clients: the one that a client claims by DHCP, and the one that the user gives
 * it. */
#pragma once

#include <glib.h>

/* What may be shown of the host name that a client claims, @length bytes of anything:
 * letters, digits and hyphens, at most 63 bytes of UTF-8 (the label of RFC 1035), from
 * before its first dot. NULL: nothing is left, or the name would mislead: "localhost",
 * "wpad" and "isatap", by which programs find what they trust, and that of the gateway
 * itself (nullable). */
char *cs_client_name_from_claim (const char *claim, gsize length, const char *gateway);

/* Whether a user may call a client so: 1 to 64 characters of UTF-8 that one line can
 * show, not all of them spaces. */
gboolean cs_client_name_is_valid (const char *name);
