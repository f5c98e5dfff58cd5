/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What port mappings have to do with shares, clients and the bus. */
#pragma once

#include "bus/host.h"
#include "bus/manager.h"
#include "engine/engine.h"
#include "system/forwards/forwards.h"
#include "system/upstream/upstreams.h"

/* For CsBusHost. */
extern const CsBusForwards cs_mappings_functions;

/* From now on @forwards follow the shares of @engine and the clients that @host has, if
 * any, and @manager (nullable) tells of changes. */
void cs_mappings_connect (CsForwards *forwards,
                          CsEngine *engine,
                          const CsBusHost *host,
                          CsBusManager *manager);
/* @engine has loaded its requests: mappings of other LANs go. */
void cs_mappings_sweep (CsForwards *forwards, CsEngine *engine);
