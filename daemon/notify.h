/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells `systemctl status connshared` what is shared. */
#pragma once

#include "engine/engine.h"

/* Reports to systemd now and on every change, for as long as @engine lives. */
void cs_notify_of_shares (CsEngine *engine);
