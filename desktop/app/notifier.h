/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the user of what happens to shares while the window is not looked at: a new
 * device, another uplink, a firewall in the way, a limit that is near or reached. */
#pragma once

#include "service.h"

#define CS_TYPE_NOTIFIER (cs_notifier_get_type ())
G_DECLARE_FINAL_TYPE (CsNotifier, cs_notifier, CS, NOTIFIER, GObject)

CsNotifier *cs_notifier_new (GApplication *application, CsService *service);
/* While it is watched, nothing needs to be told. */
void cs_notifier_set_watched (CsNotifier *notifier, gboolean watched);
