/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A datagram of anybody on a LAN for NAT-PMP and PCP: a reply is no larger than it, but
 * for a few bytes, and what is asked of connshared is within its bounds. */
#include "portd/control.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const CsAddress peer = CS_IPV4 (192, 168, 137, 20);

static void
ask (const CsPortdRequest *request, CsPortdAnswer *answer, gpointer user_data)
{
  g_assert_true (cs_address_equal (request->client, peer));
  if (request->kind == CS_PORTD_MAP)
    {
      g_assert_true (request->port != 0 && request->to_port != 0);
      g_assert_true (request->protocol == IPPROTO_TCP
                     || request->protocol == IPPROTO_UDP);
      g_assert_true (request->lifetime >= CS_PORTD_MIN_LIFETIME
                     && request->lifetime <= CS_PORTD_MAX_LIFETIME);
    }
  else
    g_assert_cmpuint (request->kind, ==, CS_PORTD_UNMAP);
  *answer = (CsPortdAnswer){ .result = CS_PORTD_DONE, .port = 4711, .lifetime = 300 };
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CsGateway gateway
      = { .settings = { .external = CS_IPV4 (198, 51, 100, 7) }, .ask = ask };
  guint8 reply[CS_CONTROL_REPLY_MAX];
  gsize length = cs_control_answer (&gateway, peer, data, size, reply);

  g_assert_cmpuint (length, <=, MAX (24, (size + 3) / 4 * 4));
  g_assert_true (length == 0 || reply[1] & 0x80);
  return 0;
}
