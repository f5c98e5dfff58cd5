/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nat-pmp.h"

#include "base/bytes.h"

#include <string.h>

/* The upper half of the opcodes is that of replies. */
#define REPLY 0x80

gboolean
cs_nat_pmp_parse (const guint8 *data, gsize size, CsNatPmpRequest *request)
{
  if (size < 2 || data[0] != 0 || data[1] & REPLY)
    return FALSE;
  *request = (CsNatPmpRequest){ .opcode = data[1] };
  if (request->opcode != CS_NAT_PMP_UDP && request->opcode != CS_NAT_PMP_TCP)
    return TRUE;
  if (size < 12)
    return FALSE;
  request->to_port = cs_bytes_get16 (data + 4);
  request->port = cs_bytes_get16 (data + 6);
  request->lifetime = cs_bytes_get32 (data + 8);
  return TRUE;
}

static void
print_head (guint8 opcode, CsNatPmpResult result, guint32 epoch, guint8 *reply)
{
  memset (reply, 0, CS_NAT_PMP_REPLY_MAX);
  reply[1] = opcode | REPLY;
  cs_bytes_put16 (reply + 2, result);
  cs_bytes_put32 (reply + 4, epoch);
}

gsize
cs_nat_pmp_print_error (guint8 opcode,
                        CsNatPmpResult result,
                        guint32 epoch,
                        guint8 reply[CS_NAT_PMP_REPLY_MAX])
{
  print_head (opcode, result, epoch, reply);
  return 8;
}

gsize
cs_nat_pmp_print_address (CsAddress external,
                          guint32 epoch,
                          guint8 reply[CS_NAT_PMP_REPLY_MAX])
{
  gboolean known = external.family == AF_INET;

  print_head (CS_NAT_PMP_ADDRESS, known ? CS_NAT_PMP_SUCCESS : CS_NAT_PMP_NETWORK_FAILURE,
              epoch, reply);
  if (known)
    memcpy (reply + 8, external.bytes, 4);
  return 12;
}

gsize
cs_nat_pmp_print_mapping (const CsNatPmpRequest *mapping,
                          CsNatPmpResult result,
                          guint32 epoch,
                          guint8 reply[CS_NAT_PMP_REPLY_MAX])
{
  print_head (mapping->opcode, result, epoch, reply);
  cs_bytes_put16 (reply + 8, mapping->to_port);
  cs_bytes_put16 (reply + 10, mapping->port);
  cs_bytes_put32 (reply + 12, mapping->lifetime);
  return 16;
}
