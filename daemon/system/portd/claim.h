/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client asks for, by way of connshare-portd, and whether it may have it: only for
 * its own address, and nothing that is the user's or another client's. */
#pragma once

#include "core/value/forward-table.h"
#include "portd/wire.h"

typedef struct
{
  CsPortdResult result; /* CS_PORTD_TAKEN: another port may do, unless it asks for one */
  GPtrArray *removed;   /* (owned) of CsForward (owned): those that go, before ... */
  CsForward *added;     /* (owned) (nullable) ... this one comes, or is renewed */
  CsPortdAnswer answer; /* what there is then */
} CsClaim;

/* Whether connshare-portd may send this: it comes from a process that serves clients, and
 * whose memory one of them may have changed. @networks, of CsCidr: where clients are. */
gboolean cs_claim_is_valid (const CsPortdRequest *request,
                            CsAddress gateway,
                            const GArray *networks);

/* @table (nullable: there is none) has all mappings of the LAN; @port: the one to try, of
 * a CS_PORTD_MAP; @now: seconds since the Epoch. */
CsClaim *cs_claim_new (const CsPortdRequest *request,
                       const CsForwardTable *table,
                       guint port,
                       gint64 now);
void cs_claim_free (CsClaim *claim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsClaim, cs_claim_free)
