/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagnosis finds: asked for when the page is looked at. Signals:
 * "problems-changed" (how many), "step" (CsStep) for what the window is to do, "toast"
 * (text). */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_PROBLEMS_PAGE (cs_problems_page_get_type ())
G_DECLARE_FINAL_TYPE (CsProblemsPage, cs_problems_page, CS, PROBLEMS_PAGE, AdwBin)

void cs_problems_page_set_setup (CsProblemsPage *page, CsSetup *setup);
