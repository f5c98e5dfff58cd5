/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port that leads to a device: what ListForwards says of it, and what the list shows;
 * and what a user may type for a new one. */
#pragma once

#include <glib.h>

typedef struct
{
  char *key;      /* (owned) "tcp 8080", "tcp 8080 fd00::2": what tells it from others */
  char *protocol; /* (owned) "tcp" or "udp" */
  guint16 port;
  guint16 end_port; /* the same for one port */
  guint16 to_port;
  char *client;   /* (owned) hardware address or address */
  char *address;  /* (owned) of the device, or "" */
  char *name;     /* (owned) or "" */
  char *origin;   /* (owned) "user", or how the device itself asked for it */
  char *state;    /* (owned) "active", "no-uplink", "no-address", "blocked", "taken" */
  char *external; /* (owned) the address where the port is, or "" */
  char *upstream; /* (owned) where the router upstream has it in the Internet, or "" */
  char *upstream_state; /* (owned) what that router says, or "" */
} CsForward;

CsForward *cs_forward_new (GVariant *dictionary);
void cs_forward_free (CsForward *forward);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsForward, cs_forward_free)

/* Of a ListForwards reply, (aa{sv}). (element-type CsForward) (transfer full) */
GPtrArray *cs_forwards_new (GVariant *reply);

/* Whether mappings to it are for its own IPv6 address, where each may have any port. */
gboolean cs_client_is_ipv6 (const char *client);

/* "TCP port 8080", "UDP ports 6000–6010" */
char *cs_forward_describe_port (const CsForward *forward);
/* "Web server", "TCP port 8080" */
char *cs_forward_get_title (const CsForward *forward);
/* "TCP port 8080 · Phone, port 80 · Asked for by the device"; @clients, (element-type
 * CsClient) or NULL, have the names of devices. */
char *cs_forward_get_subtitle (const CsForward *forward, GPtrArray *clients);
/* From where these ports can be reached, "" for none. */
char *cs_forwards_describe (GPtrArray *forwards);

/* "8080", "6000-6010"; up to 1024 ports. */
gboolean cs_ports_parse (const char *text, guint16 *first, guint16 *last);
