/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where our name server or DHCP server can listen. */
#pragma once

#include "core/value/address.h"

/* The first of the ports CS_OWN_DNS_FIRST to CS_OWN_DNS_LAST that no program holds on all
 * addresses and that is not in @except (CS_OWN_DNS_BIT); CS_OWN_DNS_FIRST if there is
 * none. */
guint cs_dns_port_choose (guint32 except);

/* Whether nobody holds @port, UDP or TCP, at the IPv4 address @address. */
gboolean cs_dns_port_is_free (CsAddress address, guint port);

/* Whether dnsmasq can bind it on @lan. */
gboolean cs_dhcp_port_is_free (const char *lan);

/* Remembers that the port was taken at some share's address. */
void cs_dns_port_refuse (guint port);
/* CS_OWN_DNS_BIT of each refused port. */
guint32 cs_dns_port_get_refused (void);
