/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code is mapped private and read-only, so its pages are the file's own, and
 * MADV_DONTNEED (madvise(2)) only drops them from this process. */
#include "memory.h"

#include <glib.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static void
drop_code (const char *line)
{
  unsigned long start, end;
  char access[5];

  if (sscanf (line, "%lx-%lx %4s", &start, &end, access) == 3
      && g_str_equal (access, "r-xp") && strchr (line, '/') != NULL)
    madvise ((void *)start, end - start, MADV_DONTNEED);
}

void
cs_memory_trim (void)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;

  malloc_trim (0);
  if (!g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL))
    return;
  lines = g_strsplit (maps, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    drop_code (*line);
}
