/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A limit has two quotas: "near_LAN" is only there to be announced, "limit_LAN" drops
 * what is too much. That is counted as well: so no less is counted than the quota has
 * seen when it is used up. */
#include "ruleset-limits.h"

#include "core/plan/data-limit.h"
#include "core/plan/ipv6.h"
#include "core/value/ifname.h"

/* The last two only where there is IPv6. */
static const struct
{
  const char *name;
  const char *type;
} paced[] = {
  { "paced_sent", "ipv4_addr" },
  { "paced_received", "ipv4_addr" },
  { "paced_sent6", "ipv6_addr" },
  { "paced_received6", "ipv6_addr" },
};
static const char *const quotas[] = { "near", "limit" };

static void G_GNUC_PRINTF (2, 3) add_rule (GPtrArray *rules, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (rules, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
add_pace (GPtrArray *rules, const CsSharePlan *share, const char *set, const char *key)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  if (share->rate)
    add_rule (rules,
              "update @%s_%s { %s limit rate over %" G_GUINT64_FORMAT
              " bytes/second } drop",
              set, id, key, share->rate / 8);
}

static void
add_end (GPtrArray *rules,
         const CsSharePlan *share,
         const char *counter,
         const char *chain)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  if (!share->limit)
    {
      add_rule (rules, "counter name \"%s_%s\" goto %s", counter, id, chain);
      return;
    }
  add_rule (rules, "quota name \"near_%s\"", id);
  add_rule (rules, "counter name \"%s_%s\" quota name \"limit_%s\" drop", counter, id,
            id);
  add_rule (rules, "goto %s", chain);
}

void
cs_ruleset_add_pace (GPtrArray *rules,
                     const CsSharePlan *share,
                     const char *set,
                     const char *field)
{
  g_autofree char *key = g_strconcat ("ip ", field, NULL);

  add_pace (rules, share, set, key);
}

void
cs_ruleset_add_end (GPtrArray *rules, const CsSharePlan *share, const char *end)
{
  add_end (rules, share, end, end);
}

void
cs_ruleset_add_pace6 (GPtrArray *rules,
                      const CsSharePlan *share,
                      const char *set,
                      const char *field)
{
  g_autofree char *key = g_strconcat ("ip6 ", field, NULL);
  g_autofree char *set6 = g_strconcat (set, "6", NULL);

  add_pace (rules, share, set6, key);
}

void
cs_ruleset_add_end6 (GPtrArray *rules, const CsSharePlan *share, const char *end)
{
  g_autofree char *chain = g_strconcat (end, "6", NULL);

  add_end (rules, share, end, chain);
}

static gsize
count_paced (const CsSharePlan *share)
{
  gsize count = G_N_ELEMENTS (paced);

  if (!share || !share->rate)
    return 0;
  return cs_share_plan_has_ipv6 (share) ? count : count / 2;
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
  for (gsize i = 0; i < count_paced (share); i++)
    g_string_append_printf (out,
                            "\tset %s_%s {\n"
                            "\t\ttype %s\n"
                            "\t\tsize 65536\n"
                            "\t\tflags dynamic,timeout\n"
                            "\t\ttimeout 2m\n"
                            "\t}\n",
                            paced[i].name, id, paced[i].type);
}

void
cs_ruleset_end_limits (GString *out, const CsSharePlan *from, const CsSharePlan *to)
{
  g_autofree char *id = from ? cs_ifname_escape (from->lan) : NULL;

  for (gsize i = 0; i < count_paced (from); i++)
    g_string_append_printf (out, "delete set inet connshare %s_%s\n", paced[i].name, id);
  for (gsize i = 0;
       from && from->limit && !has_same_limit (from, to) && i < G_N_ELEMENTS (quotas);
       i++)
    g_string_append_printf (out, "delete quota inet connshare %s_%s\n", quotas[i], id);
}
