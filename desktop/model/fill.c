/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fill.h. */
#include "fill.h"

char *
cs_fill (const char *sentence, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (sentence, "%s", 2);

  return g_strjoinv (name, parts);
}
