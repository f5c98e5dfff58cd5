/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The makers of clients' network devices, from the list of the IEEE, where a package has
 * brought it: ieee-data (Debian) or hwdata (Fedora, Arch). */
#pragma once

#include "core/value/client-list.h"

typedef struct _CsVendors CsVendors;

CsVendors *cs_vendors_new (void);
void cs_vendors_free (CsVendors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsVendors, cs_vendors_free)

/* Sets each client's vendor, valid until the next call. */
void cs_vendors_fill (CsVendors *self, CsClientList *list);
