/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One exchange of messages with DHCPv6 servers: a request, sent again and again until a
 * reply to it is taken (RFC 8415, section 15). */
#pragma once

#include "core/value/dhcpv6.h"

/* In seconds and times; 0: without a limit. */
typedef struct
{
  guint first;   /* IRT, to the first repetition */
  guint longest; /* MRT, between two */
  guint times;   /* MRC, so often it is sent */
  guint in_all;  /* MRD */
} CsDhcpv6Times;

typedef struct _CsDhcpv6Exchange CsDhcpv6Exchange;

/* Each of them may free the exchange. */
typedef struct
{
  /* A reply has come; @count: how often the request has been sent. */
  void (*replied) (const CsDhcpv6Reply *reply, guint count, gpointer user_data);
  /* It is time to send the request again. Returns whether to do so. */
  gboolean (*waited) (gpointer user_data);
  /* No reply was taken within the limits. */
  void (*failed) (gpointer user_data);
} CsDhcpv6ExchangeCalls;

/* Sends @request, whose .transaction is chosen here, at once. What it points to has to
 * outlive the exchange. */
CsDhcpv6Exchange *cs_dhcpv6_exchange_new (const char *interface,
                                          const CsDhcpv6Request *request,
                                          const CsDhcpv6Times *times,
                                          const CsDhcpv6ExchangeCalls *calls,
                                          gpointer user_data);
void cs_dhcpv6_exchange_free (CsDhcpv6Exchange *self);
/* A server has told another .longest. */
void cs_dhcpv6_exchange_set_longest (CsDhcpv6Exchange *self, guint longest);
