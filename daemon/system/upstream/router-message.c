/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "router-message.h"

#include "base/bytes.h"

#include <netinet/in.h>
#include <string.h>

#define VERSION 2    /* of PCP; NAT-PMP has 0 */
#define REPLY   0x80 /* the bit of the opcode */

/* Sizes of PCP's head and of what MAP has behind it. */
#define HEAD 24
#define MAP  36
/* An option without data: the port that was asked for, or none. */
#define OPTION         4
#define PREFER_FAILURE 2

/* Opcodes. */
#define PCP_ANNOUNCE    0
#define PCP_MAP         1
#define NAT_PMP_ADDRESS 0
#define NAT_PMP_UDP     1
#define NAT_PMP_TCP     2

/* An address of IPv4 is one that is mapped into IPv6. */
static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

/* --- Addresses --------------------------------------------------------------------- */

static void
put_address (guint8 *data, CsAddress address)
{
  memcpy (data, mapped, sizeof mapped);
  if (address.family == AF_INET)
    memcpy (data + sizeof mapped, address.bytes, 4);
}

/* Only what a host can have. */
static CsAddress
read_address (const guint8 *bytes)
{
  CsAddress address = cs_address_new (AF_INET, bytes);

  return cs_address_is_remote (address) ? address : (CsAddress){ 0 };
}

/* --- Printing ---------------------------------------------------------------------- */

static gsize
print_pcp (const CsRouterRequest *request, CsAddress own, guint8 *data)
{
  guint8 *map = data + HEAD;

  memset (data, 0, HEAD + MAP + OPTION);
  data[0] = VERSION;
  data[1] = PCP_MAP;
  cs_bytes_put32 (data + 4, request->lifetime);
  put_address (data + 8, own);
  memcpy (map, request->nonce, CS_ROUTER_NONCE);
  map[12] = request->protocol;
  cs_bytes_put16 (map + 16, request->port);
  cs_bytes_put16 (map + 18, request->external_port);
  put_address (map + 20, request->external);
  map[MAP] = PREFER_FAILURE;
  return HEAD + MAP + (request->exact && request->lifetime > 0 ? OPTION : 0);
}

/* One that is deleted has no external port (RFC 6886, section 3.4). */
static gsize
print_nat_pmp (const CsRouterRequest *request, guint8 *data)
{
  memset (data, 0, 12);
  data[1] = request->protocol == IPPROTO_TCP ? NAT_PMP_TCP : NAT_PMP_UDP;
  cs_bytes_put16 (data + 4, request->port);
  cs_bytes_put16 (data + 6, request->lifetime > 0 ? request->external_port : 0);
  cs_bytes_put32 (data + 8, request->lifetime);
  return 12;
}

gsize
cs_router_print_mapping (CsRouterProtocol spoken,
                         const CsRouterRequest *request,
                         CsAddress own,
                         guint8 data[CS_ROUTER_REQUEST_MAX])
{
  return spoken == CS_ROUTER_PCP ? print_pcp (request, own, data)
                                 : print_nat_pmp (request, data);
}

gsize
cs_router_print_question (guint8 data[CS_ROUTER_REQUEST_MAX])
{
  data[0] = 0;
  data[1] = NAT_PMP_ADDRESS;
  return 2;
}

/* --- Parsing ----------------------------------------------------------------------- */

/* RFC 6887, section 7.4. */
static CsRouterResult
pcp_result (guint code)
{
  switch (code)
    {
    case 0:
      return CS_ROUTER_GRANTED;
    case 1:
      return CS_ROUTER_UNSUPPORTED;
    case 5: /* UNSUPP_OPTION */
      return CS_ROUTER_INEXACT;
    case 7:
      return CS_ROUTER_OFFLINE;
    case 8:  /* NO_RESOURCES */
    case 10: /* USER_EX_QUOTA */
      return CS_ROUTER_FULL;
    default:
      return CS_ROUTER_REFUSED;
    }
}

/* RFC 6886, section 3.5. */
static CsRouterResult
nat_pmp_result (guint code)
{
  static const CsRouterResult results[]
      = { CS_ROUTER_GRANTED, CS_ROUTER_UNSUPPORTED, CS_ROUTER_REFUSED, CS_ROUTER_OFFLINE,
          CS_ROUTER_FULL };

  return code < G_N_ELEMENTS (results) ? results[code] : CS_ROUTER_REFUSED;
}

