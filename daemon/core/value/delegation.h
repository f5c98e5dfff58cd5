/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes that a network has delegated to this computer (RFC 8415), and until when. */
#pragma once

#include "cidr.h"

/* More prefixes than any network delegates to one computer. */
#define CS_DELEGATION_PREFIXES 16
/* Seconds: what ends sooner is of no use. */
#define CS_DELEGATION_SHORTEST 10
/* Bytes of a DUID. */
#define CS_DUID_MAX 130
/* A lifetime without an end, in seconds. */
#define CS_LIFETIME_INFINITE G_MAXUINT32

/* The name of a client or a server; no bytes: none. */
typedef struct
{
  guint8 size;
  guint8 bytes[CS_DUID_MAX];
} CsDuid;

/* Times are in seconds. */
typedef struct
{
  CsCidr network;
  guint32 preferred, valid; /* as the server said, from .since of the delegation on */
} CsDelegatedPrefix;

typedef struct
{
  CsDuid server;
  gint64 since;          /* by a clock that counts the time asleep */
  guint32 renew, rebind; /* T1 and T2, from .since on */
  guint count;
  CsDelegatedPrefix prefixes[CS_DELEGATION_PREFIXES];
} CsDelegation;

gboolean cs_duid_equal (const CsDuid *a, const CsDuid *b);

/* Adds a prefix, if it is of use: 32 to 64 bits of global or unique local addresses that
 * may be preferred for a while. */
void cs_delegation_add (CsDelegation *self, CsDelegatedPrefix prefix);
/* Fills in .renew and .rebind where the server leaves them to the client (0). FALSE:
 * there are no prefixes, or the times contradict each other. */
gboolean cs_delegation_complete (CsDelegation *self);
/* When the last of its prefixes ends; G_MAXINT64: never; 0: it has none. */
gint64 cs_delegation_get_end (const CsDelegation *self);
/* Likewise, when the first of those that are valid at @now does. */
gint64 cs_delegation_get_next_end (const CsDelegation *self, gint64 now);
/* Of CsCidr (transfer full), the longest-lived first: those that are valid at @now. */
GArray *cs_delegation_list (const CsDelegation *self, gint64 now);

/* As lines of text, and back. FALSE for any other text, which may be anything. */
char *cs_delegation_print (const CsDelegation *self);
gboolean cs_delegation_parse (const char *text, CsDelegation *self);
