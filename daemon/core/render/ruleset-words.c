/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-words.h"

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

void
cs_ruleset_add_frame_sets (GString *out, const CsFrameSet *sets, gsize count)
{
  for (gsize i = 0; i < count; i++)
    g_string_append_printf (out, "\t%s %s {\n\t\ttype %s\n%s%s\t}\n", sets[i].word,
                            sets[i].name, sets[i].type,
                            sets[i].interval ? "\t\tflags interval\n" : "",
                            sets[i].counts ? "\t\tsize 16384\n\t\tcounter\n" : "");
}

void
cs_ruleset_add_frame_chains (GString *out, const CsFrameChain *chains, gsize count)
{
  for (gsize i = 0; i < count; i++)
    cs_ruleset_add_chain (out, chains[i].name, chains[i].type, chains[i].rules);
}

void
cs_ruleset_outline_frame_sets (CsOutline *outline,
                               const CsFrameSet *sets,
                               gsize count,
                               const char *const *but)
{
  for (gsize i = 0; i < count; i++)
    if (!sets[i].counts && !g_strv_contains (but, sets[i].name))
      cs_outline_add (outline, CS_OUTLINE_SET, sets[i].name, 0);
}

void
cs_ruleset_outline_frame_chains (CsOutline *outline,
                                 const CsFrameChain *chains,
                                 gsize count)
{
  for (gsize i = 0; i < count; i++)
    cs_outline_add (outline, CS_OUTLINE_CHAIN, chains[i].name,
                    g_strv_length ((char **)chains[i].rules));
}

/* In front of these are the rules of the extras: a flow passes them all once, with its
 * first packet, before it is translated, because a helper needs to know of that. */
void
cs_ruleset_end_masquerading (GPtrArray *rules)
{
  g_ptr_array_add (
      rules, (gpointer) "meta l4proto { tcp, udp } meta l4proto . th sport @" CS_OWN_PORTS
                        " masquerade to :1024-65535 random");
  g_ptr_array_add (rules, (gpointer) "masquerade");
  g_ptr_array_add (rules, NULL);
}

void
cs_ruleset_add_rule (GPtrArray *rules, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (rules, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

char *
cs_ruleset_format_not_own (const GArray *networks, const char *ip, const char *field)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < networks->len; i++)
    {
      g_autofree char *network = cs_cidr_to_string (g_array_index (networks, CsCidr, i));

      g_string_append_printf (out, " %s %s != %s", ip, field, network);
    }
  return g_string_free (out, FALSE);
}

void
cs_ruleset_add_blocked (GPtrArray *rules, const CsSharePlan *share)
{
  g_autofree char *blocked = share->blocked ? g_strjoinv (", ", share->blocked) : NULL;

  if (blocked && blocked[0])
    cs_ruleset_add_rule (rules, "ether saddr { %s } drop", blocked);
}

void
cs_ruleset_add_short_sent (GPtrArray *rules, gboolean clamps, const char *id)
{
  if (clamps)
    cs_ruleset_add_rule (rules, CS_OPENS " return");
  cs_ruleset_add_rule (rules, "counter name \"sent_%s\" accept", id);
}
