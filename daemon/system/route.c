/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The share's policy rules (core/rules.c) are about its table. It holds the uplink's
 * routes and, behind them, an unreachable default: when the uplink goes, the kernel drops
 * its routes by itself, and from the same moment everything ends at that one.
 *
 * The table is the share's alone, so it is compared with a dump and made equal. Nothing
 * can leak on the way there: at the start the unreachable route comes first, then the
 * rules, then the routes; a route that changes is replaced in place or gets its successor
 * before it goes; at the end the rules go first.
 *
 * What is too much is deleted by sending the kernel's own message back, as "ip route
 * flush" does: so it matches whatever attributes it has. */
#include "route.h"

#include "dbus/errors.h"
#include "ipv6-block.h"
#include "netlink.h"

#include <errno.h>
#include <netlink/msg.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>

/* Messages sent at once: as many answers find room in a socket. */
#define AT_ONCE_MAX 64

struct _CsRouteStep
{
  GObject parent;
};

static void cs_route_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsRouteStep,
                               cs_route_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP,
                                                      cs_route_step_iface_init))

typedef struct nl_msg CsNlMsg;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNlMsg, nlmsg_free)
typedef struct rtnl_route CsNlRoute;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNlRoute, rtnl_route_put)
typedef struct rtnl_rule CsNlRule;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNlRule, rtnl_rule_put)

/* A dump, sorted into what is wanted and there, and what is there and not wanted. */
typedef struct
{
  guint32 table;
  const CsSharePlan *to; /* (nullable) unowned: nothing is wanted */
  GPtrArray *surplus;    /* (owned) of struct nl_msg (owned) */
  GArray *routes;        /* (owned) of CsRoute: what is there */
  GArray *rules;         /* (owned) of CsPolicyRule: what is wanted and not there yet */
} Survey;

