/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot's kernel part is four dumps whatever the number of interfaces: links (which
 * bring net.ipv4.conf.IF.* along), IPv4 addresses, routes and rules. What the last one
 * said of each link is remembered, to tell news from noise and because the kind of a
 * link may need a look into sysfs.
 *
 * A host that carries the Internet's whole routing table (a million routes) costs about
 * a second for each snapshot; the monitor then makes them rarer. Beyond ROUTES_MAX only
 * those routes are kept that can matter to a share: see is_essential (). */
#include "kernel-view.h"

#include "netlink.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <stdlib.h>

#define ROUTES_MAX 2000
/* How often to look when the network changes during the look; once at very many routes.
 */
#define ATTEMPTS 3

/* The flags that a snapshot shows. */
#define FLAGS_SHOWN (IFF_UP | IFF_LOWER_UP | IFF_POINTOPOINT | IFF_LOOPBACK)

typedef struct
{
  CsLink link;
  CsKind kind;
} Known;

struct _CsKernelView
{
  GHashTable *known; /* (owned) ifindex -> Known (owned) */
};

/* One fill. */
typedef struct
{
  CsKernelView *view;
  CsSnapshot *snapshot;
  GHashTable *by_index; /* (owned) ifindex -> CsInterface */
  GHashTable *known;    /* (owned) (nullable) becomes the view's */
  int rp_filter_all;
} Fill;

