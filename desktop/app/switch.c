/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switch.h"

void
cs_switch_show (GtkSwitch *toggle, gboolean on)
{
  if (gtk_switch_get_active (toggle) != on)
    gtk_switch_set_active (toggle, on);
}
