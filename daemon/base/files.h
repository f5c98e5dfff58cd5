/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are complete or absent, whenever the power fails or the service dies:
 * written to FOLDER/.NAME.new, and renamed. */
#pragma once

#include <gio/gio.h>

/* With mode 0600; creates the folder if it is missing. The error (CS_ERROR_FAILED)
 * names the file, and says that nothing was changed. */
gboolean cs_file_write (const char *path, const char *text, GError **error);
/* Reads a regular file of our own that nobody else can write to; anything else with
 * its name, a link or a pipe, is an error (G_FILE_ERROR). (transfer full) */
char *cs_file_read (const char *path, GError **error);
/* A missing file is no error. */
gboolean cs_file_remove (const char *path, GError **error);
/* Whether that many files could be opened now, so that what begins can also finish. */
gboolean cs_files_can_open (guint count, GError **error);
/* Removes what an interrupted write has left in @folder. */
void cs_files_sweep (const char *folder);