CsKernelView *
cs_kernel_view_new (void)
{
  CsKernelView *self = g_new0 (CsKernelView, 1);

  self->known = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
cs_kernel_view_free (CsKernelView *self)
{
  g_hash_table_unref (self->known);
  g_free (self);
}

/* What the driver calls the device: "wlan", "wwan", "bluetooth"; (nullable), owned. */
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

static CsKind
kind_of (const CsLink *link)
{
  static const struct
  {
    const char *info_kind;
    CsKind kind;
  } table[] = {
    { "bridge", CS_KIND_BRIDGE }, { "ppp", CS_KIND_PPP },    { "wwan", CS_KIND_MOBILE },
    { "rmnet", CS_KIND_MOBILE },  { "ipip", CS_KIND_VPN },   { "gre", CS_KIND_VPN },
    { "sit", CS_KIND_VPN },       { "vti", CS_KIND_VPN },    { "xfrm", CS_KIND_VPN },
    { "ovpn", CS_KIND_VPN },      { "ip6tnl", CS_KIND_VPN }, { "wireguard", CS_KIND_VPN },
    { "vrf", CS_KIND_OTHER },     { "ifb", CS_KIND_OTHER },
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

static gboolean
is_same_device (const CsLink *a, const CsLink *b)
{
  return a->type == b->type && strcmp (a->name, b->name) == 0
         && strcmp (a->info_kind, b->info_kind) == 0;
}

static gboolean
is_same (const CsLink *a, const CsLink *b)
{
  return is_same_device (a, b) && a->mtu == b->mtu && a->master == b->master
         && a->forwarding == b->forwarding && a->rp_filter == b->rp_filter
         && (a->flags & FLAGS_SHOWN) == (b->flags & FLAGS_SHOWN);
}

gboolean
cs_kernel_view_is_news (CsKernelView *self, const struct nlmsghdr *message)
{
  const Known *known;
  CsAddress address;
  CsRoute route;
  CsLink link;
  CsRule rule;
  int ifindex;

  switch (message->nlmsg_type)
    {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      if (!cs_netlink_parse_link (message, &link))
        return FALSE;
      known = g_hash_table_lookup (self->known, GINT_TO_POINTER (link.ifindex));
      if (message->nlmsg_type == RTM_DELLINK)
        return known != NULL;
      return known == NULL || !is_same (&known->link, &link);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return cs_netlink_parse_address (message, &ifindex, &address);
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      return cs_netlink_parse_route (message, &route) && route.table != RT_TABLE_LOCAL;
    case RTM_NEWRULE:
    case RTM_DELRULE:
      return cs_netlink_parse_rule (message, &rule);
    case RTM_NEWNETCONF: /* somebody wrote net.ipv4.conf.* */
      return TRUE;
    default:
      return FALSE;
    }
}

static Known *
remember (Fill *fill, const CsLink *link)
{
  gpointer key = GINT_TO_POINTER (link->ifindex);
  const Known *before = g_hash_table_lookup (fill->view->known, key);
  Known *known = g_new (Known, 1);

  known->link = *link;
  if (before != NULL && is_same_device (&before->link, link))
    known->kind = before->kind;
  else
    known->kind = kind_of (link);
  g_hash_table_insert (fill->known, key, known);
  return known;
}

static void
on_link (const struct nlmsghdr *message, gpointer user_data)
{
  Fill *fill = user_data;
  CsInterface *interface;
  CsLink link;

  if (!cs_netlink_parse_link (message, &link)
      || g_hash_table_contains (fill->by_index, GINT_TO_POINTER (link.ifindex)))
    return;
  interface = cs_interface_new (link.name, link.ifindex);
  interface->mtu = link.mtu;
  interface->kind = remember (fill, &link)->kind;
  interface->up = (link.flags & IFF_UP) != 0;
  interface->carrier = (link.flags & IFF_LOWER_UP) != 0;
  interface->point_to_point = (link.flags & IFF_POINTOPOINT) != 0;
  interface->master = link.master;
  interface->forwarding = link.forwarding;
  interface->rp_filter_own = link.rp_filter;
  interface->rp_filter
      = link.rp_filter < 0 ? -1 : MAX (link.rp_filter, fill->rp_filter_all);
  g_ptr_array_add (fill->snapshot->interfaces, interface);
  g_hash_table_insert (fill->by_index, GINT_TO_POINTER (link.ifindex), interface);
}

static void
on_address (const struct nlmsghdr *message, gpointer user_data)
{
  Fill *fill = user_data;
  CsInterface *interface;
  CsAddress address;
  int ifindex;

  if (!cs_netlink_parse_address (message, &ifindex, &address))
    return;
  interface = g_hash_table_lookup (fill->by_index, GINT_TO_POINTER (ifindex));
  if (interface != NULL)
    g_array_append_val (interface->addresses, address);
}

/* Whether a route matters on a host with very many: ways out, neighbours, and what may
 * be in the way of a LAN's network. */
static gboolean
is_essential (const CsRoute *route)
{
  static const CsCidr private[] = {
    { 0x0a000000, 8 },  /* 10.0.0.0 */
    { 0xac100000, 12 }, /* 172.16.0.0 */
    { 0xc0a80000, 16 }, /* 192.168.0.0 */
  };

  if (route->destination.prefix < 8 || route->gateway == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (private); i++)
    if (cs_cidr_overlaps (route->destination, private[i]))
      return TRUE;
  return FALSE;
}

static void
on_route (const struct nlmsghdr *message, gpointer user_data)
{
  Fill *fill = user_data;
  CsRoute route;

  if (cs_netlink_parse_route (message, &route) && route.table != RT_TABLE_LOCAL
      && (fill->snapshot->routes->len < ROUTES_MAX || is_essential (&route)))
    g_array_append_val (fill->snapshot->routes, route);
}

static void
on_rule (const struct nlmsghdr *message, gpointer user_data)
{
  Fill *fill = user_data;
  CsRule rule;

  if (cs_netlink_parse_rule (message, &rule) && rule.table != 0)
    g_array_append_val (fill->snapshot->rule_tables, rule.table);
}

static int
compare_index (gconstpointer a, gconstpointer b)
{
  const CsInterface *const *left = a, *const *right = b;

  return (*left)->ifindex - (*right)->ifindex;
}

static int
read_rp_filter_all (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/sys/net/ipv4/conf/all/rp_filter", &text, NULL, NULL))
    return 0;
  return atoi (text);
}

/* Forgets an attempt that did not come out whole. */
static void
restart (Fill *fill)
{
  g_ptr_array_set_size (fill->snapshot->interfaces, 0);
  g_array_set_size (fill->snapshot->routes, 0);
  g_array_set_size (fill->snapshot->rule_tables, 0);
  g_hash_table_remove_all (fill->by_index);
  g_hash_table_remove_all (fill->known);
}

static gboolean
dump_all (CsNetlink *netlink, Fill *fill, GError **error)
{
  return cs_netlink_dump (netlink, RTM_GETLINK, 0, on_link, fill, error)
         && cs_netlink_dump (netlink, RTM_GETADDR, 0, on_address, fill, error)
         && cs_netlink_dump (netlink, RTM_GETROUTE, 0, on_route, fill, error)
         && cs_netlink_dump (netlink, RTM_GETRULE, 0, on_rule, fill, error);
}

gboolean
cs_kernel_view_fill (CsKernelView *self, CsSnapshot *snapshot, GError **error)
{
  g_autoptr (GHashTable) by_index = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) known = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (CsNetlink) netlink = cs_netlink_open (error);
  Fill fill = { .view = self,
                .snapshot = snapshot,
                .by_index = by_index,
                .known = known,
                .rp_filter_all = read_rp_filter_all () };

  if (netlink == NULL)
    return FALSE;
  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      netlink->interrupted = FALSE;
      restart (&fill);
      if (!dump_all (netlink, &fill, error))
        return FALSE;
      if (!netlink->interrupted || snapshot->routes->len >= ROUTES_MAX)
        break;
    }
  g_ptr_array_sort (snapshot->interfaces, compare_index);
  g_hash_table_unref (self->known);
  self->known = g_steal_pointer (&known);
  return TRUE;
}
