/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One test a function, each with its own words. */
#include "suitable.h"

#include "quote.h"

#include "dbus/errors.h"

/* Of the default routes in main, the one of the lowest metric is the host's. */
static gboolean
carries_default (const CsInterface *interface, const CsSnapshot *snapshot)
{
  const CsRoute *best = NULL;
  gboolean carries = FALSE;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (!route->unicast || route->destination.prefix != 0
          || route->table != CS_TABLE_MAIN || (best && route->metric > best->metric))
        continue;
      carries = route->ifindex == interface->ifindex
                || (carries && best->metric == route->metric);
      best = route;
    }
  return carries;
}

static gboolean
check_loopback (const CsInterface *interface, const char *what, GError **error)
{
  if (interface->kind != CS_KIND_LOOPBACK)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s is the loopback interface, which leads nowhere; choose another %s",
               interface->name, what);
  return FALSE;
}

static gboolean
check_master (const CsInterface *port, const CsSnapshot *snapshot, GError **error)
{
  const CsInterface *master;

  if (port->master == 0)
    return TRUE;
  master = cs_snapshot_find_index (snapshot, port->master);
  g_set_error (
      error, CS_ERROR, CS_ERROR_NOT_SUITABLE, "%s is a port of %s%s; share %s instead",
      port->name, master && master->kind == CS_KIND_BRIDGE ? "the bridge " : "",
      master ? master->name : "another interface", master ? master->name : "that");
  return FALSE;
}

static gboolean
check_shared (const CsInterface *lan, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *argument = NULL;

  if (!lan->connection_shared || lan->connection_ours)
    return TRUE;
  id = cs_quote (lan->connection_id ? lan->connection_id : lan->name);
  argument = g_shell_quote (lan->connection_id ? lan->connection_id : lan->name);
  g_set_error (
      error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
      "%s is shared by NetworkManager itself, by its profile %s; end that first: "
      "nmcli connection down %s",
      lan->name, id, argument);
  return FALSE;
}

/* The Ethernet device below a PPPoE connection, the modem below a mobile one. */
static gboolean
check_carries (const CsInterface *lan, GError **error)
{
  if (!lan->carries || g_str_equal (lan->carries, lan->name))
    return TRUE;
  g_set_error (
      error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
      "%s carries the connection %s, which would end if %s became a LAN; if that "
      "is what you want, use the option force (sharectl: --force)",
      lan->name, lan->carries, lan->name);
  return FALSE;
}

static gboolean
check_default (const CsInterface *lan, const CsSnapshot *snapshot, GError **error)
{
  if (!carries_default (lan, snapshot))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s carries this computer's own default route: as a LAN it would lose it, "
               "and this computer its way out; if that is what you want, use the option "
               "force (sharectl: --force)",
               lan->name);
  return FALSE;
}

gboolean
cs_lan_check (const CsInterface *lan,
              gboolean force,
              const CsSnapshot *snapshot,
              GError **error)
{
  if (!check_loopback (lan, "LAN", error) || !check_master (lan, snapshot, error)
      || !check_shared (lan, error))
    return FALSE;
  return force || (check_carries (lan, error) && check_default (lan, snapshot, error));
}

static gboolean
check_no_lan (const CsInterface *wan, const GPtrArray *lans, GError **error)
{
  if (!lans
      || !g_ptr_array_find_with_equal_func ((GPtrArray *)lans, wan->name, g_str_equal,
                                            NULL))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s is the LAN of another share, so it cannot be an uplink as well; end "
               "that share first",
               wan->name);
  return FALSE;
}

gboolean
cs_wan_check (const CsInterface *wan,
              const GPtrArray *lans,
              const CsSnapshot *snapshot,
              GError **error)
{
  return check_loopback (wan, "WAN", error) && check_no_lan (wan, lans, error)
         && check_master (wan, snapshot, error);
}
