/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stations of access points, as nl80211 knows them. */
#pragma once

#include "core/value/mac.h"

typedef struct _CsStations CsStations;

/* @changed: a station has come or gone, of any interface. Nothing is asked of the kernel
 * before it is wanted, because that may load a module. */
CsStations *cs_stations_new (void (*changed) (gpointer), gpointer user_data);
void cs_stations_free (CsStations *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsStations, cs_stations_free)

/* Calls @found for each that is associated with @ifindex; @signal is in dBm, 0 if it is
 * unknown. FALSE: the kernel does not say. */
gboolean cs_stations_list (CsStations *self,
                           int ifindex,
                           void (*found) (CsMac mac, int signal, gpointer user_data),
                           gpointer user_data);
/* Ends its association with the interface @name, number @ifindex, and tells it so; it may
 * come again. */
void cs_stations_dismiss (CsStations *self, const char *name, int ifindex, CsMac mac);
