/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process gives up for good. */
#pragma once

#include <glib.h>

/* From now on it can use the descriptors that it has, accept connections, and compute:
 * open nothing, start nothing, and grow no further. FALSE: that cannot be had, and it
 * must not go on. */
gboolean cs_confine (void);
