/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has gone wrong, above the page, with a button for the step that helps. Signal
 * "step" (CsStep) when it is pressed. */
#pragma once

#include "failure.h"

#include <adwaita.h>

#define CS_TYPE_NOTICE (cs_notice_get_type ())
G_DECLARE_FINAL_TYPE (CsNotice, cs_notice, CS, NOTICE, AdwBin)

/* @details may be "". */
void
cs_notice_show (CsNotice *notice, const char *sentence, const char *details, CsStep step);
void cs_notice_hide (CsNotice *notice);
