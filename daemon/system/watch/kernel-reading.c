/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads links (which include net.ipv4.conf.IF.*), addresses, routes (kernel-routes.c) and
 * rules, where what is known of them is not to be trusted. What is not announced,
 * net.ipv6.conf.IF.*, is read each time, in one dump, or as files where most links are
 * ports. */
#include "kernel-view-private.h"

#include "kernel-settings.h"

static void
on_link (const struct nlmsghdr *message, gpointer user_data)
{
  CsKernelView *self = user_data;
  CsLink link;

  if (cs_rtnetlink_parse_link (message, &link))
    cs_kernel_view_remember (self, &link);
}

static void
on_address (const struct nlmsghdr *message, gpointer user_data)
{
  CsKernelView *self = user_data;
  CsInterfaceAddress address;
  CsKnownLink *known;
  int ifindex;

  if (!cs_rtnetlink_parse_address (message, &ifindex, &address))
    return;
  known = cs_kernel_view_find (self, ifindex);
  if (known != NULL)
    g_array_append_val (known->addresses, address);
}

static void
on_address6 (const struct nlmsghdr *message, gpointer user_data)
{
  CsKernelView *self = user_data;
  CsIpv6Address address;
  CsKnownLink *known;
  int ifindex;

  if (!cs_rtnetlink_parse_address6 (message, &ifindex, &address))
    return;
  known = cs_kernel_view_find (self, ifindex);
  if (known != NULL)
    g_array_append_val (known->addresses6, address);
}

static gboolean
read_links (CsKernelView *self, CsNetlink *netlink, GError **error)
{
  g_hash_table_remove_all (self->known);
  if (!cs_rtnetlink_dump (netlink, RTM_GETLINK, AF_UNSPEC, 0, on_link, self, error)
      || !cs_rtnetlink_dump (netlink, RTM_GETADDR, AF_INET, 0, on_address, self, error)
      || !cs_rtnetlink_dump (netlink, RTM_GETADDR, AF_INET6, 0, on_address6, self, error))
    return FALSE;
  self->links_distrusted = netlink->interrupted;
  return TRUE;
}

static gboolean
read_addresses_of (CsKernelView *self,
                   CsKnownLink *known,
                   CsNetlink *netlink,
                   GError **error)
{
  g_array_unref (known->addresses);
  known->addresses = cs_kernel_view_new_addresses ();
  if (!cs_rtnetlink_dump (netlink, RTM_GETADDR, AF_INET, (guint32)known->link.ifindex,
                          on_address, self, error))
    return FALSE;
  known->readdress = netlink->interrupted;
  return TRUE;
}

static gboolean
read_addresses6_of (CsKernelView *self,
                    CsKnownLink *known,
                    CsNetlink *netlink,
                    GError **error)
{
  g_array_unref (known->addresses6);
  known->addresses6 = cs_kernel_view_new_addresses6 ();
  if (!cs_rtnetlink_dump (netlink, RTM_GETADDR, AF_INET6, (guint32)known->link.ifindex,
                          on_address6, self, error))
    return FALSE;
  known->readdress6 = netlink->interrupted;
  return TRUE;
}

/* Reads the addresses of those links whose addresses have changed. */
static gboolean
read_addresses (CsKernelView *self, CsNetlink *netlink, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      CsKnownLink *known = value;

      if ((known->readdress && !read_addresses_of (self, known, netlink, error))
          || (known->readdress6 && !read_addresses6_of (self, known, netlink, error)))
        return FALSE;
    }
  return TRUE;
}

/* A port, of a bridge mostly, has no IPv6 of its own, and nobody can share it. */
static gboolean
has_conf6 (const CsKnownLink *known)
{
  return known->link.master == 0 || cs_kernel_view_has_address (known);
}

static void
on_conf6 (const struct nlmsghdr *message, gpointer user_data)
{
  CsKernelView *self = user_data;
  CsKnownLink *known;
  CsIpv6Conf conf;
  int ifindex;

  if (!cs_rtnetlink_parse_conf6 (message, &ifindex, &conf))
    return;
  known = cs_kernel_view_find (self, ifindex);
  if (known != NULL && has_conf6 (known))
    known->conf6 = conf;
}

/* As files: those of one link take twice as long as its part of a dump. */
static void
read_conf6_of (const GPtrArray *links)
{
  for (guint i = 0; i < links->len; i++)
    {
      CsKnownLink *known = links->pdata[i];

      known->conf6 = cs_kernel_settings_conf6 (known->link.name);
    }
}

static gboolean
read_conf6 (CsKernelView *self, CsNetlink *netlink, GError **error)
{
  g_autoptr (GPtrArray) links = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer known;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &known))
    {
      ((CsKnownLink *)known)->conf6 = (CsIpv6Conf)CS_IPV6_CONF_UNKNOWN;
      if (has_conf6 (known))
        g_ptr_array_add (links, known);
    }
  if (!cs_kernel_settings_have_ipv6 ())
    return TRUE;
  if (2 * links->len > g_hash_table_size (self->known))
    return cs_rtnetlink_dump (netlink, RTM_GETLINK, AF_INET6, 0, on_conf6, self, error);
  read_conf6_of (links);
  return TRUE;
}

static void
on_rule (const struct nlmsghdr *message, gpointer user_data)
{
  GArray *rules = user_data;
  CsRule rule;

  if (cs_rtnetlink_parse_rule (message, &rule))
    g_array_append_val (rules, rule);
}

static gboolean
read_rules (CsKernelView *self, CsNetlink *netlink, GError **error)
{
  g_array_unref (self->rules);
  self->rules = g_array_new (FALSE, TRUE, sizeof (CsRule));
  if (!cs_rtnetlink_dump (netlink, RTM_GETRULE, AF_UNSPEC, 0, on_rule, self->rules,
                          error))
    return FALSE;
  self->rules_distrusted = netlink->interrupted;
  cs_kernel_routes_keep_ours (self->routes6, self->rules);
  return TRUE;
}

gboolean
cs_kernel_view_read (CsKernelView *self, CsNetlink *netlink, GError **error)
{
  netlink->interrupted = FALSE;
  return (self->links_distrusted ? read_links (self, netlink, error)
                                 : read_addresses (self, netlink, error))
         && read_conf6 (self, netlink, error)
         && cs_kernel_routes_refresh (self->routes, netlink, error)
         && (!self->rules_distrusted || read_rules (self, netlink, error))
         && cs_kernel_routes_refresh (self->routes6, netlink, error);
}
