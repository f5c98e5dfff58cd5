/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-clients.h"

#include "ruleset-frame.h"

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
