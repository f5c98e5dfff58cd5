/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "own-network.h"

#include "base/machine-id.h"
#include "core/value/ipv6.h"

CsCidr
cs_own_network_read (void)
{
  g_autofree char *id = cs_machine_id_read ();

  return id != NULL ? cs_ipv6_own_network (id) : (CsCidr){ 0 };
}
