/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `systemctl status connshared` says is shared. */
#pragma once

#include "engine/engine.h"

/* Tells systemd now, and whenever it changes, for as long as @engine lives. */
void cs_notify_of_shares (CsEngine *engine);
