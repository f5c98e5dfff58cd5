/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from outside within a message. */
#pragma once

#include <glib.h>

/* @text in double quotes, with quotes, backslashes, control characters and invalid
 * UTF-8 escaped, and cut after 40 characters: safe for a terminal and a log. */
char *cs_quote (const char *text);
