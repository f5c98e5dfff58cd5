/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages replace such files by rename, so that one that is mapped never shrinks. */
#include "vendors.h"

#include "core/value/vendor.h"

static const char *const files[]
    = { "/usr/share/ieee-data/oui.txt", "/usr/share/hwdata/oui.txt" };

void
cs_vendors_look_up (GHashTable *vendors)
{
  g_autoptr (GMappedFile) file = NULL;

  for (gsize i = 0; !file && i < G_N_ELEMENTS (files); i++)
    file = g_mapped_file_new (files[i], FALSE, NULL);
  if (file)
    cs_vendors_find (g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                     vendors);
}
