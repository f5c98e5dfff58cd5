/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that opens other programs' packet filters for shares, as opening.h says. What
 * such a filter refuses does not fail the share: it is told as what blocks it. */
#pragma once

#include "engine/step.h"
#include "firewalld.h"
#include "opening-log.h"

/* @log gets what is refused. */
CsStep *cs_foreign_firewall_step_new (CsFirewalld *firewalld, CsOpeningLog *log);
