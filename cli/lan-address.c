/* SPDX-License-Identifier: GPL-2.0-or-later */
/* It is the user's to choose, and a company may have such a network to itself: so this
 * is a warning, and the service takes it. */
#include "lan-address.h"

#include "describe.h"

#include <arpa/inet.h>
#include <stdio.h>

gboolean
cs_lan_address_is_public (const char *address)
{
  static const struct
  {
    guint32 network;
    guint prefix;
  } others[] = {
    { 0x0a000000, 8 },  /* 10.0.0.0 */
    { 0x64400000, 10 }, /* 100.64.0.0 */
    { 0xa9fe0000, 16 }, /* 169.254.0.0 */
    { 0xac100000, 12 }, /* 172.16.0.0 */
    { 0xc0000200, 24 }, /* 192.0.2.0 */
    { 0xc0a80000, 16 }, /* 192.168.0.0 */
    { 0xc6120000, 15 }, /* 198.18.0.0 */
    { 0xc6336400, 24 }, /* 198.51.100.0 */
    { 0xcb007100, 24 }, /* 203.0.113.0 */
  };
  g_auto (GStrv) parts = g_strsplit (address, "/", 2);
  struct in_addr value;

  if (parts[0] == NULL || inet_pton (AF_INET, parts[0], &value) != 1)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if ((ntohl (value.s_addr) ^ others[i].network) >> (32 - others[i].prefix) == 0)
      return FALSE;
  return TRUE;
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
