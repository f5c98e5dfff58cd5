/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port mappings of one LAN: the table, its file, and what of it the packet filter is
 * wanted to have, which follows the uplink's addresses and the clients'. */
#pragma once

#include "forward-file.h"

#include "core/plan/share-plan.h"
#include "core/value/client-list.h"
#include "core/value/forward-table.h"

#include <gio/gio.h>

typedef struct
{
  char *lan;             /* (owned) */
  CsForwardTable *table; /* (owned) */
  CsForwardFile *file;   /* (owned) */
  CsSharePlan *share;    /* (owned) (nullable) in force */
  GArray *uplinks;       /* (owned) of CsAddress: what is wanted leads from these */
  GArray *networks6;     /* (owned) of CsCidr: whose addresses the Internet reaches */
  char *blocked_by;      /* (owned) (nullable) whose packet filter drops them */
  char *blocked_by6;     /* (owned) (nullable) the same by IPv6 */
} CsLanForwards;

CsLanForwards *cs_lan_forwards_new (const char *folder, const char *lan);
/* A GDestroyNotify; nothing of it is wanted any more. */
void cs_lan_forwards_free (gpointer self);

/* All of these change what is wanted (nft/forward-elements.h), and commit nothing. */

/* @share (nullable) is in force from now on. */
void cs_lan_forwards_set_share (CsLanForwards *self, CsSharePlan *share);
/* @clients are those of the LAN now (nullable: nothing is known). Whether anything has
 * changed for any mapping. */
gboolean cs_lan_forwards_follow_clients (CsLanForwards *self, CsClientList *clients);
/* Adds @forward (transfer full), which has no rival. FALSE: it cannot be kept. */
gboolean cs_lan_forwards_add (CsLanForwards *self,
                              CsForward *forward,
                              CsClientList *clients,
                              GError **error);
/* Takes one of its own away; its flows end. FALSE: it would be there again later. */
gboolean cs_lan_forwards_remove (CsLanForwards *self,
                                 const CsForward *forward,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data,
                                 GError **error);
/* Ends flows that were begun to the ports of @forward, one of its own, before it. */
void cs_lan_forwards_clear_flows (const CsLanForwards *self, const CsForward *forward);

/* Whether @self (nullable) has any mapping. */
gboolean cs_lan_forwards_is_mapped (const CsLanForwards *self);
/* Whether both have the same uplink. */
gboolean cs_lan_forwards_meet (const CsLanForwards *a, const CsLanForwards *b);
/* The uplink's addresses of IPv4, of CsAddress (transfer full), whether or not any port
 * of them leads anywhere yet. */
GArray *cs_lan_forwards_outside (const CsLanForwards *self);
