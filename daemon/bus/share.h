/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsBusShare: the D-Bus object of one share. Its properties follow the engine; its
 * counters are read from the kernel on demand. */
#pragma once

#include "authorizer.h"
#include "connshare-dbus.h"
#include "host.h"

#include "engine/engine.h"

#define CS_TYPE_BUS_SHARE (cs_bus_share_get_type ())
G_DECLARE_FINAL_TYPE (CsBusShare, cs_bus_share, CS, BUS_SHARE, CsDbusShareSkeleton)

/* @host is not copied. */
CsBusShare *cs_bus_share_new (CsEngine *engine,
                              CsAuthorizer *authorizer,
                              const CsBusHost *host,
                              const char *lan);
/* Adopts the engine's current state; emits PropertiesChanged for what differs. */
void cs_bus_share_update (CsBusShare *self);
/* Somebody has come to the LAN, gone or changed. */
void cs_bus_share_update_clients (CsBusShare *self);

/* The object path of @lan's share (transfer full). */
char *cs_bus_share_path (const char *lan);
