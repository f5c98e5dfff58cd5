/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planning itself is asked what a picker may offer, once for each interface and
 * beside the existing plans: so the answer is what sharing would really say. */
#include "describe.h"

#include "core/plan/suitable.h"
#include "core/render/dnsmasq-config.h"
#include "core/render/ruleset.h"
#include "core/value/ifname.h"
#include "core/render/describe.h"
#include "dbus/errors.h"

/* The existing shares, which an interface is checked against. */
typedef struct
{
  CsPlan *plan;        /* (owned) */
  GPtrArray *requests; /* (owned) of CsRequest (unowned) */
  GPtrArray *lans;     /* (owned) of char * (unowned) */
} Shares;

/* The whole ruleset as it would be if this were the only share. */
static char *
render_alone (const CsSharePlan *plan)
{
  g_autoptr (CsPlan) alone = cs_plan_new_empty ();
  g_autofree char *reject_table = cs_ruleset_render_reject_table (plan);
  g_autofree char *table = NULL;

  g_ptr_array_add (alone->shares, cs_share_plan_copy (plan));
  table = cs_ruleset_render (alone);
  return g_strconcat (table, reject_table, NULL);
}

GVariant *
cs_describe_plan (const CsSharePlan *plan)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autofree char *ruleset = render_alone (plan);
  g_autofree char *wifi = cs_hotspot_describe (&plan->hotspot);
  g_auto (GStrv) routes = cs_share_plan_describe_routes (plan);
  g_auto (GStrv) sysctls = cs_share_plan_describe_sysctls (plan);
  g_auto (GStrv) openings = cs_share_plan_describe_openings (plan);
  g_autofree char *address = NULL;
  g_autofree char *dnsmasq = NULL;

  if (plan->address.prefix != 0)
    {
      address = cs_cidr_to_string (plan->address);
      dnsmasq = cs_dnsmasq_config_render (plan);
    }
  g_variant_dict_insert (dict, "state", "s", cs_state_to_string (plan->state));
  g_variant_dict_insert (dict, "reason", "s", cs_reason_to_string (plan->reason));
  g_variant_dict_insert (dict, "message", "s", plan->message);
  g_variant_dict_insert (dict, "uplink", "s", plan->uplink != NULL ? plan->uplink : "");
  g_variant_dict_insert (dict, "address", "s", address != NULL ? address : "");
  g_variant_dict_insert (dict, "ipv6", "s", cs_ipv6_mode_to_string (plan->ipv6.mode));
  g_variant_dict_insert (dict, "wifi", "s", wifi);
  g_variant_dict_insert (dict, "dial", "s", plan->dial != NULL ? plan->dial : "");
  g_variant_dict_insert (dict, "ruleset", "s", ruleset);
  g_variant_dict_insert (dict, "routes", "^as", routes);
  g_variant_dict_insert (dict, "sysctls", "^as", sysctls);
  g_variant_dict_insert (dict, "openings", "^as", openings);
  g_variant_dict_insert (dict, "dnsmasq-config", "s", dnsmasq != NULL ? dnsmasq : "");
  return g_variant_dict_end (dict);
}

static const char *
link_state (const CsInterface *interface)
{
  if (!interface->up)
    return "down";
  if (!interface->carrier)
    return "unplugged";
  return interface->addresses->len > 0 ? "connected" : "disconnected";
}

static void
shares_init (Shares *shares, CsEngine *engine)
{
  g_autoptr (CsPlan) applied = NULL;

  shares->plan = cs_engine_get_plan (engine, &applied);
  shares->requests = g_ptr_array_new ();
  shares->lans = g_ptr_array_new ();
  for (guint i = 0; i < shares->plan->shares->len; i++)
    {
      char *lan = ((CsSharePlan *)g_ptr_array_index (shares->plan->shares, i))->lan;
      const CsRequest *request = cs_engine_get_request (engine, lan);

      g_ptr_array_add (shares->lans, lan);
      if (request != NULL)
        g_ptr_array_add (shares->requests, (gpointer)request);
    }
}

static void
shares_clear (Shares *shares)
{
  cs_plan_unref (shares->plan);
  g_ptr_array_unref (shares->requests);
  g_ptr_array_unref (shares->lans);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shares, shares_clear)

/* Why @interface cannot be the LAN of a share, or NULL. An access point would get some
 * name and passphrase, no matter which. */
static GError *
lan_problem (const Shares *shares,
             const CsSnapshot *snapshot,
             const CsInterface *interface,
             gboolean force)
{
  static const guint8 random[CS_HOTSPOT_RANDOM] = { 0 };
  GError *error = NULL;
  g_autoptr (CsRequest) request = cs_request_new (interface->name, "auto", NULL, &error);
  g_autoptr (CsSharePlan) plan = NULL;

  if (request == NULL)
    return error;
  request->force = force;
  cs_hotspot_options_fill_defaults (&request->hotspot, NULL, NULL, random);
  plan = cs_plan_one_more (shares->plan, shares->requests, request, snapshot);
  return plan->error != NULL ? g_error_copy (plan->error) : NULL;
}

static gboolean
is_uplink (const Shares *shares, const CsInterface *interface)
{
  for (guint i = 0; i < shares->plan->shares->len; i++)
    if (((const CsSharePlan *)shares->plan->shares->pdata[i])->uplink_ifindex
        == interface->ifindex)
      return TRUE;
  return FALSE;
}

