/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnoses for tables of tests: facts in words, findings as text. */
#pragma once

#include "network.h"

#include "core/diagnose.h"

typedef struct
{
  const char *requests;
  const char *before; /* what the plan was made in */
  const char *now;    /* NULL: the same */
  const char *facts;
  const char *findings;
} FindingRow;

/* Diagnoses @plan in the network @now. Facts are "KEY[=VALUE]; ..."; findings
 * "SEVERITY CODE SUBJECT: MESSAGE", and " [REMEDY]" if there is one, a line each. */
void assert_findings (const CsPlan *plan,
                      const CsSnapshot *now,
                      const char *facts,
                      const char *expected);
void assert_finding_row (const FindingRow *row, const CsPlan *plan);
void assert_finding_rows (const FindingRow *rows, gsize count);
