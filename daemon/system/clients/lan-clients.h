/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients of one LAN: what is kept of them, and a look at all who know of them, which
 * are the DHCP server's leases, the kernel's neighbours, and the stations of an access
 * point. */
#pragma once

#include "neighborhood.h"
#include "stations.h"

#include "core/plan/share-plan.h"
#include "core/value/client-list.h"

/* A client that was not heard for so long is asked. Seconds. */
#define CS_CLIENT_SILENCE 50

typedef struct
{
  CsClientList *list; /* (owned) */
  CsSharePlan *share; /* (owned) in force */
  int watch;          /* of the leases, or -1 */
  gboolean has_news;  /* that nobody was told of yet */
  guint count;        /* online at the last look */
} CsLanClients;

/* Set .share before anything else. */
CsLanClients *cs_lan_clients_new (void);
/* A GDestroyNotify. */
void cs_lan_clients_free (gpointer self);

/* The file of its leases: owned; NULL: nobody here gives any. */
char *cs_lan_clients_find_leases (const CsLanClients *self);
/* When the first one that is online must be asked, in seconds since the Epoch; 0: none.
 */
gint64 cs_lan_clients_next_silence (const CsLanClients *self);

/* @asks: those that have been silent for a while. */
void cs_lan_clients_look (CsLanClients *self,
                          CsNeighborhood *neighborhood,
                          CsStations *stations,
                          gboolean asks);
/* Gives each client what its addresses have used since the last time. */
void cs_lan_clients_add_usage (CsLanClients *self);
