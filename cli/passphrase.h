/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A passphrase from a file: on the command line, every user of the computer could read
 * it. */
#pragma once

#include <glib.h>

/* The content of the file @path, "-" for standard input, without the end of line. */
char *cs_passphrase_read (const char *path, GError **error);
