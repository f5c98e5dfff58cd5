/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All steps of the host, in the order in which they are applied. */
#pragma once

#include "engine/step.h"
#include "system/delegation/delegations.h"
#include "system/filters/firewalld.h"
#include "system/filters/opening-log.h"
#include "system/forwards/forwards.h"
#include "system/nm/network-manager.h"

/* Of CsStep (owned). */
GPtrArray *cs_steps_new (CsNetworkManager *nm,
                         CsFirewalld *firewalld,
                         CsOpeningLog *openings,
                         CsDelegations *delegations,
                         CsForwards *forwards,
                         CsStep *portd,
                         GDBusConnection *connection);
