/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsBusManager: the manager's D-Bus interface, and the objects of the shares. */
#pragma once

#include "connshare-dbus.h"
#include "host.h"

#include "engine/engine.h"

#define CS_TYPE_BUS_MANAGER (cs_bus_manager_get_type ())
G_DECLARE_FINAL_TYPE (CsBusManager,
                      cs_bus_manager,
                      CS,
                      BUS_MANAGER,
                      CsDbusManagerSkeleton)

/* Follows @engine from now on, so create it before the engine starts. @host is not
 * copied. */
CsBusManager *cs_bus_manager_new (CsEngine *engine, const CsBusHost *host);
/* Somebody has come to @lan, gone or changed. */
void cs_bus_manager_update_clients (CsBusManager *self, const char *lan);
/* What ListForwards has of @lan is different now. */
void cs_bus_manager_update_forwards (CsBusManager *self, const char *lan);

gboolean
cs_bus_manager_export (CsBusManager *self, GDBusConnection *connection, GError **error);
