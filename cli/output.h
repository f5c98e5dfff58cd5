/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: tables, colour, counts of bytes. Colour is used on a terminal only,
 * and not where NO_COLOR (no-color.org) is set. All text that comes from elsewhere (names
 * of Wi-Fi networks, of profiles, messages) is stripped of control characters, so that it
 * cannot steer the terminal. */
#pragma once

#include <glib.h>

gboolean cs_output_wants_color (void);
/* Whether lines of @columns stay whole: on a terminal of this width, and anywhere else.
 */
gboolean cs_output_has_room (guint columns);

/* Control characters shown as \xNN; line feeds and tabs stay. */
char *cs_output_clean (const char *text);
/* The same on one line: white space of any length is one space. */
char *cs_output_line (const char *text);

/* The word for a share's or an interface's state on one line, in its colour. */
char *cs_output_state (const char *state, gboolean color);
/* @text on one line. */
char *cs_output_bold (const char *text, gboolean color);

/* "999 bytes", "1.2 MB": powers of 1000. */
char *cs_output_bytes (guint64 bytes);

/* Columns of equal width, with headings. */
typedef struct _CsTable CsTable;

/* The columns with the headings "STATE" and "SEVERITY" are shown in colour. */
CsTable *cs_table_new (const char *const *headings);
/* As many cells as there are headings; an empty one is shown as "-". */
void cs_table_add (CsTable *table, const char *const *cells);
char *cs_table_render (const CsTable *table, gboolean color);
void cs_table_free (CsTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTable, cs_table_free)
