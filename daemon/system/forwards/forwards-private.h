/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that implement forwards.h share. */
#pragma once

#include "forwards.h"
#include "lan-forwards.h"

struct _CsForwards
{
  GObject parent;
  char *folder;       /* (owned) */
  GHashTable *lans;   /* (owned) name (owned by the value) -> CsLanForwards (owned) */
  CsPlan *plan;       /* (owned) (nullable) in force */
  GPtrArray *waiting; /* (owned) of GTask (owned): until their LAN's plan has mappings */
  guint timer;        /* timeout source for the next one that ends, or 0 */
  gint64 timer_at;    /* when that is, in seconds since the Epoch */
  CsClientList *(*look) (gpointer clients, const char *lan); /* (nullable) */
  gpointer clients;                                          /* unowned */
};

/* (nullable) */
CsLanForwards *cs_forwards_find_lan (CsForwards *self, const char *lan);
/* Makes it if there is none. */
CsLanForwards *cs_forwards_get_lan (CsForwards *self, const char *name);
/* The clients of @lan (nullable), valid until the main loop runs. */
CsClientList *cs_forwards_look (const CsForwards *self, const char *lan);
/* The mapping of another LAN than @own, by the same uplink, that wants one of @forward's
 * ports, and @whose that is; NULL: there is none. */
const CsForward *cs_forwards_find_rival (CsForwards *self,
                                         const CsLanForwards *own,
                                         const CsForward *forward,
                                         const CsLanForwards **whose);
/* Which packet filters of others are in the way, by @plan, which is shown. */
void cs_forwards_note_blocks (CsForwards *self, const CsPlan *plan);
/* What is said of @lan's mappings is different now. */
void cs_forwards_tell (CsForwards *self, const char *lan);
/* Until the next mapping ends: mappings are others now. */
void cs_forwards_await_end (CsForwards *self);
/* Removes one of @lan's; returns as cs_lan_forwards_remove (). */
gboolean cs_forwards_take_away (CsForwards *self,
                                CsLanForwards *lan,
                                const CsForward *forward,
                                GAsyncReadyCallback callback,
                                gpointer user_data,
                                GError **error);
