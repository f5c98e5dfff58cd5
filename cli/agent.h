/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords on a terminal: if a user sits at one and no desktop asks, polkit's own
 * terminal agent does. */
#pragma once

#include <glib.h>

typedef struct _CsAgent CsAgent;

/* Starts pkttyagent(1) for this process and waits until polkit knows it. NULL if it
 * makes no sense (root is never asked, or there is no terminal) or is not installed. */
CsAgent *cs_agent_start (void);

/* Stops it and leaves the terminal as it was. @agent may be NULL. */
void cs_agent_stop (CsAgent *agent);
