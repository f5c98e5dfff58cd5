/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A datagram that says it is a router's. */
#include "system/upstream/router-message.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const CsRouterRequest request = { .protocol = 6, .port = 0x6161 };
  g_autofree void *copy = g_memdup2 (data, size); /* no longer than it is */
  CsRouterReply reply;

  if (!cs_router_parse (copy, size, &reply))
    return 0;
  g_assert_true (!cs_address_is_set (reply.external)
                 || cs_address_is_remote (reply.external));
  cs_router_reply_answers (&reply, &request);
  return 0;
}
