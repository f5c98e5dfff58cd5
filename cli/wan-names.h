/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names after "via" that nothing has: the service waits for them, as they may be those
 * of a connection that is yet to be dialled. They may as well be typing mistakes. */
#pragma once

#include "client.h"

/* Warns on stderr of each choice in @wan, for the share of @lan (nullable: of any), that
 * nothing has as its name, with the nearest name that exists. */
void cs_wan_names_warn (CsDbusManager *manager, const char *lan, const char *wan);
