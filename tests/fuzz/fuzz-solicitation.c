/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet of anybody on a LAN. */
#include "core/value/solicitation.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CsAddress address = { 0 };

  if (cs_solicitation_parse (data, size, &address))
    g_assert_true (cs_address_is_remote (address) && !cs_address_is_link_local (address));
  return 0;
}
