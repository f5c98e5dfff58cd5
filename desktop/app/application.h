/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The application on the session bus: one window, and what the menu and shortcuts do. */
#pragma once

#include <adwaita.h>

#define CS_TYPE_APPLICATION (cs_application_get_type ())
G_DECLARE_FINAL_TYPE (CsApplication, cs_application, CS, APPLICATION, AdwApplication)

CsApplication *cs_application_new (void);
