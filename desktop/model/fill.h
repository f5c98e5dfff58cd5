/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A translated sentence from a table, which no compiler can check as a format: its one
 * "%s" becomes @name. */
#pragma once

#include <glib.h>

char *cs_fill (const char *sentence, const char *name);
