/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A limit has two quotas: "near_LAN" is only there to be announced, "limit_LAN" drops
 * what is too much. That is counted as well: so no less is counted than the quota has
 * seen when it is used up. */
#include "ruleset-limits.h"

#include "core/plan/data-limit.h"
#include "core/value/ifname.h"

static const char *const paced[] = { "paced_sent", "paced_received" };
static const char *const quotas[] = { "near", "limit" };

static void G_GNUC_PRINTF (2, 3) add_rule (GPtrArray *rules, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (rules, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
cs_ruleset_add_pace (GPtrArray *rules,
                     const CsSharePlan *share,
                     const char *set,
                     const char *field)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  if (share->rate)
    add_rule (rules,
              "update @%s_%s { ip %s limit rate over %" G_GUINT64_FORMAT
              " bytes/second } drop",
              set, id, field, share->rate / 8);
}

void
cs_ruleset_add_end (GPtrArray *rules, const CsSharePlan *share, const char *end)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  if (!share->limit)
    {
      add_rule (rules, "counter name \"%s_%s\" goto %s", end, id, end);
      return;
    }
  add_rule (rules, "quota name \"near_%s\"", id);
  add_rule (rules, "counter name \"%s_%s\" quota name \"limit_%s\" drop", end, id, id);
  add_rule (rules, "goto %s", end);
}

/* Whether the quotas of one are those of the other as well. */
static gboolean
has_same_limit (const CsSharePlan *a, const CsSharePlan *b)
{
  return a && b && a->limit == b->limit && a->limit_month == b->limit_month;
}

void
cs_ruleset_add_limits (GString *out,
                       const CsSharePlan *share,
                       const CsSharePlan *from,
                       const CsDataUsage *usage)
{
  g_autofree char *id = cs_ifname_escape (share->lan);
  const guint64 bytes[] = { cs_data_limit_warning (share), share->limit };
  guint64 used = cs_data_limit_used (share, usage);

  for (gsize i = 0;
       share->limit && !has_same_limit (from, share) && i < G_N_ELEMENTS (quotas); i++)
    g_string_append_printf (out,
                            "\tquota %s_%s {\n"
                            "\t\tover %" G_GUINT64_FORMAT " bytes used %" G_GUINT64_FORMAT
                            " bytes\n"
                            "\t}\n",
                            quotas[i], id, bytes[i], MIN (used, bytes[i]));
  for (gsize i = 0; share->rate && i < G_N_ELEMENTS (paced); i++)
    g_string_append_printf (out,
                            "\tset %s_%s {\n"
                            "\t\ttype ipv4_addr\n"
                            "\t\tsize 65536\n"
                            "\t\tflags dynamic,timeout\n"
                            "\t\ttimeout 2m\n"
                            "\t}\n",
                            paced[i], id);
}

void
cs_ruleset_end_limits (GString *out, const CsSharePlan *from, const CsSharePlan *to)
{
  g_autofree char *id = from ? cs_ifname_escape (from->lan) : NULL;

  for (gsize i = 0; from && from->rate && i < G_N_ELEMENTS (paced); i++)
    g_string_append_printf (out, "delete set inet connshare %s_%s\n", paced[i], id);
  for (gsize i = 0;
       from && from->limit && !has_same_limit (from, to) && i < G_N_ELEMENTS (quotas);
       i++)
    g_string_append_printf (out, "delete quota inet connshare %s_%s\n", quotas[i], id);
}
