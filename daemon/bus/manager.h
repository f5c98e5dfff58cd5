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

/* Follows @engine from now on: create it before the engine is started. @host is not
 * copied. */
CsBusManager *cs_bus_manager_new (CsEngine *engine, const CsBusHost *host);
gboolean
cs_bus_manager_export (CsBusManager *self, GDBusConnection *connection, GError **error);
