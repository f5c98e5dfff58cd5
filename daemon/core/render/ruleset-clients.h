/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients' addresses in the sets of table "inet connshare" that count. They are not the
 * plan's, and not part of the outline. */
#pragma once

#include <glib.h>

/* Counts for the addresses (of char) in @new as well, and no more for those in @old,
 * which are counted for; "" if there are none. In a table that is there. */
char *cs_ruleset_render_clients (const GPtrArray *new, const GPtrArray *old);
