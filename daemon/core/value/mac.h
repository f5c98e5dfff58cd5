/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A MAC address of 48 bits, as a value. */
#pragma once

#include <glib.h>

typedef struct
{
  guint8 bytes[6];
} CsMac;

/* Takes colons or hyphens and any case. FALSE also for none that a client can have: zero,
 * or a group's (IEEE 802, bit 0x01 of the first byte). */
gboolean cs_mac_parse (const char *text, CsMac *mac);
/* "02:00:00:00:00:01" */
char *cs_mac_to_string (CsMac mac);
gboolean cs_mac_equal (CsMac a, CsMac b);
gboolean cs_mac_is_client (CsMac mac);

/* For hash tables whose keys point to a CsMac. */
guint cs_mac_hash (gconstpointer mac);
gboolean cs_mac_key_equal (gconstpointer a, gconstpointer b);
