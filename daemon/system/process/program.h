/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a system's own programs are. */
#pragma once

#include <glib.h>

/* The path of the program @name (transfer full); NULL: it is not installed. */
char *cs_program_find (const char *name);
