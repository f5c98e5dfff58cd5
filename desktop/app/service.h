/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service on the system bus, as the window sees it: its shares, its interfaces, what
 * it can do, and calls. Nothing here blocks. The service is started by calls and ends
 * when nothing is shared, so that it is not there is no error; when it goes away while
 * something is shared, it is called back, and until then the shares are as they were
 * ("returning").
 *
 * Signals: "changed" when a share or the service's own state has, "interfaces-changed",
 * "clients-changed" and "forwards-changed" (Share proxy). */
#pragma once

#include "connshare-dbus.h"

#define CS_TYPE_SERVICE (cs_service_get_type ())
G_DECLARE_FINAL_TYPE (CsService, cs_service, CS, SERVICE, GObject)

typedef enum
{
  CS_SERVICE_CONNECTING,
  CS_SERVICE_READY,
  CS_SERVICE_RETURNING,   /* restarting while something is shared */
  CS_SERVICE_UNREACHABLE, /* see cs_service_get_error () */
} CsServiceState;

CsService *cs_service_new (void);

CsServiceState cs_service_get_state (CsService *service);
/* Why it is unreachable, or NULL. */
const GError *cs_service_get_error (CsService *service);
/* Tries again to reach it. */
void cs_service_reconnect (CsService *service);

/* Whether Manager.Features has this word. */
gboolean cs_service_has_feature (CsService *service, const char *feature);
/* (element-type CsDbusShare) (transfer none) */
GPtrArray *cs_service_get_shares (CsService *service);
/* NULL for none. */
CsDbusShare *cs_service_find_share (CsService *service, const char *lan);
/* (element-type CsInterface) (transfer none): of the last refresh. */
GPtrArray *cs_service_get_interfaces (CsService *service);
/* Asks for them; "interfaces-changed" follows. */
void cs_service_refresh_interfaces (CsService *service);
/* For calls, which start the service; NULL while there is no system bus. */
CsDbusManager *cs_service_get_manager (CsService *service);

/* For calls that change something: a password dialog may be shown, and takes its time. */
#define CS_CALL_CHANGE G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT
#define CS_CALL_READ   G_DBUS_CALL_FLAGS_NONE, -1
