/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/resolv.conf, which anybody's scripts write: name servers come of it, or nothing.
 */
#include "system/resolv-conf.h"

#include "core/cidr.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) servers = cs_resolv_conf_parse (text);
  guint32 address;

  for (char **server = servers; *server; server++)
    g_assert_true (cs_ipv4_parse (*server, &address) && address >> 24 != 127);
  return 0;
}
