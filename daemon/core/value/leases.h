/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients that a share's dnsmasq has given addresses to, from its lease file: one
 * line each, with time of expiry, MAC address, address, name and client id, separated
 * by spaces (lease_update_file () in its lease.c). */
#pragma once

#include "address.h"
#include "mac.h"

/* How many leases in @text are in force at @now (seconds since the Epoch). */
guint cs_leases_count (const char *text, gint64 now);
/* How many of these were given out or renewed, for @lease_time seconds, since @since. */
guint
cs_leases_count_since (const char *text, gint64 now, gint64 since, guint lease_time);

typedef struct
{
  gint64 expiry; /* seconds since the Epoch; 0: a lease without an end */
  CsMac mac;
  CsAddress address;
  const char *hostname; /* (nullable) as the client claims */
} CsLease;

/* Calls @visit for each lease in @text of a client with a MAC address. */
void cs_leases_visit (const char *text,
                      void (*visit) (const CsLease *lease, gpointer user_data),
                      gpointer user_data);

/* A computer that uses an address without having asked for it. It keeps it from others by
 * a lease without an end, which no client gets. */
typedef struct
{
  CsAddress address;
  CsMac mac;
} CsHolder;

/* What of @text a server that gives out @first to @last begins with. @until, unless it is
 * 0: the least that each client's lease lasts, because none could be renewed for a while;
 * then nobody else is known to use an address. */
char *cs_leases_resume (const char *text, CsAddress first, CsAddress last, gint64 until);
/* Whether @address is given to anybody at @now. */
gboolean cs_leases_have (const char *text, CsAddress address, gint64 now);
/* Of CsHolder. */
GArray *cs_leases_list_held (const char *text);
/* The line for @holder, with which @text has one lease more; NULL: none, as its address
 * is given to somebody, or too many are held. Of @count addresses that is at most a
 * quarter, and for one computer a few, so that nobody takes them all with forged
 * replies. */
char *cs_leases_hold (const char *text, const CsHolder *holder, guint count, gint64 now);
