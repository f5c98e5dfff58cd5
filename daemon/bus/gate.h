/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in front of GDBus, which queues whatever it gets: admits no more calls than
 * can be replied to soon, from each caller and in all. */
#pragma once

#include <gio/gio.h>

/* From now on, for as long as @connection lives. */
void cs_gate_open (GDBusConnection *connection);
