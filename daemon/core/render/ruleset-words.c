/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-words.h"

/* In front of these are the rules of the extras: a flow passes them all once, with its
 * first packet, before it is translated, because a helper needs to know of that. */
const char *const cs_ruleset_masquerading[] = {
  "meta l4proto { tcp, udp } meta l4proto . th sport @" CS_OWN_PORTS
  " masquerade to :1024-65535 random",
  "masquerade",
  NULL,
};

void
cs_ruleset_add_chain (GString *out,
                      const char *name,
                      const char *type,
                      const char *const *rules)
{
  g_string_append_printf (out, "\tchain %s {\n", name);
  if (type)
    g_string_append_printf (out, "\t\ttype %s; policy accept;\n", type);
  for (; *rules; rules++)
    g_string_append_printf (out, "\t\t%s\n", *rules);
  g_string_append (out, "\t}\n");
}
