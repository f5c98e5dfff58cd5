/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of what a user has decided about single clients: strings that begin with the
 * client's MAC address, behind which a space and a value may follow. Each list (nullable)
 * has a client once. */
#pragma once

#include "mac.h"

/* (nullable) The entry of @mac in @list. */
const char *cs_client_choice_find (char **list, const char *mac);
/* @list (transfer full) with @entry (nullable: none) as the one of @mac. Never NULL,
 * because that would be a list that nobody has given. */
char **cs_client_choice_put (char **list, const char *mac, const char *entry);

/* Clients that are blocked: no values. */
gboolean cs_blocked_check (char **blocked, GError **error);
gboolean cs_blocked_has (char **blocked, CsMac mac);
/* Users' own names for clients. */
gboolean cs_client_names_check (char **names, GError **error);
