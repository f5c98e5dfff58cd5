/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether hotspots that other programs make use the same Internet connection. */
#pragma once

#include "setup.h"

#include <adwaita.h>

#define CS_TYPE_ADOPT_ROW (cs_adopt_row_get_type ())
G_DECLARE_FINAL_TYPE (CsAdoptRow, cs_adopt_row, CS, ADOPT_ROW, AdwActionRow)

void cs_adopt_row_set_setup (CsAdoptRow *row, CsSetup *setup);
