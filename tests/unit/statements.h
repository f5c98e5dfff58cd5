/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What network.h and plans.h have in common: statements, separated by ';', of words. */
#pragma once

#include <glib.h>

/* Of each statement of @text that has any, its words: GStrv (owned). */
GPtrArray *statements_split (const char *text);

/* Words have no spaces in them: '~' stands for one. */
char *word_to_text (const char *word);
guint word_to_number (const char *word);
