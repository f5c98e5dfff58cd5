/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interface a WAN spec means right now, whether it can carry traffic, and its way
 * out. An uplink is ready when it is switched on, has a link and an IPv4 address, and a
 * way out: a default route of its own in any table but the shares', or a gateway that
 * NetworkManager knows, or a peer (point-to-point). */
#pragma once

#include "request.h"
#include "settle.h"
#include "snapshot.h"

/* How long a preferred uplink of a list must have been ready before the share leaves a
 * worse one for it, so that one that flaps does not take the share along. Microseconds.
 * The other way, from one that is lost to the next, nothing waits. */
#define CS_UPLINK_HOLD (3 * G_USEC_PER_SEC)
/* How long after a failed dial the next one follows. Microseconds. */
#define CS_DIAL_PAUSE (60 * G_USEC_PER_SEC)

/* What is asked. All unowned. */
typedef struct
{
  const CsSnapshot *snapshot;
  const char *wan;             /* see wan.h; it has been checked */
  const char *lan;             /* never its own uplink */
  const GPtrArray *requests;   /* (nullable) of CsRequest: their LANs are of no type */
  const GPtrArray *older_lans; /* (nullable) of char *: LANs that are no uplinks at all */
  gboolean dial;               /* profiles that are down may be brought up */
  gboolean is_new;     /* the user has just asked: what was before counts no more */
  const char *current; /* (nullable) the uplink in force */
  const char *better;  /* (nullable) the preferred one that is ready again ... */
  gint64 better_since; /* ... since then, as CsSnapshot.now */
  CsSettle settle;     /* how restless it is */
} CsUplinkQuestion;

typedef struct
{
  const CsInterface *interface; /* (nullable) unowned: none right now */
  guint choice;                 /* which choice that is, from 0 */
  const char *reason;           /* static: "none", "uplink-missing", "uplink-unknown",
                                   "uplink-down", "uplink-dialing", "uplink-unstable",
                                   "no-primary"; see StateReason in the D-Bus XML;
                                   "not-suitable": it can be no uplink at all, which is
                                   an error */
  char *message;                /* (owned) (nullable) why none, or not the first choice */
  const char *dial;             /* (nullable) unowned: UUID of the profile to bring up */
  const char *better; /* (nullable) unowned: as in the question, for next time */
  gint64 better_since;
  CsSettle settle;
  gint64 wake_at; /* ask again then; 0: only when something changes */
} CsUplink;

void cs_uplink_clear (CsUplink *uplink);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsUplink, cs_uplink_clear)

/* "auto" is NetworkManager's primary connection or, while that cannot be used, or it
 * knows none or does not run, the interface of main's default route. Of a type's
 * interfaces the ready one that the host itself prefers is taken. A device that has no
 * way out itself but carries a connection (PPPoE) means that. A profile is the interface
 * that it has now. Of several profiles that are down one is dialed at a time, in order of
 * preference. */
CsUplink cs_uplink_resolve (const CsUplinkQuestion *question);

/* Whether NetworkManager has seized the line of a plain pppd: it manages a device on
 * which it has nothing active, and so may take away the address that pppd gave it, as it
 * does in version 1.42 when it sees the device before the address. */
gboolean cs_uplink_is_seized (const CsInterface *interface);

/* What the share's own table holds while @interface is the uplink: a copy of its routes
 * in main (so that its neighbours stay on link), and one default route: its own of
 * lowest metric, else by NetworkManager's gateway, else to the peer. Of CsRoute with
 * .table and .metric 0, in an order in which the kernel takes them. Empty when there is
 * no way out. */
GArray *cs_uplink_routes (const CsInterface *interface, const CsSnapshot *snapshot);

/* The name servers to ask through @interface: NetworkManager's for it, else those of
 * resolv.conf. (nullable) strv, owned. */
char **cs_uplink_dns (const CsInterface *interface, const CsSnapshot *snapshot);
