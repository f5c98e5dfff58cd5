/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address that somebody chooses for a LAN. */
#pragma once

#include <glib.h>

/* Warns on stderr if @address, "192.168.50.1/24", is one of the Internet. */
void cs_lan_address_warn (const char *address);
/* Whether it is: neither private nor reserved for something else (IANA's registry of
 * special-purpose addresses). FALSE for what is no IPv4 address. */
gboolean cs_lan_address_is_public (const char *address);
