/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Something that a diagnosis has found, with a button for what helps. Signal "remedy"
 * when it is pressed. */
#pragma once

#include "finding.h"

#include <adwaita.h>

#define CS_TYPE_PROBLEM_ROW (cs_problem_row_get_type ())
G_DECLARE_FINAL_TYPE (CsProblemRow, cs_problem_row, CS, PROBLEM_ROW, AdwPreferencesRow)

/* @finding: (transfer full) @where: the interface that it is about, or "". */
CsProblemRow *cs_problem_row_new (CsFinding *finding, const char *where);
const CsFinding *cs_problem_row_get_finding (CsProblemRow *row);
