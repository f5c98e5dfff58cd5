/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells this computer from all others, for as long as it is installed. */
#pragma once

#include <glib.h>

/* 32 hexadecimal digits (machine-id(5)); NULL: it has none (yet). (transfer full) */
char *cs_machine_id_read (void);

#define CS_MACHINE_ID_DIGEST 32 /* bytes */

/* For @purpose ("connshare-duid") and the @size bytes at @data: always the same bytes on
 * this computer, and no others than on another, from which nobody can tell the id. Where
 * it has none, for as long as the service runs. */
void cs_machine_id_derive (const char *purpose,
                           const guint8 *data,
                           gsize size,
                           guint8 digest[CS_MACHINE_ID_DIGEST]);
