/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that opens other programs' packet filters for shares, as opening.h defines. A
 * refusal by such a filter does not fail the share: it is reported as a block. */
#pragma once

#include "firewalld.h"
#include "opening-log.h"

#include "engine/step.h"

/* @log receives the refusals. */
CsStep *cs_foreign_firewall_step_new (CsFirewalld *firewalld, CsOpeningLog *log);
