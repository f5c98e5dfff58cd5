/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port mappings of one LAN, and the addresses of the clients that they lead to. What
 * is done about one costs the same however many there are. */
#pragma once

#include "forward.h"

/* Mappings of one LAN; and of those, how many a client may ask for. */
#define CS_FORWARDS_MAX        32768
#define CS_FORWARDS_CLIENT_MAX 64

/* Whom mappings lead to, for as long as there are any. */
typedef struct
{
  char *client;         /* (owned) as in CsForward */
  GHashTable *forwards; /* (owned) a set of CsForward, owned by the table */
  guint asked;          /* how many of them the client has asked for */
  CsAddress address;    /* of IPv4; unset: not known */
  GArray *addresses6;   /* (owned) of CsAddress: those to open */
  GHashTable *ports;    /* (owned) (nullable) of pinholes: each port -> CsForward */
} CsForwardClient;

typedef struct _CsForwardTable CsForwardTable;

CsForwardTable *cs_forward_table_new (void);
void cs_forward_table_free (CsForwardTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsForwardTable, cs_forward_table_free)

guint cs_forward_table_count (const CsForwardTable *self);
/* Whose port of the uplink it is (nullable); or the pinhole at it, if @client (nullable)
 * has those. */
const CsForward *cs_forward_table_find (const CsForwardTable *self,
                                        guint8 protocol,
                                        guint port,
                                        const char *client);
/* One that has any of the ports of @forward (nullable). A pinhole has no other rivals
 * than those of the same address. */
const CsForward *
cs_forward_table_find_rival (const CsForwardTable *self, const CsForward *forward);
/* (nullable) */
CsForwardClient *
cs_forward_table_find_client (const CsForwardTable *self, const char *client);
/* Of CsForwardClient (owned by @self). */
GPtrArray *cs_forward_table_list_clients (const CsForwardTable *self);
/* Of CsForward (owned by @self), by protocol and port. */
GPtrArray *cs_forward_table_list (const CsForwardTable *self);

/* Whether there is room for one more; CS_ERROR_NOT_SUITABLE. */
gboolean cs_forward_table_has_room (const CsForwardTable *self,
                                    const CsForward *forward,
                                    GError **error);
/* Adds @forward (transfer full), whose ports are free or those of one that leads alike,
 * which goes. */
void cs_forward_table_add (CsForwardTable *self, CsForward *forward);
/* @forward is one of its own; (transfer full) */
CsForward *cs_forward_table_take (CsForwardTable *self, const CsForward *forward);

/* When the first one ends, in seconds since the Epoch; 0: never. */
gint64 cs_forward_table_next_expiry (const CsForwardTable *self);
/* The one that ends first, if it has ended at @now (nullable). */
const CsForward *cs_forward_table_find_expired (const CsForwardTable *self, gint64 now);

/* On disk: lines, each of which is a change, so that one is added for each. Each ends
 * with a newline. */
char *cs_forward_table_line_of (const CsForward *forward);
char *cs_forward_table_line_without (const CsForward *forward);
char *cs_forward_table_line_of_client (const CsForwardClient *client);
/* As few lines as possible. */
char *cs_forward_table_to_text (const CsForwardTable *self);
/* What cannot be a line of ours is passed over. Returns how many lines there are. */
guint cs_forward_table_read (CsForwardTable *self, const char *text);
