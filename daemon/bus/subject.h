/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom polkit is asked about: the caller, or the shell that it was started from. */
#pragma once

#include <gio/gio.h>

/* polkit's subject, "(sa{sv})", floating, for the caller @name, which is the process @pid
 * (0: not known) of the user @uid.
 *
 * polkit remembers a password for the process that it asked about. A program on a
 * terminal ends with its call, so the subject is its shell, as it is with pkexec(1):
 * the parent that has the same user, terminal and session. */
GVariant *cs_subject_new (const char *name, guint32 uid, guint32 pid);
