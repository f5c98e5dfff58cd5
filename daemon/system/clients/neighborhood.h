/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The neighbours on LANs, as the kernel knows them. */
#pragma once

#include "system/netlink/neighbors.h"

typedef struct _CsNeighborhood CsNeighborhood;

/* @neighbor has come or answered on @ifindex; NULL: one has failed to answer there. An
 * @ifindex of 0: announcements were lost. */
typedef void (*CsNeighborhoodFunc) (int ifindex,
                                    const CsNeighbor *neighbor,
                                    gpointer user_data);

CsNeighborhood *cs_neighborhood_new (CsNeighborhoodFunc heard, gpointer user_data);
void cs_neighborhood_free (CsNeighborhood *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNeighborhood, cs_neighborhood_free)

/* Whether @heard is called: at first it is not. @ifindexes: of int, the links that
 * matter.
 */
void cs_neighborhood_listen (CsNeighborhood *self, GArray *ifindexes);
void cs_neighborhood_ignore (CsNeighborhood *self);

/* Calls @found for each of @family on @ifindex. */
void cs_neighborhood_list (CsNeighborhood *self,
                           int family,
                           int ifindex,
                           void (*found) (const CsNeighbor *, gpointer user_data),
                           gpointer user_data);
/* cs_neighbor_probe (), of one that was listed. */
void
cs_neighborhood_probe (CsNeighborhood *self, int ifindex, const CsNeighbor *neighbor);
