/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans and interfaces as the dictionaries in the D-Bus XML. */
#pragma once

#include "engine/engine.h"

/* Preview's a{sv}, floating. */
GVariant *cs_describe_plan (const CsSharePlan *plan);
/* ListInterfaces' aa{sv}, floating. */
GVariant *cs_describe_interfaces (CsEngine *engine, const CsSnapshot *snapshot);
