/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/resolv.conf, which anybody's scripts write: name servers come of it, or nothing.
 */
#include "system/watch/resolv-conf.h"

#include "core/value/address.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GArray) servers = cs_resolv_conf_parse (text);

  for (guint i = 0; i < servers->len; i++)
    g_assert_true (cs_address_is_remote (g_array_index (servers, CsAddress, i)));
  return 0;
}
