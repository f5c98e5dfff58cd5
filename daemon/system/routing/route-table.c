/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing can leak between one state of a table and the next: routes that end packets
 * come first, then the rules, then the routes that lead somewhere; a route that changes
 * is replaced in place or gets its successor before it goes; when a table is cleared, its
 * rules go first. */
#include "route-table.h"

#include "core/value/routes.h"
#include "dbus/errors.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>

/* Requests sent at once: a socket has room for as many answers. */
#define AT_ONCE_MAX 64

static void
put_gateway (struct nlmsghdr *request, const CsRoute *route)
{
  struct
  {
    guint16 family;
    guint8 address[sizeof route->gateway.bytes];
  } via = { .family = route->gateway.family };

  if (route->gateway.family == route->destination.address.family)
    {
      cs_netlink_put_address (request, RTA_GATEWAY, route->gateway);
      return;
    }
  memcpy (via.address, route->gateway.bytes, sizeof via.address);
  mnl_attr_put (request, RTA_VIA, sizeof via, &via);
}

static void
put_way (CsNetlinkRequest *request, const CsRoute *route)
{
  if (cs_address_is_set (route->source))
    cs_netlink_put_address (&request->header, RTA_PREFSRC, route->source);
  mnl_attr_put_u32 (&request->header, RTA_OIF, (guint32)route->ifindex);
  if (cs_route_has_gateway (route))
    put_gateway (&request->header, route);
}

/* Owned. */
static struct nlmsghdr *
build_route (const CsRoute *route, guint32 table, gboolean onlink)
{
  static const guint8 types[] = { [CS_END_ERROR] = RTN_UNREACHABLE,
                                  [CS_END_SILENCE] = RTN_BLACKHOLE,
                                  [CS_END_GO_ON] = RTN_THROW };
  gboolean direct = route->unicast && !cs_route_has_gateway (route);
  CsNetlinkRequest request;
  struct rtmsg *header = cs_netlink_begin (&request, RTM_NEWROUTE,
                                           NLM_F_CREATE | NLM_F_REPLACE, sizeof *header);

  header->rtm_family = route->destination.address.family;
  header->rtm_dst_len = (guint8)route->destination.prefix;
  header->rtm_protocol = CS_ROUTE_PROTOCOL;
  header->rtm_type = route->unicast ? RTN_UNICAST : types[route->end];
  header->rtm_scope = direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  if (onlink && cs_route_has_gateway (route))
    header->rtm_flags = RTNH_F_ONLINK;
  cs_netlink_put_address (&request.header, RTA_DST, route->destination.address);
  mnl_attr_put_u32 (&request.header, RTA_TABLE, table);
  mnl_attr_put_u32 (&request.header, RTA_PRIORITY, route->metric);
  if (route->unicast)
    put_way (&request, route);
  return g_memdup2 (&request, request.header.nlmsg_len);
}

/* A dump, sorted into what is there and wanted, and what is there and has to go. */
typedef struct
{
  const CsRouteTable *table; /* unowned */
  GPtrArray *surplus;        /* (owned) of struct nlmsghdr (owned) */
  GArray *routes;            /* (owned) of CsRoute: what is there */
  GArray *rules;             /* (owned) of CsPolicyRule: wanted and not there yet */
  GArray *hops;              /* (owned) of CsRoute: of the message under way */
} Survey;