/* As in cs_radio_plan (). */
static CsUnfit
radio_unfit (const CsInterface *interface)
{
  if (interface->kind != CS_KIND_WIFI || interface->connection_ours)
    return CS_UNFIT_NOT;
  if (interface->wifi_off)
    return CS_UNFIT_WIFI_OFF;
  if (interface->no_access_point)
    return CS_UNFIT_WIFI_CLIENT_ONLY;
  if (interface->connection_shared || interface->wifi_use == CS_WIFI_IDLE)
    return CS_UNFIT_NOT;
  return interface->wifi_use == CS_WIFI_STATION ? CS_UNFIT_WIFI_JOINED
                                                : CS_UNFIT_ACCESS_POINT;
}

/* What @problem (nullable), which only has a message, is about. */
static CsUnfit
classify_lan (const GError *problem,
              const Shares *shares,
              const CsSnapshot *snapshot,
              const CsInterface *interface)
{
  CsUnfit unfit;

  if (problem == NULL)
    return CS_UNFIT_NOT;
  if (g_error_matches (problem, CS_ERROR, CS_ERROR_INVALID_ARGUMENT))
    return CS_UNFIT_NAME;
  if (g_error_matches (problem, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT))
    return CS_UNFIT_NO_NETWORK;
  unfit = radio_unfit (interface);
  if (unfit == CS_UNFIT_NOT)
    unfit = cs_lan_unfit (interface, FALSE, snapshot);
  if (unfit == CS_UNFIT_NOT && is_uplink (shares, interface))
    unfit = CS_UNFIT_UPLINK;
  return unfit != CS_UNFIT_NOT ? unfit : CS_UNFIT_OTHER;
}

static void
add_lan (GVariantDict *dict,
         const Shares *shares,
         const CsSnapshot *snapshot,
         const CsInterface *interface)
{
  g_autoptr (GError) problem = lan_problem (shares, snapshot, interface, FALSE);
  g_autoptr (GError) forced = NULL;
  CsUnfit unfit = classify_lan (problem, shares, snapshot, interface);

  if (g_error_matches (problem, CS_ERROR, CS_ERROR_NOT_SUITABLE))
    forced = lan_problem (shares, snapshot, interface, TRUE);
  else if (problem != NULL)
    forced = g_error_copy (problem);
  g_variant_dict_insert (dict, "can-be-lan", "b", problem == NULL);
  g_variant_dict_insert (dict, "can-force", "b", problem != NULL && forced == NULL);
  g_variant_dict_insert (dict, "lan-code", "s", cs_unfit_to_string (unfit));
  g_variant_dict_insert (dict, "lan-reason", "s",
                         problem != NULL ? problem->message : "");
}

static void
add_wan (GVariantDict *dict,
         const Shares *shares,
         const CsSnapshot *snapshot,
         const CsInterface *interface)
{
  g_autoptr (GError) problem = NULL;
  CsUnfit unfit = CS_UNFIT_NOT;

  if (!cs_ifname_check (interface->name, "WAN", &problem))
    unfit = CS_UNFIT_NAME;
  else if (!cs_wan_check (interface, shares->lans, snapshot, &problem))
    unfit = cs_wan_unfit (interface, shares->lans);
  g_variant_dict_insert (dict, "can-be-wan", "b", problem == NULL);
  g_variant_dict_insert (dict, "wan-code", "s", cs_unfit_to_string (unfit));
  g_variant_dict_insert (dict, "wan-reason", "s",
                         problem != NULL ? problem->message : "");
}

static void
add_strings (GVariantDict *dict, const CsInterface *interface)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) addresses = NULL;

  for (guint i = 0; i < interface->addresses->len; i++)
    {
      const CsInterfaceAddress *address
          = &g_array_index (interface->addresses, CsInterfaceAddress, i);
      g_autofree char *text = cs_cidr_to_string (address->local);

      g_strv_builder_add (builder, text);
    }
  addresses = g_strv_builder_end (builder);
  g_variant_dict_insert (dict, "addresses", "^as", addresses);
  g_variant_dict_insert (dict, "kind", "s", cs_kind_to_string (interface->kind));
  g_variant_dict_insert (dict, "label", "s", interface->label ? interface->label : "");
  g_variant_dict_insert (dict, "connection", "s",
                         interface->connection_id ? interface->connection_id : "");
  g_variant_dict_insert (dict, "state", "s", link_state (interface));
}

static GVariant *
describe_interface (const Shares *shares,
                    const CsSnapshot *snapshot,
                    const CsInterface *interface)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  /* The kernel allows any bytes in a name, D-Bus does not. */
  g_autofree char *name = g_utf8_make_valid (interface->name, -1);
  gboolean shared = cs_plan_find (shares->plan, interface->name) != NULL;

  g_variant_dict_insert (dict, "name", "s", name);
  g_variant_dict_insert (dict, "share", "s", shared ? name : "");
  add_lan (dict, shares, snapshot, interface);
  add_wan (dict, shares, snapshot, interface);
  add_strings (dict, interface);
  return g_variant_dict_end (dict);
}

GVariant *
cs_describe_interfaces (CsEngine *engine, const CsSnapshot *snapshot)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_auto (Shares) shares = { NULL };

  shares_init (&shares, engine);
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    g_variant_builder_add_value (
        &builder, describe_interface (&shares, snapshot,
                                      g_ptr_array_index (snapshot->interfaces, i)));
  return g_variant_builder_end (&builder);
}
