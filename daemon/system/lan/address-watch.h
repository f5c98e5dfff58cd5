/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits until an interface has, or no longer has, an IPv4 address: the kernel reports
 * each change at once, NetworkManager only some phases later. */
#pragma once

#include "core/value/cidr.h"

typedef struct _CsAddressWatch CsAddressWatch;
typedef void (*CsAddressFunc) (gpointer user_data);

/* @changed is called whenever the host's addresses have changed. */
CsAddressWatch *cs_address_watch_new (int ifindex,
                                      CsCidr address,
                                      CsAddressFunc changed,
                                      gpointer user_data,
                                      GError **error);
void cs_address_watch_free (CsAddressWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAddressWatch, cs_address_watch_free)

/* Whether the interface has it now, or certainly does not: if the kernel cannot be asked,
 * neither is true. */
gboolean cs_address_watch_is_there (CsAddressWatch *self);
gboolean cs_address_watch_is_gone (CsAddressWatch *self);
