/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firewall-words.h"

#include "cidr.h"

#include <netinet/in.h>
#include <linux/rtnetlink.h>
#include <string.h>

static guint32
number_of (const guint8 *bytes, gsize length)
{
  guint32 number = 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | bytes[i];
  return number;
}

/* For a name with a wildcard at the end: the part before it. */
static char *
name_of (const CsMatchRange *range)
{
  gsize length = 0;

  while (length < CS_MATCH_SIZE && range->low[length] != '\0'
         && range->low[length] == range->high[length])
    length++;
  if (length < CS_MATCH_SIZE && range->high[length] == 0xff)
    return g_strdup_printf ("\"%.*s*\"", (int)length, (const char *)range->low);
  return g_strdup_printf ("\"%.*s\"", (int)length, (const char *)range->low);
}

static char *
numbers_of (const CsMatchRange *range, gsize length)
{
  guint32 low = number_of (range->low, length), high = number_of (range->high, length);

  return low == high ? g_strdup_printf ("%u", low) : g_strdup_printf ("%u-%u", low, high);
}

static char *
addresses_of (int family, const CsMatchRange *range)
{
  CsAddress low = cs_address_new (family, range->low);
  CsAddress high = cs_address_new (family, range->high);
  g_autofree char *first = cs_address_to_string (low);
  g_autofree char *last = cs_address_to_string (high);
  CsCidr network = { low, 0 };

  if (cs_address_equal (low, high))
    return g_steal_pointer (&first);
  while (!cs_cidr_is_address (network)
         && (!cs_address_equal (cs_cidr_network (network).address, low)
             || !cs_address_equal (cs_cidr_last (network), high)))
    network.prefix++;
  return cs_cidr_is_address (network) ? g_strdup_printf ("%s-%s", first, last)
                                      : cs_cidr_to_string (network);
}

static char *
protocol_of (const CsMatchRange *range)
{
  switch (range->low[0])
    {
    case IPPROTO_TCP:
      return g_strdup ("tcp");
    case IPPROTO_UDP:
      return g_strdup ("udp");
    case IPPROTO_ICMP:
      return g_strdup ("icmp");
    case IPPROTO_ICMPV6:
      return g_strdup (CS_ICMPV6_WORDS);
    default:
      return numbers_of (range, 1);
    }
}

static char *
state_of (const CsMatchRange *range)
{
  switch (number_of (range->low, 4))
    {
    case CS_CT_INVALID:
      return g_strdup ("invalid");
    case CS_CT_ESTABLISHED:
      return g_strdup ("established");
    case CS_CT_RELATED:
      return g_strdup ("related");
    case CS_CT_NEW:
      return g_strdup ("new");
    default:
      return g_strdup ("untracked");
    }
}

static char *
type_of (const CsMatchRange *range)
{
  static const char *const types[] = {
    [RTN_UNICAST] = "unicast",
    [RTN_LOCAL] = "local",
    [RTN_BROADCAST] = "broadcast",
    [RTN_MULTICAST] = "multicast",
  };
  guint32 type = number_of (range->low, 4);

  return type < G_N_ELEMENTS (types) && types[type] ? g_strdup (types[type])
                                                    : g_strdup_printf ("%u", type);
}

static char *
value_of (CsMatchKey key, const CsMatchRange *range)
{
  switch (key)
    {
    case CS_MATCH_IIFNAME:
    case CS_MATCH_OIFNAME:
      return name_of (range);
    case CS_MATCH_SADDR:
    case CS_MATCH_DADDR:
      return addresses_of (AF_INET, range);
    case CS_MATCH_SADDR6:
    case CS_MATCH_DADDR6:
      return addresses_of (AF_INET6, range);
    case CS_MATCH_L4PROTO:
      return protocol_of (range);
    case CS_MATCH_CT_STATE:
      return state_of (range);
    case CS_MATCH_DTYPE:
      return type_of (range);
    case CS_MATCH_CT_MARK:
    case CS_MATCH_MARK:
      return g_strdup_printf ("0x%x", number_of (range->low, 4));
    case CS_MATCH_NFPROTO:
    case CS_MATCH_PKTTYPE:
    case CS_MATCH_ICMP6_TYPE:
      return numbers_of (range, 1);
    case CS_MATCH_SPORT:
    case CS_MATCH_DPORT:
    case CS_MATCH_ETHERTYPE:
      return numbers_of (range, 2);
    case CS_MATCH_CGROUP:
    case CS_MATCH_IIF:
    case CS_MATCH_OIF:
    case CS_MATCH_OTHER:
    case CS_MATCH_KEYS:
    default:
      return numbers_of (range, 4);
    }
}

/* Conditions are printed in this order. */
static const struct
{
  CsMatchKey key;
  const char *word;
} words[] = {
  { CS_MATCH_ETHERTYPE, "protocol " },
  { CS_MATCH_PKTTYPE, "pkttype " },
  { CS_MATCH_IIFNAME, "iifname " },
  { CS_MATCH_OIFNAME, "oifname " },
  { CS_MATCH_IIF, "iif " },
  { CS_MATCH_OIF, "oif " },
  { CS_MATCH_NFPROTO, "nfproto " },
  { CS_MATCH_SADDR, "ip saddr " },
  { CS_MATCH_DADDR, "ip daddr " },
  { CS_MATCH_SADDR6, "ip6 saddr " },
  { CS_MATCH_DADDR6, "ip6 daddr " },
  { CS_MATCH_DTYPE, "fib daddr type " },
  { CS_MATCH_L4PROTO, "" },
  { CS_MATCH_ICMP6_TYPE, "icmpv6 type " },
  { CS_MATCH_SPORT, "sport " },
  { CS_MATCH_DPORT, "dport " },
  { CS_MATCH_CT_STATE, "ct state " },
  { CS_MATCH_CT_MARK, "ct mark " },
  { CS_MATCH_MARK, "mark " },
  { CS_MATCH_CGROUP, "cgroup " },
  { CS_MATCH_OTHER, "..." },
};

static void
add_match (GString *out, const CsMatch *match, const char *word)
{
  g_string_append (out, word);
  if (match->inverted)
    g_string_append (out, "!= ");
  for (guint i = 0; i < match->ranges->len && match->key != CS_MATCH_OTHER; i++)
    {
      g_autofree char *value
          = value_of (match->key, &g_array_index (match->ranges, CsMatchRange, i));

      g_string_append_printf (out, "%s%s", i ? "," : "", value);
    }
  g_string_append_c (out, ' ');
}

char *
cs_filter_rule_to_string (const CsFilterRule *rule)
{
  static const char *const verdicts[] = {
    [CS_VERDICT_NONE] = "continue", [CS_VERDICT_ACCEPT] = "accept",
    [CS_VERDICT_DROP] = "drop",     [CS_VERDICT_REJECT] = "reject",
    [CS_VERDICT_JUMP] = "jump ",    [CS_VERDICT_GOTO] = "goto ",
    [CS_VERDICT_RETURN] = "return", [CS_VERDICT_OTHER] = "queue",
  };
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint k = 0; k < rule->matches->len; k++)
      {
        const CsMatch *match = rule->matches->pdata[k];

        if (match->key == words[i].key)
          add_match (out, match, words[i].word);
      }
  g_string_append (out, verdicts[rule->verdict]);
  if (rule->target)
    g_string_append (out, rule->target);
  return g_string_free (out, FALSE);
}
