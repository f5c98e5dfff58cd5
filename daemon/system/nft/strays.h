/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Late answers to flows that were ended: once a flow's entry is gone from the kernel's
 * connection tracking, its answers are addressed to this computer itself, which replies
 * with an error that quotes them, over whatever route it has to the sender. */
#pragma once

#include <glib.h>

/* Drops the answers to @flows, messages of ctnetlink, for a while; call it before ending
 * them, in any thread. Best effort: does nothing on a kernel without support (before
 * Linux 5.12). */
void cs_strays_drop (const GPtrArray *flows);
