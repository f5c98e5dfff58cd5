/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks which port is to lead to which device, and makes it so. It closes when that has
 * worked; until then it says what is wrong. */
#pragma once

#include "connshare-dbus.h"

#include <adwaita.h>

#define CS_TYPE_FORWARD_WINDOW (cs_forward_window_get_type ())
G_DECLARE_FINAL_TYPE (CsForwardWindow, cs_forward_window, CS, FORWARD_WINDOW, AdwWindow)

/* @lan is what people call the LAN; @clients, (element-type CsClient), are not empty. */
CsForwardWindow *cs_forward_window_new (GtkWindow *parent,
                                        CsDbusShare *share,
                                        const char *lan,
                                        GPtrArray *clients);
