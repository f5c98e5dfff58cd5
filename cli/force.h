/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Suggests --force: the service says what is wrong, and leaves it to each client to
 * say what helps, in its own terms. */
#pragma once

#include "client.h"
#include "share-options.h"

/* Adds "use --force" to @error, the refusal of the share @wanted, if that helps. */
void
cs_force_suggest (CsDbusManager *manager, const CsShareOptions *wanted, GError *error);
