/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of the options, only PREFER_FAILURE is known. Others that must be processed are
 * refused, THIRD_PARTY among them, by which one client would ask for another. */
#include "pcp.h"

#include "base/bytes.h"

#include <string.h>

#define VERSION 2
#define REPLY   0x80 /* the bit of the opcode */

#define HEAD 24 /* bytes */
#define MAP  36 /* bytes behind it */

#define PREFER_FAILURE 2
/* From here on, an option that is not known may be passed over. */
#define FIRST_OPTIONAL 128

/* Seconds for which an error holds. */
#define SHORT_ERROR 30
#define LONG_ERROR  1800

/* An address of IPv4 comes as one that is mapped into IPv6. */
static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static CsAddress
get_address (const guint8 *data)
{
  if (memcmp (data, mapped, sizeof mapped) == 0)
    return cs_address_new (AF_INET, data + sizeof mapped);
  return cs_address_new (AF_INET6, data);
}

static void
put_address (guint8 *data, CsAddress address)
{
  memset (data, 0, 16);
  if (address.family == AF_INET)
    memcpy (data, mapped, sizeof mapped);
  memcpy (data + (address.family == AF_INET ? sizeof mapped : 0), address.bytes,
          cs_address_size (address));
}

/* --- Parsing -------------------------------------------------------------------- */

static CsPcpResult
parse_options (const guint8 *data, gsize size, CsPcpRequest *request)
{
  while (size > 0)
    {
      gsize length, padded;

      if (size < 4)
        return CS_PCP_MALFORMED_OPTION;
      length = cs_bytes_get16 (data + 2);
      padded = 4 + (length + 3) / 4 * 4;
      if (padded > size)
        return CS_PCP_MALFORMED_OPTION;
      if (data[0] == PREFER_FAILURE && request->opcode == CS_PCP_MAP)
        {
          if (length != 0 || request->prefer_failure || request->lifetime == 0)
            return CS_PCP_MALFORMED_OPTION;
          request->prefer_failure = TRUE;
        }
      else if (data[0] < FIRST_OPTIONAL)
        return CS_PCP_UNSUPP_OPTION;
      data += padded;
      size -= padded;
    }
  return CS_PCP_SUCCESS;
}

static CsPcpResult
parse_map (const guint8 *data, gsize size, CsPcpRequest *request)
{
  if (size < MAP)
    return CS_PCP_MALFORMED_REQUEST;
  memcpy (request->nonce, data, CS_PCP_NONCE);
  request->protocol = data[12];
  request->to_port = cs_bytes_get16 (data + 16);
  request->port = cs_bytes_get16 (data + 18);
  request->external = get_address (data + 20);
  if (request->protocol == 0 && request->to_port != 0)
    return CS_PCP_MALFORMED_REQUEST;
  return parse_options (data + MAP, size - MAP, request);
}

static CsPcpResult
parse_request (const guint8 *data, gsize size, CsPcpRequest *request)
{
  if (data[0] != VERSION)
    return CS_PCP_UNSUPP_VERSION;
  if (size < HEAD || size > CS_PCP_MAX || size % 4 != 0)
    return CS_PCP_MALFORMED_REQUEST;
  request->opcode = data[1];
  request->lifetime = cs_bytes_get32 (data + 4);
  request->client = get_address (data + 8);
  if (request->opcode == CS_PCP_ANNOUNCE)
    return parse_options (data + HEAD, size - HEAD, request);
  if (request->opcode == CS_PCP_MAP)
    return parse_map (data + HEAD, size - HEAD, request);
  return CS_PCP_UNSUPP_OPCODE;
}

gboolean
cs_pcp_parse (const guint8 *data, gsize size, CsPcpRequest *request, CsPcpResult *result)
{
  if (size < 2 || data[1] & REPLY)
    return FALSE;
  *request = (CsPcpRequest){ 0 };
  *result = parse_request (data, size, request);
  return TRUE;
}

/* --- Printing ------------------------------------------------------------------- */

static void
print_head (guint8 opcode,
            CsPcpResult result,
            guint32 lifetime,
            guint32 epoch,
            guint8 *reply)
{
  memset (reply, 0, HEAD);
  reply[0] = VERSION;
  reply[1] = opcode | REPLY;
  reply[3] = (guint8)result;
  cs_bytes_put32 (reply + 4, lifetime);
  cs_bytes_put32 (reply + 8, epoch);
}

static gboolean
is_short (CsPcpResult result)
{
  return result == CS_PCP_NETWORK_FAILURE || result == CS_PCP_NO_RESOURCES
         || result == CS_PCP_USER_EX_QUOTA || result == CS_PCP_CANNOT_PROVIDE_EXTERNAL;
}

gsize
cs_pcp_print_error (const guint8 *data,
                    gsize size,
                    CsPcpResult result,
                    guint32 epoch,
                    guint8 reply[CS_PCP_MAX])
{
  gsize copied = MIN (size, CS_PCP_MAX);

  memset (reply, 0, CS_PCP_MAX);
  memcpy (reply, data, copied);
  print_head (data[1], result, is_short (result) ? SHORT_ERROR : LONG_ERROR, epoch,
              reply);
  return MAX (HEAD, (copied + 3) / 4 * 4);
}

gsize
cs_pcp_print_announce (guint32 epoch, guint8 reply[CS_PCP_MAX])
{
  print_head (CS_PCP_ANNOUNCE, CS_PCP_SUCCESS, 0, epoch, reply);
  return HEAD;
}

gsize
cs_pcp_print_mapping (const CsPcpRequest *mapping,
                      guint32 epoch,
                      guint8 reply[CS_PCP_MAX])
{
  guint8 *data = reply + HEAD;

  print_head (CS_PCP_MAP, CS_PCP_SUCCESS, mapping->lifetime, epoch, reply);
  memset (data, 0, MAP + 4);
  memcpy (data, mapping->nonce, CS_PCP_NONCE);
  data[12] = mapping->protocol;
  cs_bytes_put16 (data + 16, mapping->to_port);
  cs_bytes_put16 (data + 18, mapping->port);
  put_address (data + 20, mapping->external);
  if (!mapping->prefer_failure)
    return HEAD + MAP;
  data[MAP] = PREFER_FAILURE;
  return HEAD + MAP + 4;
}
