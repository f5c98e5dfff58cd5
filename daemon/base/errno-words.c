/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "errno-words.h"

#include <errno.h>
#include <glib.h>

const char *
cs_errno_words (int error)
{
  switch (error)
    {
    case EMFILE:
      return "connshared has too many open files; raise LimitNOFILE= in "
             "connshared.service (systemctl edit connshared)";
    case ENFILE:
      return "the system has too many open files; close some programs, or raise the "
             "sysctl fs.file-max";
    case ENOSPC:
      return "no space left; delete some files (df shows where)";
    case EROFS:
      return "the file system is read-only; remount it read-write";
    default:
      return g_strerror (error);
    }
}
