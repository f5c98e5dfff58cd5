/* SPDX-License-Identifier: GPL-2.0-or-later */
/* It is the user's to choose, and a company may have such a network to itself: so this
 * is a warning, and the service takes it. */
#include "lan-address.h"

#include "describe.h"

#include "dbus/private-address.h"

#include <stdio.h>

gboolean
cs_lan_address_is_public (const char *address)
{
  static const struct
  {
    guint32 network;
    guint prefix;
  } reserved[] = {
    { 0xc0000200, 24 }, /* 192.0.2.0 */
    { 0xc6120000, 15 }, /* 198.18.0.0 */
    { 0xc6336400, 24 }, /* 198.51.100.0 */
    { 0xcb007100, 24 }, /* 203.0.113.0 */
  };
  g_auto (GStrv) parts = g_strsplit (address, "/", 2);
  guint32 value;

  if (parts[0] == NULL || !cs_ipv4_parse (parts[0], &value))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    if ((value ^ reserved[i].network) >> (32 - reserved[i].prefix) == 0)
      return FALSE;
  return !cs_ipv4_is_private (value);
}

void
cs_lan_address_warn (const char *address)
{
  g_autofree char *network = NULL;

  if (!cs_lan_address_is_public (address))
    return;
  network = cs_describe_network (address);
  fprintf (
      stderr,
      "sharectl: warning: %s is a network of the Internet: clients cannot reach who "
      "really has it; private ones are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16\n",
      network);
}
