/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A service's PATH may lack the directories of system programs. */
#include "program.h"

char *
cs_program_find (const char *name)
{
  static const char *const others[] = { "/usr/sbin", "/sbin", "/usr/local/sbin" };
  char *program = g_find_program_in_path (name);

  for (guint i = 0; program == NULL && i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *path = g_build_filename (others[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        program = g_steal_pointer (&path);
    }
  return program;
}
