/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsMapping: what the words of "sharectl forward" mean. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *protocol; /* "tcp" or "udp"; static */
  guint16 port;
  guint16 end_port; /* the same for one port */
  char *client;     /* (owned) (nullable) MAC, address or name; NULL: nobody is named */
  guint16 to_port;  /* 0: the same as port */
} CsMapping;

void cs_mapping_clear (CsMapping *mapping);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsMapping, cs_mapping_clear)

/* @mapping, which is empty before, of "tcp", "6000-6010" and "CLIENT:7000"; an IPv6
 * address with a port is "[fd00::20]:7000". A range has up to 1024 ports. What is wrong
 * is CS_ERROR_INVALID_ARGUMENT, and named. */
gboolean cs_mapping_parse (CsMapping *mapping,
                           const char *protocol,
                           const char *ports,
                           const char *client,
                           GError **error);

/* The same of what exists already, by its first port, and of several for IPv6 addresses,
 * by @client (nullable): "fd00::20" or "[fd00::20]". */
gboolean cs_mapping_parse_key (CsMapping *mapping,
                               const char *protocol,
                               const char *port,
                               const char *client,
                               GError **error);