static void
survey_clear (Survey *survey)
{
  g_clear_pointer (&survey->surplus, g_ptr_array_unref);
  g_clear_pointer (&survey->routes, g_array_unref);
  g_clear_pointer (&survey->rules, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Survey, survey_clear)

static void
survey_init (Survey *survey, guint32 table, const CsSharePlan *to)
{
  *survey = (Survey){ .table = table, .to = to };
  survey->surplus = g_ptr_array_new_with_free_func ((GDestroyNotify)nlmsg_free);
  survey->routes = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  if (to != NULL)
    survey->rules = cs_share_plan_list_rules (to);
  else
    survey->rules = g_array_new (FALSE, FALSE, sizeof (CsPolicyRule));
}

static const CsRoute unreachable = { .metric = CS_UNREACHABLE_METRIC };

/* The way onlink came about does not matter: see add_route (). */
static gboolean
route_equal (const CsRoute *a, const CsRoute *b)
{
  return cs_cidr_equal (a->destination, b->destination) && a->gateway == b->gateway
         && a->source == b->source && a->metric == b->metric && a->ifindex == b->ifindex
         && a->unicast == b->unicast;
}

static gboolean
contains_route (const GArray *routes, const CsRoute *route)
{
  for (guint i = 0; i < routes->len; i++)
    if (route_equal (&g_array_index (routes, CsRoute, i), route))
      return TRUE;
  return FALSE;
}

static void
add_surplus (Survey *survey, const struct nlmsghdr *message)
{
  /* libnl reads only, but does not say so */
  CsNlMsg *copy = nlmsg_convert ((struct nlmsghdr *)message);

  if (copy == NULL)
    g_error ("out of memory");
  g_ptr_array_add (survey->surplus, copy);
}

static void
on_route (const struct nlmsghdr *message, gpointer user_data)
{
  Survey *survey = user_data;
  CsRoute route;

  if (!cs_netlink_parse_route (message, &route) || route.table != survey->table)
    return;
  g_array_append_val (survey->routes, route);
  if (survey->to == NULL
      || (!route_equal (&route, &unreachable)
          && !contains_route (survey->to->routes, &route)))
    add_surplus (survey, message);
}

static gboolean
rule_equal (const CsRule *rule, const CsPolicyRule *wanted)
{
  return rule->priority == wanted->priority && rule->skip_to == wanted->skip_to
         && rule->source == wanted->source
         && g_str_equal (rule->iif, wanted->iif != NULL ? wanted->iif : "")
         && g_str_equal (rule->oif, wanted->oif != NULL ? wanted->oif : "");
}

static void
on_rule (const struct nlmsghdr *message, gpointer user_data)
{
  Survey *survey = user_data;
  CsRule rule;

  if (!cs_netlink_parse_rule (message, &rule) || rule.table != survey->table
      || rule.protocol != CS_ROUTE_PROTOCOL)
    return;
  for (guint i = 0; i < survey->rules->len; i++)
    if (rule_equal (&rule, &g_array_index (survey->rules, CsPolicyRule, i)))
      {
        g_array_remove_index (survey->rules, i);
        return;
      }
  add_surplus (survey, message);
}

static gboolean
delete_surplus (CsNetlink *netlink, Survey *survey, int type, GError **error)
{
  for (guint i = 0; i < survey->surplus->len; i++)
    {
      struct nl_msg *message = g_ptr_array_index (survey->surplus, i);
      struct nlmsghdr *header = nlmsg_hdr (message);
      int code;

      header->nlmsg_type = (guint16)type;
      header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
      header->nlmsg_seq = NL_AUTO_SEQ;
      header->nlmsg_pid = NL_AUTO_PORT;
      code = nl_send_auto (netlink->socket, message);
      if (code >= 0)
        code = nl_wait_for_ack (netlink->socket);
      if (code != -NLE_OBJ_NOTFOUND
          && !cs_netlink_check (netlink, code, error, "Cannot delete a %s of table %u",
                                type == RTM_DELRULE ? "policy rule" : "route",
                                survey->table))
        return FALSE;
    }
  return TRUE;
}

static CsNlRoute *
build_route (const CsRoute *route, guint32 table, gboolean onlink)
{
  CsNlRoute *built = rtnl_route_alloc ();
  g_autoptr (CsNlAddr) destination = cs_nl_addr_new (route->destination);
  struct rtnl_nexthop *hop;

  if (built == NULL)
    g_error ("out of memory");
  rtnl_route_set_family (built, AF_INET);
  rtnl_route_set_table (built, table);
  rtnl_route_set_protocol (built, CS_ROUTE_PROTOCOL);
  rtnl_route_set_dst (built, destination);
  rtnl_route_set_priority (built, route->metric);
  if (!route->unicast)
    {
      rtnl_route_set_type (built, RTN_UNREACHABLE);
      rtnl_route_set_scope (built, RT_SCOPE_UNIVERSE);
      return built;
    }
  rtnl_route_set_type (built, RTN_UNICAST);
  if (route->source != 0)
    {
      g_autoptr (CsNlAddr) source = cs_nl_addr_new ((CsCidr){ route->source, 32 });

      rtnl_route_set_pref_src (built, source);
    }
  hop = rtnl_route_nh_alloc ();
  if (hop == NULL)
    g_error ("out of memory");
  rtnl_route_nh_set_ifindex (hop, route->ifindex);
  if (route->gateway != 0)
    {
      g_autoptr (CsNlAddr) gateway = cs_nl_addr_new ((CsCidr){ route->gateway, 32 });

      rtnl_route_nh_set_gateway (hop, gateway);
      if (onlink)
        rtnl_route_nh_set_flags (hop, RTNH_F_ONLINK);
    }
  rtnl_route_add_nexthop (built, hop);
  return built;
}

typedef struct
{
  CsNlMsg *message;     /* (owned) */
  char *what;           /* (owned) for the error: "the route X" */
  const CsRoute *route; /* (nullable) unowned: if it is one */
  int kernel_error;     /* errno of the kernel's answer, positive; 0: none */
  GError *error;        /* (owned) (nullable) the answer in words */
} Addition;

static void
addition_clear (Addition *addition)
{
  nlmsg_free (addition->message);
  g_free (addition->what);
  g_clear_error (&addition->error);
}

static CsNlMsg *
build_route_message (const CsRoute *route, guint32 table, gboolean onlink)
{
  g_autoptr (CsNlRoute) built = build_route (route, table, onlink);
  CsNlMsg *message = NULL;

  if (rtnl_route_build_add_request (built, NLM_F_CREATE | NLM_F_REPLACE, &message) < 0)
    g_error ("out of memory");
  return message;
}

static char *
describe_route (const CsRoute *route, const CsSharePlan *to)
{
  const char *device = route->ifindex == to->lan_ifindex ? to->lan : to->uplink;
  g_autofree char *destination = cs_cidr_to_string (route->destination);
  g_autofree char *gateway = cs_ipv4_to_string (route->gateway);

  if (!route->unicast)
    return g_strdup_printf ("the route \"unreachable default table %u\"", to->table);
  return g_strdup_printf ("the route \"%s%s%s dev %s table %u\"", destination,
                          route->gateway != 0 ? " via " : "",
                          route->gateway != 0 ? gateway : "", device, to->table);
}

static void
add_route (GArray *additions, const CsRoute *route, const CsSharePlan *to)
{
  Addition addition = { .message = build_route_message (route, to->table, route->onlink),
                        .what = describe_route (route, to),
                        .route = route };

  g_array_append_val (additions, addition);
}

/* Adds those that are missing: first the ones on link, as the others' gateways need them.
 */
static void
add_missing_routes (GArray *additions, const Survey *survey)
{
  const GArray *wanted = survey->to->routes;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < wanted->len; i++)
      {
        const CsRoute *route = &g_array_index (wanted, CsRoute, i);

        if ((route->gateway != 0) == (pass == 1)
            && !contains_route (survey->routes, route))
          add_route (additions, route, survey->to);
      }
}

