/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one window: a page for sharing, one for devices, one for ports, one for problems. A
 * later page is one more child of the view stack. */
#pragma once

#include <adwaita.h>

#define CS_TYPE_WINDOW (cs_window_get_type ())
G_DECLARE_FINAL_TYPE (CsWindow, cs_window, CS, WINDOW, AdwApplicationWindow)

CsWindow *cs_window_new (GtkApplication *application);
/* Shows how to join the Wi-Fi network that is shared. */
void cs_window_join (CsWindow *window);
