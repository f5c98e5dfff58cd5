/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-clients.h"

#include "ruleset-elements.h"
#include "ruleset-frame.h"

#include "core/value/ifname.h"

/* VERB the @addresses in each of the two sets. */
static void
add_clients (GString *out, const char *verb, const GPtrArray *addresses)
{
  static const char *const sets[] = { CS_CLIENTS_SENT, CS_CLIENTS_RECEIVED };

  for (gsize i = 0; addresses->len > 0 && i < G_N_ELEMENTS (sets); i++)
    {
      g_string_append_printf (out, "%s element inet connshare %s { ", verb, sets[i]);
      for (guint k = 0; k < addresses->len; k++)
        g_string_append_printf (out, "%s%s", k ? ", " : "",
                                (const char *)addresses->pdata[k]);
      g_string_append (out, " }\n");
    }
}

char *
cs_ruleset_render_clients (const GPtrArray *new, const GPtrArray *old)
{
  GString *out = g_string_new (NULL);

  add_clients (out, "add", new);
  add_clients (out, "delete", old);
  return g_string_free (out, FALSE);
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
  path->subnets = g_array_copy (share->subnets);
  return path;
}

void
cs_short_path_free (gpointer data)
{
  CsShortPath *path = data;

  g_free (path->lan);
  g_array_unref (path->subnets);
  g_free (path);
}

gboolean
cs_short_path_fits (const CsShortPath *path, CsAddress address)
{
  return cs_cidrs_contain (path->subnets, address);
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
                      const char *verb,
                      const GPtrArray *addresses)
{
  int lan = path->lan_ifindex, uplink = path->uplink_ifindex;
  g_autofree char *id = cs_ifname_escape (path->lan);
  GString *out = g_string_new (NULL);

  if (addresses->len > 0)
    {
      add_short (out, verb, CS_SHORT_SENT, id, (const int[]){ lan, uplink }, addresses);
      add_short (out, verb, CS_SHORT_RECEIVED, id, (const int[]){ uplink, lan },
                 addresses);
    }
  return g_string_free (out, FALSE);
}
