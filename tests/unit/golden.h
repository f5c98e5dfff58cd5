/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that are reviewed as files. */
#pragma once

#include <glib.h>

/* Asserts that @text is what golden/@name says. With GOLDEN_UPDATE=1 in the environment
 * the file is written instead: look at the diff. */
void golden_assert (const char *name, const char *text);
/* (transfer full) */
char *golden_path (const char *name);