static gboolean
parse_pcp (const guint8 *data, gsize size, CsRouterReply *reply)
{
  const guint8 *map = data + HEAD;

  if (size < HEAD || size > CS_ROUTER_REPLY_MAX || size % 4 != 0)
    return FALSE;
  reply->spoken = CS_ROUTER_PCP;
  reply->result = pcp_result (data[3]);
  reply->lifetime = cs_bytes_get32 (data + 4);
  reply->epoch = cs_bytes_get32 (data + 8);
  if (data[1] == (PCP_ANNOUNCE | REPLY))
    {
      reply->kind = CS_ROUTER_ANNOUNCE;
      return reply->result == CS_ROUTER_GRANTED;
    }
  if (data[1] != (PCP_MAP | REPLY) || size < HEAD + MAP)
    return FALSE;
  reply->kind = CS_ROUTER_MAPPING;
  memcpy (reply->nonce, map, CS_ROUTER_NONCE);
  reply->protocol = map[12];
  reply->port = cs_bytes_get16 (map + 16);
  reply->external_port = cs_bytes_get16 (map + 18);
  if (memcmp (map + 20, mapped, sizeof mapped) == 0)
    reply->external = read_address (map + 20 + sizeof mapped);
  return TRUE;
}

static gboolean
parse_nat_pmp (const guint8 *data, gsize size, CsRouterReply *reply)
{
  guint opcode = data[1] & ~REPLY;
  gboolean granted;

  if (size < 8)
    return FALSE;
  reply->spoken = CS_ROUTER_NAT_PMP;
  reply->result = nat_pmp_result (cs_bytes_get16 (data + 2));
  reply->epoch = cs_bytes_get32 (data + 4);
  granted = reply->result == CS_ROUTER_GRANTED;
  if (opcode == NAT_PMP_ADDRESS)
    {
      reply->kind = CS_ROUTER_ADDRESS;
      if (granted && size >= 12)
        reply->external = read_address (data + 8);
      return !granted || size >= 12;
    }
  if (opcode != NAT_PMP_UDP && opcode != NAT_PMP_TCP)
    return FALSE;
  reply->kind = CS_ROUTER_MAPPING;
  reply->protocol = opcode == NAT_PMP_TCP ? IPPROTO_TCP : IPPROTO_UDP;
  if (size < 16) /* some send errors in brief */
    return !granted;
  reply->port = cs_bytes_get16 (data + 8);
  reply->external_port = cs_bytes_get16 (data + 10);
  reply->lifetime = cs_bytes_get32 (data + 12);
  return TRUE;
}

/* Both protocols have the code at the same place, and what else is there depends on what
 * the router does speak: NAT-PMP's come to requests of PCP with any opcode. */
static gboolean
is_unsupported (const guint8 *data, gsize size)
{
  if (size < 8)
    return FALSE;
  return data[0] == 0 ? cs_bytes_get16 (data + 2) == 1
                      : (data[1] & REPLY) != 0 && data[3] == 1;
}

gboolean
cs_router_parse (const guint8 *data, gsize size, CsRouterReply *reply)
{
  *reply = (CsRouterReply){ 0 };
  if (is_unsupported (data, size))
    {
      reply->spoken = data[0] == VERSION ? CS_ROUTER_PCP : CS_ROUTER_NAT_PMP;
      reply->result = CS_ROUTER_UNSUPPORTED;
      return TRUE;
    }
  if (size < 2 || (data[1] & REPLY) == 0)
    return FALSE;
  if (data[0] == VERSION)
    return parse_pcp (data, size, reply);
  return data[0] == 0 && parse_nat_pmp (data, size, reply);
}

gboolean
cs_router_reply_answers (const CsRouterReply *reply, const CsRouterRequest *request)
{
  if (reply->result == CS_ROUTER_UNSUPPORTED)
    return TRUE;
  if (reply->kind != CS_ROUTER_MAPPING || reply->protocol != request->protocol)
    return FALSE;
  if (reply->spoken == CS_ROUTER_PCP)
    return reply->port == request->port
           && memcmp (reply->nonce, request->nonce, CS_ROUTER_NONCE) == 0;
  return reply->port == request->port
         || (reply->port == 0 && reply->result != CS_ROUTER_GRANTED);
}
