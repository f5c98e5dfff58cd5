/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the window is about: one LAN, what is or would be shared with it, and turning that
 * on, off and over. What the user chooses before a share exists is kept here; once it
 * exists, its own properties count, and choices change it.
 *
 * Signals: "changed" when anything that is shown may have, "failed" (CsFailure) when
 * something that the user wanted has not worked; the failure is the emitter's. */
#pragma once

#include "failure.h"
#include "interface.h"
#include "service.h"
#include "state.h"

#define CS_TYPE_SETUP (cs_setup_get_type ())
G_DECLARE_FINAL_TYPE (CsSetup, cs_setup, CS, SETUP, GObject)

CsSetup *cs_setup_new (CsService *service);

CsService *cs_setup_get_service (CsSetup *setup);
/* Whether this user has never shared anything. */
gboolean cs_setup_is_first (CsSetup *setup);
/* Whether something that the user wanted is under way. */
gboolean cs_setup_is_busy (CsSetup *setup);

/* "" while there is none. */
const char *cs_setup_get_lan (CsSetup *setup);
const char *cs_setup_get_wan (CsSetup *setup);
/* NULL if the LAN is not there. */
CsInterface *cs_setup_get_interface (CsSetup *setup);
/* NULL while it is not shared. */
CsDbusShare *cs_setup_get_share (CsSetup *setup);
/* Whether the share is a hotspot of another program, to be turned off, not changed. */
gboolean cs_setup_is_adopted (CsSetup *setup);
/* Whether such hotspots are shares, via the WAN. */
gboolean cs_setup_adopts (CsSetup *setup);
/* "Wi-Fi (wlan0)" */
char *cs_setup_get_lan_title (CsSetup *setup);
CsMood cs_setup_get_mood (CsSetup *setup);
/* A title and a sentence for the state of the share. */
void cs_setup_describe (CsSetup *setup, const char **title, char **sentence);

void cs_setup_set_lan (CsSetup *setup, const char *lan);
void cs_setup_set_wan (CsSetup *setup, const char *wan);
/* Of the network that the share makes or will make, a{sv}; they stay as they are if not
 * named. */
void cs_setup_set_options (CsSetup *setup, GVariant *options);
/* Of the last share of this LAN, or as they were set; NULL for none. */
const char *cs_setup_get_option (CsSetup *setup, const char *name);
/* The same of any type (nullable, transfer full). */
GVariant *cs_setup_find_option (CsSetup *setup, const char *name);
/* Remembers an option that the service has told, for the next time. */
void cs_setup_learn_option (CsSetup *setup, const char *name, const char *value);

/* Makes those hotspots shares via the WAN, or leaves them alone. */
void cs_setup_adopt (CsSetup *setup, gboolean on);
/* With @force, although it disconnects what the LAN is used for. */
void cs_setup_turn_on (CsSetup *setup, gboolean force);
void cs_setup_turn_off (CsSetup *setup);
/* Does once more what the user wanted last. */
void cs_setup_retry (CsSetup *setup);
/* Tells the user that something else has failed, which is not tried again. */
void cs_setup_fail (CsSetup *setup, const GError *error);
