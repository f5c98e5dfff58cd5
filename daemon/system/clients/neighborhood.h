/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The neighbours on LANs, as the kernel knows them. */
#pragma once

#include "system/netlink/neighbors.h"

typedef struct _CsNeighborhood CsNeighborhood;

/* @changed: a neighbour has come, answered, or failed to answer, on any interface. */
CsNeighborhood *cs_neighborhood_new (void (*changed) (gpointer), gpointer user_data);
void cs_neighborhood_free (CsNeighborhood *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNeighborhood, cs_neighborhood_free)

/* Whether @changed is called: at first it is not. */
void cs_neighborhood_listen (CsNeighborhood *self);
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
