/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include "nat-pmp.h"

#include <netinet/in.h>
#include <string.h>

/* --- NAT-PMP -------------------------------------------------------------------- */

static CsNatPmpResult
nat_pmp_result (guint32 result)
{
  switch (result)
    {
    case CS_PORTD_DONE:
    case CS_PORTD_NOT_FOUND: /* only asked for its end, which it is at */
      return CS_NAT_PMP_SUCCESS;
    case CS_PORTD_REFUSED:
      return CS_NAT_PMP_REFUSED;
    case CS_PORTD_NO_NETWORK:
      return CS_NAT_PMP_NETWORK_FAILURE;
    default:
      return CS_NAT_PMP_OUT_OF_RESOURCES;
    }
}

static gsize
answer_nat_pmp (CsGateway *gateway,
                CsAddress peer,
                const guint8 *data,
                gsize size,
                guint8 *reply)
{
  CsPortdRequest request = { .client = peer, .origin = CS_PORTD_NAT_PMP };
  CsPortdAnswer answer = { 0 };
  CsNatPmpRequest asked;

  if (peer.family != AF_INET || !cs_nat_pmp_parse (data, size, &asked))
    return 0;
  if (asked.opcode == CS_NAT_PMP_ADDRESS)
    return cs_nat_pmp_print_address (gateway->settings.external, gateway->epoch, reply);
  if (asked.opcode > CS_NAT_PMP_TCP)
    return cs_nat_pmp_print_error (asked.opcode, CS_NAT_PMP_UNSUPPORTED_OPCODE,
                                   gateway->epoch, reply);
  if (asked.lifetime != 0 && asked.to_port == 0)
    return cs_nat_pmp_print_mapping (&asked, CS_NAT_PMP_REFUSED, gateway->epoch, reply);
  request.kind = asked.lifetime != 0 ? CS_PORTD_MAP : CS_PORTD_UNMAP;
  request.protocol = asked.opcode == CS_NAT_PMP_TCP ? IPPROTO_TCP : IPPROTO_UDP;
  request.to_port = asked.to_port;
  if (request.kind == CS_PORTD_MAP)
    {
      request.port = asked.port != 0 ? asked.port : asked.to_port;
      request.lifetime = cs_gateway_lifetime (asked.lifetime);
    }
  gateway->ask (&request, &answer, gateway->user_data);
  if (request.kind == CS_PORTD_UNMAP)
    asked.port = 0;
  else if (answer.result == CS_PORTD_DONE)
    {
      asked.port = answer.port;
      asked.lifetime = answer.lifetime != 0 ? answer.lifetime : request.lifetime;
    }
  return cs_nat_pmp_print_mapping (&asked, nat_pmp_result (answer.result), gateway->epoch,
                                   reply);
}

/* --- PCP ------------------------------------------------------------------------ */

static CsPcpResult
pcp_result (guint32 result)
{
  switch (result)
    {
    case CS_PORTD_DONE:
    case CS_PORTD_NOT_FOUND:
      return CS_PCP_SUCCESS;
    case CS_PORTD_REFUSED:
      return CS_PCP_NOT_AUTHORIZED;
    case CS_PORTD_TAKEN:
      return CS_PCP_CANNOT_PROVIDE_EXTERNAL;
    case CS_PORTD_QUOTA:
      return CS_PCP_USER_EX_QUOTA;
    case CS_PORTD_NO_NETWORK:
      return CS_PCP_NETWORK_FAILURE;
    default:
      return CS_PCP_NO_RESOURCES;
    }
}

/* IPv6 is not translated: what a client has there is its own. */
static CsAddress
external_of (const CsGateway *gateway, CsAddress client)
{
  return client.family == AF_INET ? gateway->settings.external : client;
}

static CsPcpResult
check_map (const CsGateway *gateway, const CsPcpRequest *asked)
{
  CsAddress external = external_of (gateway, asked->client);

  if (asked->lifetime == 0)
    return asked->protocol == 0 || asked->protocol == IPPROTO_TCP
                   || asked->protocol == IPPROTO_UDP
               ? CS_PCP_SUCCESS
               : CS_PCP_UNSUPP_PROTOCOL;
  if (asked->to_port == 0
      || (asked->protocol != IPPROTO_TCP && asked->protocol != IPPROTO_UDP))
    return CS_PCP_UNSUPP_PROTOCOL;
  if (!cs_address_is_set (external))
    return CS_PCP_NETWORK_FAILURE;
  if (asked->prefer_failure && !cs_address_is_any (asked->external)
      && !cs_address_equal (asked->external, external))
    return CS_PCP_CANNOT_PROVIDE_EXTERNAL;
  return CS_PCP_SUCCESS;
}

static CsPcpResult
ask_map (CsGateway *gateway, CsPcpRequest *asked)
{
  CsPortdRequest request = {
    .kind = asked->lifetime != 0 ? CS_PORTD_MAP : CS_PORTD_UNMAP,
    .client = asked->client,
    .origin = CS_PORTD_PCP,
    .protocol = asked->protocol,
    .to_port = asked->to_port,
  };
  CsPortdAnswer answer = { 0 };

  memcpy (request.nonce, asked->nonce, sizeof request.nonce);
  if (request.kind == CS_PORTD_MAP)
    {
      request.port = asked->port != 0 ? asked->port : asked->to_port;
      request.exact = asked->prefer_failure && asked->port != 0;
      request.lifetime = cs_gateway_lifetime (asked->lifetime);
    }
  gateway->ask (&request, &answer, gateway->user_data);
  if (request.kind == CS_PORTD_MAP && answer.result == CS_PORTD_DONE)
    {
      asked->port = answer.port;
      asked->external = external_of (gateway, asked->client);
      asked->lifetime = answer.lifetime != 0 ? answer.lifetime : request.lifetime;
    }
  return pcp_result (answer.result);
}

static gsize
answer_pcp (CsGateway *gateway,
            CsAddress peer,
            const guint8 *data,
            gsize size,
            guint8 *reply)
{
  CsPcpResult result;
  CsPcpRequest asked;

  if (!cs_pcp_parse (data, size, &asked, &result))
    return 0;
  if (result == CS_PCP_SUCCESS && !cs_address_equal (asked.client, peer))
    result = CS_PCP_ADDRESS_MISMATCH;
  if (result == CS_PCP_SUCCESS && asked.opcode == CS_PCP_ANNOUNCE)
    return cs_pcp_print_announce (gateway->epoch, reply);
  if (result == CS_PCP_SUCCESS)
    result = check_map (gateway, &asked);
  if (result == CS_PCP_SUCCESS)
    result = ask_map (gateway, &asked);
  if (result == CS_PCP_SUCCESS)
    return cs_pcp_print_mapping (&asked, gateway->epoch, reply);
  return cs_pcp_print_error (data, size, result, gateway->epoch, reply);
}

gsize
cs_control_answer (CsGateway *gateway,
                   CsAddress peer,
                   const guint8 *data,
                   gsize size,
                   guint8 reply[CS_CONTROL_REPLY_MAX])
{
  if (size > 0 && data[0] == 0)
    return answer_nat_pmp (gateway, peer, data, size, reply);
  return answer_pcp (gateway, peer, data, size, reply);
}
