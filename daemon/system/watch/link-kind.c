/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides by the kernel's description of a link and, for those that look like Ethernet,
 * by the driver. */
#include "link-kind.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>

/* The driver's type for the device: "wlan", "wwan", "bluetooth"; (nullable), owned. */
static char *
driver_type (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/sys/class/net/%s/uevent", name);
  g_autofree char *text = NULL;
  const char *type;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  type = strstr (text, "DEVTYPE=");
  if (type == NULL)
    return NULL;
  type += strlen ("DEVTYPE=");
  return g_strndup (type, strcspn (type, "\n"));
}

static CsKind
kind_of_ethernet (const char *name)
{
  g_autofree char *type = driver_type (name);

  if (g_strcmp0 (type, "wlan") == 0)
    return CS_KIND_WIFI;
  if (g_strcmp0 (type, "wwan") == 0 || g_strcmp0 (type, "bluetooth") == 0)
    return CS_KIND_MOBILE;
  return CS_KIND_ETHERNET;
}

CsKind
cs_link_kind (const CsLink *link)
{
  static const struct
  {
    const char *info_kind;
    CsKind kind;
  } table[] = {
    { "bridge", CS_KIND_BRIDGE }, { "ppp", CS_KIND_PPP },
    { "wwan", CS_KIND_MOBILE },   { "rmnet", CS_KIND_MOBILE },
    { "ipip", CS_KIND_VPN },      { "gre", CS_KIND_VPN },
    { "sit", CS_KIND_VPN },       { "vti", CS_KIND_VPN },
    { "xfrm", CS_KIND_VPN },      { "ovpn", CS_KIND_VPN },
    { "ip6tnl", CS_KIND_VPN },    { "wireguard", CS_KIND_VPN },
    { "vrf", CS_KIND_OTHER },     { "ifb", CS_KIND_OTHER },
    { "veth", CS_KIND_ETHERNET }, /* containers have hundreds: do not ask sysfs */
  };

  if (link->flags & IFF_LOOPBACK)
    return CS_KIND_LOOPBACK;
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (link->info_kind, table[i].info_kind) == 0)
      return table[i].kind;
  switch (link->type)
    {
    case ARPHRD_ETHER:
      return kind_of_ethernet (link->name);
    case ARPHRD_PPP:
      return CS_KIND_PPP;
    case ARPHRD_RAWIP:
      return CS_KIND_MOBILE;
    case ARPHRD_NONE: /* a tun device without Ethernet headers */
      return CS_KIND_VPN;
    default:
      return CS_KIND_OTHER;
    }
}