static void
add_rule (GArray *additions, const CsPolicyRule *wanted, guint32 table)
{
  g_autoptr (CsNlRule) rule = rtnl_rule_alloc ();
  g_autoptr (CsNlAddr) source = cs_nl_addr_new ((CsCidr){ wanted->source, 32 });
  g_autofree char *address = cs_ipv4_to_string (wanted->source);
  const char *name = wanted->iif != NULL ? wanted->iif : wanted->oif;
  Addition addition = { NULL };

  if (rule == NULL)
    g_error ("out of memory");
  rtnl_rule_set_family (rule, AF_INET);
  rtnl_rule_set_action (rule, wanted->skip_to != 0 ? FR_ACT_GOTO : FR_ACT_TO_TBL);
  if (wanted->skip_to != 0)
    rtnl_rule_set_goto (rule, wanted->skip_to);
  rtnl_rule_set_table (rule, table); /* with goto just to know it again */
  rtnl_rule_set_prio (rule, wanted->priority);
  rtnl_rule_set_protocol (rule, CS_ROUTE_PROTOCOL);
  if (wanted->iif != NULL)
    rtnl_rule_set_iif (rule, wanted->iif);
  else if (wanted->oif != NULL)
    rtnl_rule_set_oif (rule, wanted->oif);
  else
    rtnl_rule_set_src (rule, source);
  if (rtnl_rule_build_add_request (rule, NLM_F_CREATE | NLM_F_EXCL, &addition.message)
      < 0)
    g_error ("out of memory");
  addition.what = g_strdup_printf ("the policy rule for \"%s\" into table %u",
                                   name != NULL ? name : address, table);
  g_array_append_val (additions, addition);
}

/* A gateway that no route leads to (a /32 from DHCP, a route that NetworkManager made
 * with onlink) is taken as on link, as its owner has done. */
static gboolean
add_onlink (CsNetlink *netlink, const Addition *refused, guint32 table)
{
  const CsRoute *route = refused->route;

  return route != NULL && route->gateway != 0 && !route->onlink
         && (refused->kernel_error == ENETUNREACH
             || refused->kernel_error == EHOSTUNREACH)
         && nl_send_sync (netlink->socket, build_route_message (route, table, TRUE)) >= 0;
}

/* Every listener to the kernel's routes wakes up for what is sent, and the dnsmasqs of
 * all shares are among them: so it is sent at once. */
static void
send_additions (CsNetlink *netlink, Addition *additions, guint count)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  int sent;

  for (guint i = 0; i < count; i++)
    {
      struct nlmsghdr *header = nlmsg_hdr (additions[i].message);

      nl_complete_msg (netlink->socket, additions[i].message);
      g_byte_array_append (buffer, (const guint8 *)header, header->nlmsg_len);
      g_byte_array_set_size (buffer, NLMSG_ALIGN (buffer->len));
    }
  sent = nl_sendto (netlink->socket, buffer->data, buffer->len);
  for (guint i = 0; i < count; i++)
    {
      Addition *addition = &additions[i];
      int code = sent;

      netlink->kernel_error = 0;
      if (sent >= 0)
        code = nl_wait_for_ack (netlink->socket);
      addition->kernel_error = netlink->kernel_error;
      if (addition->route != NULL || code != -NLE_EXIST)
        cs_netlink_check (netlink, code, &addition->error, "Cannot add %s",
                          addition->what);
    }
}

