/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The makers of network devices, from the list of the IEEE, where a package has brought
 * it: ieee-data (Debian) or hwdata (Fedora, Arch). */
#pragma once

#include <glib.h>

/* cs_vendors_find () in that list; where there is none, nothing is found. The file is
 * mapped meanwhile, and takes no memory afterwards. */
void cs_vendors_look_up (GHashTable *vendors);
