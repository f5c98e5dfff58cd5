/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First what is wrong, then how to say it. */
#include "suitable.h"

#include "way-out.h"

#include "core/value/quote.h"
#include "core/value/routes.h"
#include "dbus/errors.h"

/* The way out that the kernel takes or, below a VPN, the line that carries it: the
 * default route in main with the lowest metric. */
static gboolean
carries_default (const CsInterface *interface, const CsSnapshot *snapshot)
{
  guint32 metric = cs_routes_default_metric (snapshot, interface->ifindex);

  return cs_way_out_rank (interface, snapshot) == 0
         || (metric != G_MAXUINT32 && metric == cs_routes_default_metric (snapshot, 0));
}

/* The Ethernet device below a PPPoE connection, or the modem below a mobile one. */
static gboolean
carries_another (const CsInterface *lan)
{
  return lan->carries && !g_str_equal (lan->carries, lan->name);
}

/* What force overrides is last. */
CsUnfit
cs_lan_unfit (const CsInterface *lan, gboolean force, const CsSnapshot *snapshot)
{
  if (lan->kind == CS_KIND_LOOPBACK)
    return CS_UNFIT_LOOPBACK;
  if (lan->master != 0)
    return CS_UNFIT_PORT;
  if (cs_interface_is_shared_by_nm (lan))
    return CS_UNFIT_SHARED;
  if (!force && carries_another (lan))
    return CS_UNFIT_CARRIER;
  if (!force && carries_default (lan, snapshot))
    return CS_UNFIT_OWN_INTERNET;
  return CS_UNFIT_NOT;
}

CsUnfit
cs_wan_unfit (const CsInterface *wan, const GPtrArray *lans)
{
  if (wan->kind == CS_KIND_LOOPBACK)
    return CS_UNFIT_LOOPBACK;
  if (lans
      && g_ptr_array_find_with_equal_func ((GPtrArray *)lans, wan->name, g_str_equal,
                                           NULL))
    return CS_UNFIT_LAN;
  return wan->master != 0 ? CS_UNFIT_PORT : CS_UNFIT_NOT;
}

static void
refuse_port (const CsInterface *port, const CsSnapshot *snapshot, GError **error)
{
  const CsInterface *master = cs_snapshot_find_index (snapshot, port->master);

  g_set_error (
      error, CS_ERROR, CS_ERROR_NOT_SUITABLE, "%s is a port of %s%s; share %s instead",
      port->name, master && master->kind == CS_KIND_BRIDGE ? "the bridge " : "",
      master ? master->name : "another interface", master ? master->name : "that");
}

static void
refuse_shared (const CsInterface *lan, GError **error)
{
  const char *profile = lan->connection_id ? lan->connection_id : lan->name;
  g_autofree char *id = cs_quote (profile);
  g_autofree char *argument = g_shell_quote (profile);

  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "NetworkManager itself shares %s (profile %s); end that first: nmcli "
               "connection down %s",
               lan->name, id, argument);
}

static void
refuse (const CsInterface *interface,
        const char *part,
        CsUnfit unfit,
        const CsSnapshot *snapshot,
        GError **error)
{
  const char *name = interface->name;

  if (unfit == CS_UNFIT_LOOPBACK)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s is the loopback interface; choose another %s", name, part);
  else if (unfit == CS_UNFIT_PORT)
    refuse_port (interface, snapshot, error);
  else if (unfit == CS_UNFIT_SHARED)
    refuse_shared (interface, error);
  else if (unfit == CS_UNFIT_CARRIER)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "sharing to %s would end the connection %s, which it carries", name,
                 interface->carries);
  else if (unfit == CS_UNFIT_OWN_INTERNET)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "sharing to %s would cut off this computer's own Internet connection",
                 name);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s is the LAN of another share, so it cannot be an uplink as well; end "
                 "that share first",
                 name);
}

gboolean
cs_lan_check (const CsInterface *lan,
              gboolean force,
              const CsSnapshot *snapshot,
              GError **error)
{
  CsUnfit unfit = cs_lan_unfit (lan, force, snapshot);

  if (unfit != CS_UNFIT_NOT)
    refuse (lan, "LAN", unfit, snapshot, error);
  return unfit == CS_UNFIT_NOT;
}

gboolean
cs_wan_check (const CsInterface *wan,
              const GPtrArray *lans,
              const CsSnapshot *snapshot,
              GError **error)
{
  CsUnfit unfit = cs_wan_unfit (wan, lans);

  if (unfit != CS_UNFIT_NOT)
    refuse (wan, "WAN", unfit, snapshot, error);
  return unfit == CS_UNFIT_NOT;
}
