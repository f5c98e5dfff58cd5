/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What answers of all protocols are made from: the settings, and a function that has
 * connshared do what a client asks for. */
#pragma once

#include "wire.h"

/* Fills in @answer; .serial of neither matters to the caller. */
typedef void (*CsGatewayAsk) (const CsPortdRequest *request,
                              CsPortdAnswer *answer,
                              gpointer user_data);

typedef struct
{
  CsPortdSettings settings;
  guint32 epoch; /* seconds since all mappings are known, as PCP and NAT-PMP count */
  CsGatewayAsk ask;
  gpointer user_data;
} CsGateway;

/* Whether @address is one of a client on the LAN. */
gboolean cs_gateway_knows (const CsGateway *gateway, CsAddress address);
/* What a client wants for @lifetime gets it for so long. */
guint32 cs_gateway_lifetime (guint32 lifetime);
/* Copies what of @text (nullable) may be shown. */
void cs_gateway_set_name (CsPortdRequest *request, const char *text);
