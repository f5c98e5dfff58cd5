/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port mappings of a share: a dictionary each, as ListForwards() returns them, and
 * their parts in words. */
#pragma once

#include "call.h"

#include <connshare-dbus.h>

/* aa{sv}, owned; @flags may allow a dialog. */
GVariant *cs_forward_list_get (CsDbusShare *share,
                               CsCall *call,
                               GDBusCallFlags flags,
                               GError **error);

/* A service without mappings answers as if there were no share: says in place of
 * @error, if that is why, which of the two it is. */
void cs_forward_list_explain (const char *lan, GError **error);

/* "8080", "6000-6010", at the uplink and at the client (owned). */
char *cs_forward_list_ports (GVariant *mapping);
char *cs_forward_list_to_ports (GVariant *mapping);
/* The client's address, "" for none (owned). */
char *cs_forward_list_address (GVariant *mapping);

/* "tcp port 8080 of 203.0.113.5 leads to 192.168.137.21, port 80", or why not yet
 * (owned); @client is what the user calls it. */
char *cs_forward_list_sentence (GVariant *mapping, const char *lan, const char *client);

void
cs_forward_list_print_table (GPtrArray *shares, GPtrArray *lists, GPtrArray *clients);
void cs_forward_list_print_json (GPtrArray *shares, GPtrArray *lists);
