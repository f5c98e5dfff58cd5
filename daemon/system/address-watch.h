/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits for an interface to have, or no longer to have, an IPv4 address: the kernel tells
 * of each change at once, NetworkManager only some phases later. */
#pragma once

#include "core/cidr.h"

typedef struct _CsAddressWatch CsAddressWatch;
typedef void (*CsAddressFunc) (gpointer user_data);

/* @changed is called whenever the host's addresses have changed. */
CsAddressWatch *cs_address_watch_new (int ifindex,
                                      CsCidr address,
                                      CsAddressFunc changed,
                                      gpointer user_data,
                                      GError **error);
void cs_address_watch_free (CsAddressWatch *self);

/* Whether the interface has it now. */
gboolean cs_address_watch_is_there (CsAddressWatch *self);
