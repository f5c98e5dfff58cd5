/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans and interfaces as the dictionaries that the D-Bus XML promises. */
#pragma once

#include "engine/engine.h"

/* Preview's a{sv}, floating. */
GVariant *cs_describe_plan (const CsSharePlan *plan);
/* ListInterfaces' aa{sv}, floating. */
GVariant *cs_describe_interfaces (CsEngine *engine, const CsSnapshot *snapshot);
