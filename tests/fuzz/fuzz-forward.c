/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of a LAN's port mappings, with names that clients have chosen. */
#include "core/value/forward-table.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (CsForwardTable) again = cs_forward_table_new ();
  g_autofree char *written = NULL;
  const CsForward *ended;

  cs_forward_table_read (table, text);
  written = cs_forward_table_to_text (table);
  cs_forward_table_read (again, written);
  g_assert_cmpuint (cs_forward_table_count (again), ==, cs_forward_table_count (table));
  while ((ended = cs_forward_table_find_expired (table, G_MAXINT64)) != NULL)
    cs_forward_free (cs_forward_table_take (table, ended));
  g_assert_cmpint (cs_forward_table_next_expiry (table), ==, 0);
  return 0;
}
