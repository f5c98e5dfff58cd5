/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datagrams of NAT-PMP (RFC 6886). */
#pragma once

#include "core/value/address.h"

typedef enum
{
  CS_NAT_PMP_ADDRESS, /* asks for the uplink's address */
  CS_NAT_PMP_UDP,     /* asks for a mapping, or with lifetime 0 for its end */
  CS_NAT_PMP_TCP,
} CsNatPmpOpcode;

/* Section 3.5. */
typedef enum
{
  CS_NAT_PMP_SUCCESS,
  CS_NAT_PMP_UNSUPPORTED_VERSION,
  CS_NAT_PMP_REFUSED,
  CS_NAT_PMP_NETWORK_FAILURE,
  CS_NAT_PMP_OUT_OF_RESOURCES,
  CS_NAT_PMP_UNSUPPORTED_OPCODE,
} CsNatPmpResult;

typedef struct
{
  guint8 opcode;    /* CsNatPmpOpcode, or what nobody knows */
  guint16 to_port;  /* of the client; 0: all of them */
  guint16 port;     /* that it would like to have */
  guint32 lifetime; /* seconds */
} CsNatPmpRequest;

#define CS_NAT_PMP_REPLY_MAX 16

/* FALSE for what deserves no reply. */
gboolean cs_nat_pmp_parse (const guint8 *data, gsize size, CsNatPmpRequest *request);
/* These return the size of @reply. @epoch: since when all mappings are known, seconds. */
gsize cs_nat_pmp_print_error (guint8 opcode,
                              CsNatPmpResult result,
                              guint32 epoch,
                              guint8 reply[CS_NAT_PMP_REPLY_MAX]);
gsize cs_nat_pmp_print_address (CsAddress external,
                                guint32 epoch,
                                guint8 reply[CS_NAT_PMP_REPLY_MAX]);
/* @mapping: what the client has now. */
gsize cs_nat_pmp_print_mapping (const CsNatPmpRequest *mapping,
                                CsNatPmpResult result,
                                guint32 epoch,
                                guint8 reply[CS_NAT_PMP_REPLY_MAX]);
