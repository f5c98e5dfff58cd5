/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends access points that nobody has used for as long as their option "idle-off" says. */
#pragma once

#include "engine/engine.h"

typedef struct _CsIdleOff CsIdleOff;

CsIdleOff *cs_idle_off_new (CsEngine *engine);
void cs_idle_off_free (CsIdleOff *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsIdleOff, cs_idle_off_free)

/* @clients of @lan are online now, or the share has changed. */
void cs_idle_off_update (CsIdleOff *self, const char *lan, guint clients);