static gboolean
add_all (CsNetlink *netlink, GArray *additions, guint32 table, GError **error)
{
  for (guint i = 0; i < additions->len; i += AT_ONCE_MAX)
    send_additions (netlink, &g_array_index (additions, Addition, i),
                    MIN (AT_ONCE_MAX, additions->len - i));
  for (guint i = 0; i < additions->len; i++)
    {
      Addition *addition = &g_array_index (additions, Addition, i);

      if (addition->error == NULL || add_onlink (netlink, addition, table))
        continue;
      g_propagate_error (error, g_steal_pointer (&addition->error));
      return FALSE;
    }
  return TRUE;
}

static gboolean
bring_table (CsNetlink *netlink, const CsSharePlan *to, GError **error)
{
  g_auto (Survey) rules = { 0 };
  g_auto (Survey) before = { 0 };
  g_auto (Survey) after = { 0 };
  g_autoptr (GArray) additions = g_array_new (FALSE, FALSE, sizeof (Addition));

  g_array_set_clear_func (additions, (GDestroyNotify)addition_clear);
  survey_init (&rules, to->table, to);
  survey_init (&before, to->table, to);
  survey_init (&after, to->table, to);
  if (!cs_netlink_dump (netlink, RTM_GETROUTE, to->table, on_route, &before, error)
      || !cs_netlink_dump (netlink, RTM_GETRULE, 0, on_rule, &rules, error))
    return FALSE;
  if (!contains_route (before.routes, &unreachable))
    add_route (additions, &unreachable, to);
  for (guint i = 0; i < rules.rules->len; i++)
    add_rule (additions, &g_array_index (rules.rules, CsPolicyRule, i), to->table);
  add_missing_routes (additions, &before);
  if (!add_all (netlink, additions, to->table, error))
    return FALSE;
  if (before.surplus->len == 0 && rules.surplus->len == 0)
    return TRUE;
  /* Once more: some were replaced by now, and a wanted one can look like them. */
  return cs_netlink_dump (netlink, RTM_GETROUTE, to->table, on_route, &after, error)
         && delete_surplus (netlink, &after, RTM_DELROUTE, error)
         && delete_surplus (netlink, &rules, RTM_DELRULE, error);
}

static gboolean
clear_table (CsNetlink *netlink, guint32 table, GError **error)
{
  g_auto (Survey) survey = { 0 };

  survey_init (&survey, table, NULL);
  if (!cs_netlink_dump (netlink, RTM_GETRULE, 0, on_rule, &survey, error)
      || !delete_surplus (netlink, &survey, RTM_DELRULE, error))
    return FALSE;
  g_ptr_array_set_size (survey.surplus, 0);
  return cs_netlink_dump (netlink, RTM_GETROUTE, table, on_route, &survey, error)
         && delete_surplus (netlink, &survey, RTM_DELROUTE, error);
}

static gboolean
apply (CsStep *step,
       const CsPlan *plan,
       const CsSharePlan *from,
       const CsSharePlan *to,
       GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (error);

  if (netlink == NULL)
    return FALSE;
  if (to != NULL
      && !(cs_ipv6_block (netlink, to->lan, cs_share_plan_guards (to), error)
           && bring_table (netlink, to, error)))
    return FALSE;
  if (to == NULL && !cs_ipv6_block (netlink, from->lan, FALSE, error))
    return FALSE;
  if (from != NULL && (to == NULL || to->table != from->table))
    return clear_table (netlink, from->table, error);
  return TRUE;
}

static const char *
cs_route_step_get_name (CsStep *step)
{
  return "routes";
}

static void
cs_route_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = cs_route_step_get_name;
  iface->apply = apply;
}

static void
cs_route_step_class_init (CsRouteStepClass *klass)
{
}

static void
cs_route_step_init (CsRouteStep *self)
{
}

CsStep *
cs_route_step_new (void)
{
  return CS_STEP (g_object_new (CS_TYPE_ROUTE_STEP, NULL));
}