static void
survey_clear (Survey *survey)
{
  g_clear_pointer (&survey->surplus, g_ptr_array_unref);
  g_clear_pointer (&survey->routes, g_array_unref);
  g_clear_pointer (&survey->rules, g_array_unref);
  g_clear_pointer (&survey->hops, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Survey, survey_clear)

static void
survey_init (Survey *survey, const CsRouteTable *table)
{
  *survey = (Survey){ .table = table };
  survey->surplus = g_ptr_array_new_with_free_func (g_free);
  survey->routes = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  survey->rules = g_array_new (FALSE, FALSE, sizeof (CsPolicyRule));
  survey->hops = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_array_append_vals (survey->rules, table->rules->data, table->rules->len);
}

static void
add_surplus (Survey *survey, const struct nlmsghdr *message)
{
  g_ptr_array_add (survey->surplus, g_memdup2 (message, message->nlmsg_len));
}

static gboolean
is_doomed (const CsRouteTable *table, const CsRoute *route)
{
  return table->doomed == NULL || cs_routes_contain (table->doomed, route)
         || (table->doomed_networks != NULL
             && cs_cidr_overlaps_any (route->destination, table->doomed_networks));
}

static gboolean
is_surplus (const CsRouteTable *table, const CsRoute *route)
{
  if (cs_cidr_is_address (route->destination) && table->spared != NULL
      && cs_cidr_overlaps_any (route->destination, table->spared))
    return FALSE;
  return !cs_routes_contain (table->routes, route) && is_doomed (table, route);
}

/* In IPv6, routes to one destination with the same metric are one with several hops, of
 * which some may be wanted: so they are deleted one by one, whoever made them. */
static void
note_hops (Survey *survey)
{
  for (guint i = 0; i < survey->hops->len; i++)
    {
      const CsRoute *hop = &g_array_index (survey->hops, CsRoute, i);
      struct nlmsghdr *alone;

      g_array_append_val (survey->routes, *hop);
      if (!is_surplus (survey->table, hop))
        continue;
      alone = build_route (hop, survey->table->number, hop->onlink);
      ((struct rtmsg *)mnl_nlmsg_get_payload (alone))->rtm_protocol = RTPROT_UNSPEC;
      g_ptr_array_add (survey->surplus, alone);
    }
}

static void
on_route (const struct nlmsghdr *message, gpointer user_data)
{
  Survey *survey = user_data;
  CsRoute route;
  guint32 object;

  if (!cs_rtnetlink_parse_route (message, &route, survey->hops, &object)
      || route.destination.address.family != survey->table->family
      || route.table != survey->table->number)
    return;
  if (survey->table->family == AF_INET6 && route.ifindex == 0 && survey->hops->len > 0
      && route.unicast)
    {
      note_hops (survey);
      return;
    }
  g_array_append_val (survey->routes, route);
  if (is_surplus (survey->table, &route))
    add_surplus (survey, message);
}

static void
on_rule (const struct nlmsghdr *message, gpointer user_data)
{
  Survey *survey = user_data;
  CsRule rule;

  if (!cs_rtnetlink_parse_rule (message, &rule)
      || rule.ipv6 != (survey->table->family == AF_INET6)
      || rule.table != survey->table->number || rule.protocol != CS_ROUTE_PROTOCOL)
    return;
  for (guint i = 0; i < survey->rules->len; i++)
    if (cs_policy_rule_is (&g_array_index (survey->rules, CsPolicyRule, i), &rule,
                           survey->table->number))
      {
        g_array_remove_index (survey->rules, i);
        return;
      }
  if (survey->table->doomed == NULL || survey->table->rules->len > 0)
    add_surplus (survey, message);
}

static gboolean
survey_routes (CsNetlink *netlink, Survey *survey, GError **error)
{
  const CsRouteTable *table = survey->table;

  return cs_rtnetlink_dump (netlink, RTM_GETROUTE, table->family, table->number, on_route,
                            survey, error);
}

static gboolean
survey_rules (CsNetlink *netlink, Survey *survey, GError **error)
{
  return cs_rtnetlink_dump (netlink, RTM_GETRULE, AF_UNSPEC, 0, on_rule, survey, error);
}

static gboolean
delete_surplus (CsNetlink *netlink,
                const Survey *survey,
                const char *kind,
                GError **error)
{
  for (guint i = 0; i < survey->surplus->len; i++)
    if (!cs_netlink_check (
            netlink, cs_rtnetlink_delete (netlink, survey->surplus->pdata[i]), error,
            "cannot delete a %s of table %u", kind, survey->table->number))
      return FALSE;
  return TRUE;
}

typedef struct
{
  struct nlmsghdr *request; /* (owned) */
  char *what;               /* (owned) for the error: "the route X" */
  const CsRoute *route;     /* (nullable) unowned: if it is one */
  int failure;              /* positive errno; 0: none */
  GError *error;            /* (owned) (nullable) the same in words */
} Addition;

static void
addition_clear (Addition *addition)
{
  g_free (addition->request);
  g_free (addition->what);
  g_clear_error (&addition->error);
}

static char *
describe_route (const CsRoute *route, guint32 table, const CsSharePlan *share)
{
  const char *device = route->ifindex == share->lan_ifindex ? share->lan : share->uplink;
  g_autofree char *words = cs_route_to_string (route, device, table);

  return g_strdup_printf ("the route \"%s\"", words);
}

/* Routes that end packets first, then those on link, which the others' gateways need. */
static int
rank (const CsRoute *route)
{
  if (!route->unicast)
    return 0;
  return cs_route_has_gateway (route) ? 2 : 1;
}

static void
add_missing_routes (GArray *additions,
                    const Survey *survey,
                    int wanted_rank,
                    const CsSharePlan *share)
{
  const CsRouteTable *table = survey->table;

  for (guint i = 0; i < table->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (table->routes, CsRoute, i);
      Addition addition = { .route = route };

      if (rank (route) != wanted_rank || cs_routes_contain (survey->routes, route))
        continue;
      addition.request = build_route (route, table->number, route->onlink);
      addition.what = describe_route (route, table->number, share);
      g_array_append_val (additions, addition);
    }
}

static guint8
action_of (const CsPolicyRule *rule)
{
  if (rule->ends)
    return FR_ACT_BLACKHOLE;
  return rule->skip_to != 0 ? FR_ACT_GOTO : FR_ACT_TO_TBL;
}

/* Adds what the rule matches, and returns that in words, owned. */
static char *
put_selector (CsNetlinkRequest *request,
              struct fib_rule_hdr *header,
              const CsPolicyRule *rule)
{
  if (rule->iif != NULL)
    mnl_attr_put_strz (&request->header, FRA_IIFNAME, rule->iif);
  else if (rule->oif != NULL)
    mnl_attr_put_strz (&request->header, FRA_OIFNAME, rule->oif);
  else if (cs_address_is_set (rule->source))
    {
      header->src_len = (guint8)cs_address_bits (rule->source);
      cs_netlink_put_address (&request->header, FRA_SRC, rule->source);
      return cs_address_to_string (rule->source);
    }
  else if (rule->mark == 0)
    return g_strdup ("all");
  else
    {
      mnl_attr_put_u32 (&request->header, FRA_FWMARK, rule->mark);
      mnl_attr_put_u32 (&request->header, FRA_FWMASK, rule->mark);
      return g_strdup_printf ("fwmark 0x%x", rule->mark);
    }
  return g_strdup (rule->iif != NULL ? rule->iif : rule->oif);
}

static void
add_rule (GArray *additions, const CsPolicyRule *wanted, guint32 table)
{
  CsNetlinkRequest request;
  struct fib_rule_hdr *header = cs_netlink_begin (
      &request, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);
  g_autofree char *selector = put_selector (&request, header, wanted);
  Addition addition = { NULL };

  header->family = wanted->ipv6 ? AF_INET6 : AF_INET;
  header->action = action_of (wanted);
  /* also in a rule that does not look it up, to recognize it */
  mnl_attr_put_u32 (&request.header, FRA_TABLE, table);
  mnl_attr_put_u32 (&request.header, FRA_PRIORITY, wanted->priority);
  mnl_attr_put_u8 (&request.header, FRA_PROTOCOL, CS_ROUTE_PROTOCOL);
  if (wanted->skip_to != 0)
    mnl_attr_put_u32 (&request.header, FRA_GOTO, wanted->skip_to);
  addition.request = g_memdup2 (&request, request.header.nlmsg_len);
  addition.what
      = g_strdup_printf ("the policy rule for \"%s\" into table %u", selector, table);
  g_array_append_val (additions, addition);
}

/* A gateway that no route leads to (a /32 from DHCP, a route that NetworkManager made
 * with onlink) is treated as on link, as its owner has done. */
static gboolean
add_onlink (CsNetlink *netlink, const Addition *refused, guint32 table)
{
  const CsRoute *route = refused->route;
  g_autofree struct nlmsghdr *request = NULL;

  if (route == NULL || !cs_route_has_gateway (route) || route->onlink
      || (refused->failure != ENETUNREACH && refused->failure != EHOSTUNREACH))
    return FALSE;
  request = build_route (route, table, TRUE);
  return cs_netlink_ask (netlink, request, NULL, NULL) == 0;
}

/* Whatever is sent wakes up every listener to the kernel's routes, including the dnsmasqs
 * of all shares, so it is sent all at once. */
static void
send_additions (CsNetlink *netlink, Addition *additions, guint count)
{
  struct nlmsghdr *requests[AT_ONCE_MAX];
  int failure;

  for (guint i = 0; i < count; i++)
    requests[i] = additions[i].request;
  failure = cs_netlink_send (netlink, requests, count);
  for (guint i = 0; i < count; i++)
    {
      Addition *addition = &additions[i];

      addition->failure = failure;
      if (failure == 0)
        addition->failure = cs_netlink_receive (netlink, requests[i], NULL, NULL);
      if (addition->route != NULL || addition->failure != EEXIST)
        cs_netlink_check (netlink, addition->failure, &addition->error, "cannot add %s",
                          addition->what);
    }
}

static gboolean
is_ours (CsNetlink *netlink, CsAddress address)
{
  const CsAddress any = { 0 };
  CsRouteAnswer answer;

  return !cs_rtnetlink_route_get (netlink, address, 0, any, &answer, NULL)
         || answer.type == RTN_LOCAL;
}

/* A device that is switched off, or gone since the plan was made, has no routes, and
 * neither has an address that it has lost. The kernel announces that, or will; until
 * then, what stands behind them holds. */
static gboolean
may_miss (CsNetlink *netlink, const Addition *refused)
{
  const CsRoute *route = refused->route;

  if (route == NULL || !route->unicast)
    return FALSE;
  switch (refused->failure)
    {
    case ENETDOWN:
    case ENODEV:
    case EACCES: /* it is switched off for IPv6 */
      return TRUE;
    case EINVAL:
      return cs_address_is_set (route->source) && !is_ours (netlink, route->source);
    default:
      return FALSE;
    }
}

/* A kernel without IPv6. */
static gboolean
is_unknown (int family, int failure)
{
  return family == AF_INET6 && (failure == EAFNOSUPPORT || failure == EOPNOTSUPP);
}

static gboolean
add_all (CsNetlink *netlink, GArray *additions, const CsRouteTable *table, GError **error)
{
  for (guint i = 0; i < additions->len; i += AT_ONCE_MAX)
    send_additions (netlink, &g_array_index (additions, Addition, i),
                    MIN (AT_ONCE_MAX, additions->len - i));
  for (guint i = 0; i < additions->len; i++)
    {
      Addition *addition = &g_array_index (additions, Addition, i);

      if (addition->error == NULL || may_miss (netlink, addition)
          || is_unknown (table->family, addition->failure)
          || add_onlink (netlink, addition, table->number))
        continue;
      g_propagate_error (error, g_steal_pointer (&addition->error));
      return FALSE;
    }
  return TRUE;
}

gboolean
cs_route_table_bring (CsNetlink *netlink,
                      const CsRouteTable *table,
                      const CsSharePlan *share,
                      GError **error)
{
  g_auto (Survey) rules = { 0 };
  g_auto (Survey) before = { 0 };
  g_auto (Survey) after = { 0 };
  g_autoptr (GArray) additions = g_array_new (FALSE, FALSE, sizeof (Addition));

  g_array_set_clear_func (additions, (GDestroyNotify)addition_clear);
  survey_init (&rules, table);
  survey_init (&before, table);
  survey_init (&after, table);
  if (!survey_routes (netlink, &before, error) || !survey_rules (netlink, &rules, error))
    return FALSE;
  add_missing_routes (additions, &before, 0, share);
  for (guint i = 0; i < rules.rules->len; i++)
    add_rule (additions, &g_array_index (rules.rules, CsPolicyRule, i), table->number);
  add_missing_routes (additions, &before, 1, share);
  add_missing_routes (additions, &before, 2, share);
  if (!add_all (netlink, additions, table, error))
    return FALSE;
  if (before.surplus->len == 0 && rules.surplus->len == 0)
    return TRUE;
  /* Again, because some have been replaced, and a wanted one can look like them. */
  return survey_routes (netlink, &after, error)
         && delete_surplus (netlink, &after, "route", error)
         && delete_surplus (netlink, &rules, "policy rule", error);
}

gboolean
cs_route_table_clear (CsNetlink *netlink, guint32 number, int family, GError **error)
{
  g_autoptr (GArray) no_routes = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_autoptr (GArray) no_rules = g_array_new (FALSE, FALSE, sizeof (CsPolicyRule));
  const CsRouteTable none
      = { .number = number, .family = family, .routes = no_routes, .rules = no_rules };
  g_auto (Survey) rules = { 0 };
  g_auto (Survey) routes = { 0 };

  survey_init (&rules, &none);
  survey_init (&routes, &none);
  return survey_rules (netlink, &rules, error)
         && delete_surplus (netlink, &rules, "policy rule", error)
         && survey_routes (netlink, &routes, error)
         && delete_surplus (netlink, &routes, "route", error);
}

gboolean
cs_route_table_is_empty (CsNetlink *netlink,
                         guint32 number,
                         int family,
                         gboolean *empty,
                         GError **error)
{
  g_autoptr (GArray) no_routes = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_autoptr (GArray) no_rules = g_array_new (FALSE, FALSE, sizeof (CsPolicyRule));
  const CsRouteTable none
      = { .number = number, .family = family, .routes = no_routes, .rules = no_rules };
  g_auto (Survey) survey = { 0 };

  survey_init (&survey, &none);
  if (!survey_routes (netlink, &survey, error))
    return FALSE;
  *empty = survey.routes->len == 0;
  return TRUE;
}
