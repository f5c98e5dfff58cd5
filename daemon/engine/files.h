/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are there whole or not at all, whenever the power goes or the service dies.
 * They are written beside their place, as FOLDER/.NAME.new, and moved there. */
#pragma once

#include <gio/gio.h>

/* With mode 0600, and the folder if it is missing. The error (CS_ERROR_FAILED) names the
 * file, and says that nothing was changed. */
gboolean cs_file_write (const char *path, const char *text, GError **error);
/* Reads a regular file of our own that nobody else can write to, and no other: whatever
 * else has its name, a link or a pipe, is an error (G_FILE_ERROR). (transfer full) */
char *cs_file_read (const char *path, GError **error);
/* One that is not there is no error. */
gboolean cs_file_remove (const char *path, GError **error);
/* Whether that many files could be opened now: what is begun can then be finished. */
gboolean cs_files_can_open (guint count, GError **error);
/* Removes what a write that was cut short has left in @folder. */
void cs_files_sweep (const char *folder);
