/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that dnsmasq keeps of its leases, with names that clients have chosen. */
#include "core/leases.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  guint lines = 1;

  for (const char *c = text; *c; c++)
    lines += *c == '\n';
  /* the later it is the fewer are in force */
  g_assert_cmpuint (cs_leases_count (text, 0), <=, lines);
  g_assert_cmpuint (cs_leases_count (text, G_MAXINT64), <=, cs_leases_count (text, 0));
  return 0;
}
