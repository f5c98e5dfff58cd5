/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A datagram of anybody on a LAN for SSDP. */
#include "portd/ssdp.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static GArray *targets;
  static CsPortdSettings settings = { .gateway = CS_CIDR4 (192, 168, 137, 1, 24) };
  g_autofree char *search = cs_ssdp_parse_search ((const char *)data, size);

  if (search == NULL)
    return 0;
  if (targets == NULL)
    targets = cs_ssdp_targets (&settings);
  for (guint i = 0; i < targets->len; i++)
    {
      const CsSsdpTarget *target = &g_array_index (targets, CsSsdpTarget, i);

      if (cs_ssdp_matches (target, search))
        {
          g_autofree char *text = cs_ssdp_print_response (target, &settings);

          g_assert_cmpuint (strlen (text), <, CS_SSDP_MAX);
        }
    }
  return 0;
}
