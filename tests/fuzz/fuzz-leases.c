/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that dnsmasq keeps of its leases, with names that clients have chosen. */
#include "core/value/leases.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autofree char *resumed = NULL;
  g_autofree char *again = NULL;
  const CsAddress first = CS_IPV4 (192, 168, 137, 10);
  const CsAddress last = CS_IPV4 (192, 168, 137, 254);
  guint lines = 1;

  for (const char *c = text; *c; c++)
    lines += *c == '\n';
  /* the later it is the fewer are in force */
  g_assert_cmpuint (cs_leases_count (text, 0), <=, lines);
  g_assert_cmpuint (cs_leases_count (text, G_MAXINT64), <=, cs_leases_count (text, 0));
  resumed = cs_leases_resume (text, first, last, 0);
  again = cs_leases_resume (resumed, first, last, 0);
  g_assert_cmpstr (resumed, ==, again);
  return 0;
}
