/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An errno for users: the kernel's words and, if there is one, the remedy. */
#pragma once

/* Static, or valid until the next call in this thread. */
const char *cs_errno_words (int error);
