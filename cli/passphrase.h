/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A passphrase from a file: on the command line all users of the machine could read it.
 */
#pragma once

#include <glib.h>

/* The text of the file @path, "-" for standard input, less the end of its line. */
char *cs_passphrase_read (const char *path, GError **error);
