/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program does with a GtkSwitch. */
#pragma once

#include <gtk/gtk.h>

/* A switch that a user has just flipped reports it when it has finished moving.  To show
 * it again what it shows already would end that movement, and the user's wish with it. */
void cs_switch_show (GtkSwitch *toggle, gboolean on);
