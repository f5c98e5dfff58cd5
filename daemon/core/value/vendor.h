/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a MAC address tells of a network device: its maker, by the first three bytes,
 * which the IEEE assigns and publishes as oui.txt, or that it is made up. */
#pragma once

#include <glib.h>

/* Whether the six bytes of @mac are a private address, which the client has made up and
 * may change: administered locally, and of one device (IEEE 802, bits 0x02 and 0x01 of
 * the first byte). */
gboolean cs_mac_is_private (const guint8 *mac);

/* The first three bytes of @mac, as a key of cs_vendors_find (). */
guint cs_vendor_key (const guint8 *mac);

/* Looks up the keys of @vendors (GUINT_TO_POINTER (key) -> char *, owned) in @text,
 * @size bytes of an oui.txt (NULL if it is empty), and sets the values of those that it
 * has: one line of at most 64 characters. Reads the text once, from start to end, however
 * many keys there are: it has some megabytes. */
void cs_vendors_find (const char *text, gsize size, GHashTable *vendors);
