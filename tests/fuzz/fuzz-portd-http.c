/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What anybody on a LAN sends over a connection, to the call of SOAP in it: the state
 * does not depend on the pieces that it comes in, and what is asked of connshared is
 * within its bounds. */
#include "portd/igd.h"

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
  g_assert_true (request->kind >= CS_PORTD_MAP && request->kind <= CS_PORTD_LIST);
  g_assert_true (g_utf8_validate (request->name, -1, NULL));
  g_assert_cmpuint (strlen (request->name), <, CS_PORTD_NAME);
  if (request->kind == CS_PORTD_MAP)
    g_assert_true (request->port != 0 && request->to_port != 0
                   && request->lifetime >= CS_PORTD_MIN_LIFETIME
                   && request->lifetime <= CS_PORTD_UPNP_LIFETIME);
  *answer = (CsPortdAnswer){ .result = CS_PORTD_DONE, .port = 4711, .to_port = 1 };
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  CsGateway gateway
      = { .settings = { .gateway = CS_CIDR4 (192, 168, 137, 1, 24) }, .ask = ask };
  CsHttpRequest request, again;
  CsHttpState state;
  GString *response;

  if (size > CS_HTTP_MAX)
    return 0;
  state = cs_http_parse ((const char *)data, size, &request);
  if (state == CS_HTTP_INCOMPLETE)
    for (size_t i = 0; i < size; i++)
      g_assert_cmpint (cs_http_parse ((const char *)data, i, &again), ==,
                       CS_HTTP_INCOMPLETE);
  if (state != CS_HTTP_COMPLETE)
    return 0;
  g_assert_cmpuint (request.body_offset + request.body_size, <=, size);
  response = cs_igd_respond (&gateway, peer, &request,
                             (const char *)data + request.body_offset);
  g_assert_true (g_str_has_prefix (response->str, "HTTP/1.1 "));
  g_string_free (response, TRUE);
  return 0;
}
