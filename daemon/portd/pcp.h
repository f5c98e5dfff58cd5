/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datagrams of PCP (RFC 6887), as far as a server of MAP and ANNOUNCE needs them. */
#pragma once

#include "core/value/address.h"

typedef enum
{
  CS_PCP_ANNOUNCE,
  CS_PCP_MAP,
} CsPcpOpcode;

/* Section 7.4. */
typedef enum
{
  CS_PCP_SUCCESS,
  CS_PCP_UNSUPP_VERSION,
  CS_PCP_NOT_AUTHORIZED,
  CS_PCP_MALFORMED_REQUEST,
  CS_PCP_UNSUPP_OPCODE,
  CS_PCP_UNSUPP_OPTION,
  CS_PCP_MALFORMED_OPTION,
  CS_PCP_NETWORK_FAILURE,
  CS_PCP_NO_RESOURCES,
  CS_PCP_UNSUPP_PROTOCOL,
  CS_PCP_USER_EX_QUOTA,
  CS_PCP_CANNOT_PROVIDE_EXTERNAL,
  CS_PCP_ADDRESS_MISMATCH,
} CsPcpResult;

#define CS_PCP_MAX   1100 /* bytes of a datagram */
#define CS_PCP_NONCE 12

typedef struct
{
  guint8 opcode;    /* CsPcpOpcode, if it is known */
  guint32 lifetime; /* seconds; 0: delete */
  CsAddress client; /* who it says that it is; IPv4 as such */
  guint8 nonce[CS_PCP_NONCE];
  guint8 protocol;         /* an IP protocol; 0: all */
  guint16 to_port;         /* of the client; 0: all */
  guint16 port;            /* that it would like; 0: any */
  CsAddress external;      /* likewise; "any" of either family: any */
  gboolean prefer_failure; /* .port and .external or nothing */
} CsPcpRequest;

/* FALSE for what deserves no reply. @result: the error that the reply has to have, or
 * CS_PCP_SUCCESS, and then @request is as described. */
gboolean
cs_pcp_parse (const guint8 *data, gsize size, CsPcpRequest *request, CsPcpResult *result);
/* These return the size of @reply. An error is the datagram that it is about, with a head
 * that says so. @epoch as in nat-pmp.h. */
gsize cs_pcp_print_error (const guint8 *data,
                          gsize size,
                          CsPcpResult result,
                          guint32 epoch,
                          guint8 reply[CS_PCP_MAX]);
gsize cs_pcp_print_announce (guint32 epoch, guint8 reply[CS_PCP_MAX]);
/* @mapping: what the client has now. */
gsize cs_pcp_print_mapping (const CsPcpRequest *mapping,
                            guint32 epoch,
                            guint8 reply[CS_PCP_MAX]);
