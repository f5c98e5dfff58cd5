/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells this computer from all others, for as long as it is installed. */
#pragma once

#include <glib.h>

/* 32 hexadecimal digits (machine-id(5)); NULL: it has none (yet). (transfer full) */
char *cs_machine_id_read (void);
