/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsForwards: the port mappings of all LANs. A plan knows only which LANs have any; what
 * they are is here, in a file for each LAN, and in the packet filter. */
#pragma once

#include "core/plan/plan-list.h"
#include "core/value/client-list.h"
#include "core/value/forward-table.h"

#include <gio/gio.h>

#define CS_TYPE_FORWARDS (cs_forwards_get_type ())
G_DECLARE_FINAL_TYPE (CsForwards, cs_forwards, CS, FORWARDS, GObject)

/* Signals: "changed", other LANs have mappings than before; "lan-changed" (s lan), what
 * is said of a LAN's mappings is different now; "added" and "removed" (s lan, const
 * CsForward *), one of a LAN that stays shared. */

/* With the mappings that are in @folder. */
CsForwards *cs_forwards_new (const char *folder);
/* Who knows the clients of a LAN (nullable: not now). */
void cs_forwards_set_clients (CsForwards *self,
                              CsClientList *(*look) (gpointer clients, const char *lan),
                              gpointer clients);

/* --- With the engine --------------------------------------------------------------- */

/* Fills in .mapped. */
void cs_forwards_fill (CsForwards *self, CsSnapshot *snapshot);
/* The packet filter gets what the mappings are by @plan. */
void cs_forwards_apply_async (CsForwards *self,
                              CsPlan *plan,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_forwards_apply_finish (GAsyncResult *result, GError **error);
/* @plan is what is shown of the shares now: the first mapping of a LAN is in force when
 * it is part of that; and it says whose packet filter is in the way of mappings. */
void cs_forwards_follow (CsForwards *self, const CsPlan *plan);
/* Somebody has come to @lan, gone or changed. */
void cs_forwards_follow_clients (CsForwards *self, const char *lan);
/* @lan is no longer shared. */
void cs_forwards_forget (CsForwards *self, const char *lan);
/* All but @lans (strv) are no longer shared. */
void cs_forwards_keep (CsForwards *self, const char *const *lans);

/* --- Mappings ---------------------------------------------------------------------- */

/* Adds @forward (transfer full), of a share of @lan, whose .client is a MAC or an
 * address, or renews one that leads alike. Returns when it is in force.
 * CS_ERROR_NOT_SUITABLE: its port is somebody else's, who is named. */
void cs_forwards_add_async (CsForwards *self,
                            const char *lan,
                            CsForward *forward,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_forwards_add_finish (GAsyncResult *result, GError **error);
/* Whether it could be added now. */
gboolean cs_forwards_can_add (CsForwards *self,
                              const char *lan,
                              const CsForward *forward,
                              GError **error);
/* Removes the mapping whose first port that is; of pinholes, that of @client, or if
 * that is NULL, the only one. Returns when its flows have ended.
 * CS_ERROR_INVALID_ARGUMENT: there is none, or there are several. */
void cs_forwards_remove_async (CsForwards *self,
                               const char *lan,
                               guint8 protocol,
                               guint port,
                               const char *client,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_forwards_remove_finish (GAsyncResult *result, GError **error);

/* Whose port it is, as cs_forward_table_find () (nullable). */
const CsForward *cs_forwards_find (CsForwards *self,
                                   const char *lan,
                                   guint8 protocol,
                                   guint port,
                                   const char *client);
/* All of a LAN's (nullable: there are none), until the next of these calls. */
const CsForwardTable *cs_forwards_get_table (CsForwards *self, const char *lan);
/* Of CsForward (owned by @self), by protocol and port. */
GPtrArray *cs_forwards_list (CsForwards *self, const char *lan);
/* Where it leads now: the client's address of IPv4, unset if it is not known, and those
 * of IPv6 that are open (nullable) (of CsAddress). */
CsAddress cs_forwards_find_address (CsForwards *self,
                                    const char *lan,
                                    const CsForward *forward,
                                    const GArray **addresses6);
/* Whether it leads there; valid until the main loop runs. */
CsForwardStanding
cs_forwards_find_standing (CsForwards *self, const char *lan, const CsForward *forward);
/* The uplink's address of IPv4, where the ports are; unset: there is none now. */
CsAddress cs_forwards_external_address (CsForwards *self, const char *lan);
