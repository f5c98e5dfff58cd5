/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody may have meant who made a typing mistake. */
#pragma once

#include <glib.h>

/* (nullable) The one of @names, NULL-terminated, that is nearest to @word: a letter or
 * so apart, in whatever case, or begun by it. Never @word itself. */
const char *cs_near_find (const char *word, const char *const *names);
