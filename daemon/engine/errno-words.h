/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to tell a user of an errno: the kernel's words and, where there is one, the
 * remedy. */
#pragma once

/* Static, or good until the next call in this thread. */
const char *cs_errno_words (int error);
