/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-clients.h"

#include "ruleset-elements.h"
#include "ruleset-frame.h"

#include "core/plan/ipv6.h"
#include "core/value/ifname.h"

/* VERB the @addresses in each of the two sets. */
static void
add_clients (GString *out, int family, const char *verb, const GPtrArray *addresses)
{
  static const char *const all[][2] = { { CS_CLIENTS_SENT, CS_CLIENTS_RECEIVED },
                                        { CS_CLIENTS_SENT6, CS_CLIENTS_RECEIVED6 } };
  const char *const *sets = all[family == AF_INET6];

  for (gsize i = 0; addresses->len > 0 && i < G_N_ELEMENTS (all[0]); i++)
    {
      g_string_append_printf (out, "%s element inet connshare %s { ", verb, sets[i]);
      for (guint k = 0; k < addresses->len; k++)
        g_string_append_printf (out, "%s%s", k ? ", " : "",
                                (const char *)addresses->pdata[k]);
      g_string_append (out, " }\n");
    }
}

char *
cs_ruleset_render_clients (int family, const GPtrArray *new, const GPtrArray *old)
{
  GString *out = g_string_new (NULL);

  add_clients (out, family, "add", new);
  add_clients (out, family, "delete", old);
  return g_string_free (out, FALSE);
}

static void
add_networks6 (CsShortPath *path, GArray *networks)
{
  g_array_append_vals (path->networks, networks->data, networks->len);
  g_array_unref (networks);
}

CsShortPath *
cs_short_path_new (const CsSharePlan *share)
{
  CsShortPath *path;

  if (!share || !cs_ruleset_has_short_path (share))
    return NULL;
  path = g_new0 (CsShortPath, 1);
  path->lan = g_strdup (share->lan);
  path->lan_ifindex = share->lan_ifindex;
  path->uplink_ifindex = share->uplink_ifindex;
  path->networks = g_array_copy (share->subnets);
  add_networks6 (path, cs_share_plan_own_sources6 (share));
  add_networks6 (path, cs_share_plan_masqueraded6 (share));
  return path;
}

void
cs_short_path_free (gpointer data)
{
  CsShortPath *path = data;

  g_free (path->lan);
  g_array_unref (path->networks);
  g_free (path);
}

gboolean
cs_short_path_fits (const CsShortPath *path, CsAddress address)
{
  return cs_cidrs_contain (path->networks, address);
}

static void
add_short (GString *out,
           const char *verb,
           const char *map,
           const char *id,
           const int ifindexes[2],
           const GPtrArray *addresses)
{
  g_string_append_printf (out, "%s element inet connshare %s { ", verb, map);
  for (guint i = 0; i < addresses->len; i++)
    g_string_append_printf (
        out, "%s%s . " CS_IFINDEX_FORMAT " . " CS_IFINDEX_FORMAT " : jump %s_%s",
        i ? ", " : "", (const char *)addresses->pdata[i], ifindexes[0], ifindexes[1], map,
        id);
  g_string_append (out, " }\n");
}

char *
cs_short_path_render (const CsShortPath *path,
                      int family,
                      const char *verb,
                      const GPtrArray *addresses)
{
  const char *sent = family == AF_INET6 ? CS_SHORT_SENT6 : CS_SHORT_SENT;
  const char *received = family == AF_INET6 ? CS_SHORT_RECEIVED6 : CS_SHORT_RECEIVED;
  int lan = path->lan_ifindex, uplink = path->uplink_ifindex;
  g_autofree char *id = cs_ifname_escape (path->lan);
  GString *out = g_string_new (NULL);

  if (addresses->len > 0)
    {
      add_short (out, verb, sent, id, (const int[]){ lan, uplink }, addresses);
      add_short (out, verb, received, id, (const int[]){ uplink, lan }, addresses);
    }
  return g_string_free (out, FALSE);
}
