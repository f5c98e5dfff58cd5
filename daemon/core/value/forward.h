/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port mapping: what leads a port of the uplink's address, or several in a row, to a
 * client. It is read from D-Bus and from a file; both count as hostile. */
#pragma once

#include "address.h"
#include "mac.h"

/* Ports of one mapping. */
#define CS_FORWARD_PORTS 1024
#define CS_FORWARD_NONCE 12

/* Who asked for it: the user, or the client itself by one of these protocols. */
typedef enum
{
  CS_FORWARD_USER,
  CS_FORWARD_UPNP,
  CS_FORWARD_PCP,
  CS_FORWARD_NAT_PMP,
} CsForwardOrigin;

typedef struct
{
  guint8 protocol; /* IPPROTO_TCP or IPPROTO_UDP */
  guint16 port;    /* the first one */
  guint16 last;    /* the last one */
  guint16 to_port; /* the client's for the first one */
  char *client;    /* (owned) a MAC or an address in its usual form; else a name */
  char *name;      /* (owned) (nullable) what it is for */
  CsForwardOrigin origin;
  gint64 expires;                 /* in seconds since the Epoch; 0: never */
  guint8 nonce[CS_FORWARD_NONCE]; /* of PCP; else zero */
} CsForward;

/* Whether it leads anywhere now. */
typedef enum
{
  CS_FORWARD_ACTIVE,
  CS_FORWARD_NO_UPLINK,
  CS_FORWARD_NO_ADDRESS, /* the client has none that is known */
  CS_FORWARD_BLOCKED,    /* another program's packet filter drops it */
  CS_FORWARD_TAKEN,      /* the uplink's port leads to another share's client */
} CsForwardState;

/* ... and what is in its way; all unowned. */
typedef struct
{
  CsForwardState state;
  const char *blocked_by; /* (nullable) whose packet filter */
  const char *taken_on;   /* (nullable) the other share's LAN ... */
  const char *taken_by;   /* (nullable) ... and its client */
} CsForwardStanding;

/* From an a{sv} with the keys of AddForward. The error, CS_ERROR_INVALID_ARGUMENT, names
 * the key and the value. .client may be a name. */
CsForward *cs_forward_from_variant (GVariant *mapping, GError **error);
CsForward *cs_forward_copy (const CsForward *forward);
void cs_forward_free (CsForward *forward);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsForward, cs_forward_free)

/* Puts what it is into @dict, with the same keys. */
void cs_forward_add_to_dict (const CsForward *forward, GVariantDict *dict);
/* One line without its end, and back: NULL if it is none. */
char *cs_forward_to_line (const CsForward *forward);
CsForward *cs_forward_from_line (const char *line);

/* "tcp 8080" or "udp 5000-5010", for messages. */
char *cs_forward_to_string (const CsForward *forward);
/* "tcp", "udp"; and back: 0 for any other word. */
const char *cs_forward_protocol_to_string (guint8 protocol);
guint8 cs_forward_protocol_from_string (const char *word);
const char *cs_forward_origin_to_string (CsForwardOrigin origin);
const char *cs_forward_state_to_string (CsForwardState state);

/* Sets .client, in its usual form if it is a MAC or an address. */
void cs_forward_set_client (CsForward *forward, const char *client);
/* Whether it is for an address of IPv6 alone: it opens that at .to_port, and takes no
 * port of the uplink's, so that others may have the same. */
gboolean cs_forward_is_pinhole (const CsForward *forward);
/* Whether those for such a .client are. */
gboolean cs_forward_client_has_pinholes (const char *client);
/* Whether it leads the same ports to the same ports of the same client. */
gboolean cs_forward_leads_alike (const CsForward *a, const CsForward *b);
/* Whether it is the same in everything. */
gboolean cs_forward_equal (const CsForward *a, const CsForward *b);
