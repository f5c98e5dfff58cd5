/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bus asks of the host, answered by system. */
#pragma once

#include "bus/host.h"

/* Without the objects that its functions are called with. */
extern CsBusHost cs_bus_host;
