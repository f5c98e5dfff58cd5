/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* Runs the default main context for so long. */
void turn (guint milliseconds);
