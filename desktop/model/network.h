/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Wi-Fi network may be called, and what its password may be: told while it is
 * typed, before the service is asked. */
#pragma once

#include <glib.h>

/* Why it cannot be, in the user's language, or NULL if it can. */
const char *cs_network_check_name (const char *name);
/* Likewise; an empty one is fine, and means that one is made up. */
const char *cs_network_check_password (const char *password);
