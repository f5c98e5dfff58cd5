/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway that asks nobody: it keeps the request, and has the answer ready. */
#pragma once

#include "portd/gateway.h"

typedef struct
{
  CsGateway gateway; /* 192.168.137.1/24 and 2001:db8:1::1/64, behind 198.51.100.7 */
  guint asked;       /* how often */
  CsPortdRequest request;
  CsPortdAnswer answer;
} PortdFixture;

#define PORTD_PEER CS_IPV4 (192, 168, 137, 20)

void portd_fixture_init (PortdFixture *fixture);
