/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: tables, colour, byte counts. Colour is used only on a terminal, and
 * not if NO_COLOR (no-color.org) is set. All text from elsewhere (names of Wi-Fi
 * networks, of profiles, messages) is stripped of control characters, so that it
 * cannot control the terminal. */
#pragma once

#include <glib.h>

gboolean cs_output_wants_color (void);
/* Whether lines of @columns fit: on a terminal of this width, and anywhere else. */
gboolean cs_output_has_room (guint columns);
/* Of the terminal that standard output is; 0: it is none. */
guint cs_output_columns (void);

/* Control characters, also those of bidirectional text, as \xNN; line feeds and tabs
 * stay. */
char *cs_output_clean (const char *text);
/* The same on one line: white space with a line feed or a tab becomes one space. Other
 * spaces stay, because names have them. */
char *cs_output_line (const char *text);

/* The state of a share or an interface on one line, in its colour. */
char *cs_output_state (const char *state, gboolean color);
/* @text on one line. */
char *cs_output_bold (const char *text, gboolean color);

/* "999 bytes", "1.2 MB": powers of 1000. */
char *cs_output_bytes (guint64 bytes);

/* Columns of equal width, with headings. */
typedef struct _CsTable CsTable;

/* The columns with the headings "STATE" and "SEVERITY" are coloured. */
CsTable *cs_table_new (const char *const *headings);
/* As many cells as there are headings; an empty one is printed as "-". */
void cs_table_add (CsTable *table, const char *const *cells);
/* Cuts cells off until lines have @columns: those under the first of @headings, then
 * those under the next, each as far as they are still of use; 0: none. */
void cs_table_fit (CsTable *table, guint columns, const char *const *headings);
char *cs_table_render (const CsTable *table, gboolean color);
void cs_table_free (CsTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTable, cs_table_free)
