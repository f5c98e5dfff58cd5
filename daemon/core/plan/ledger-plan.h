/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share's plan as a ledger has it. */
#pragma once

#include "share-plan.h"

/* Treats the file as hostile: what no plan of ours has is an error, which names it. */
CsSharePlan *
cs_share_plan_from_key_file (GKeyFile *file, const char *group, GError **error);
