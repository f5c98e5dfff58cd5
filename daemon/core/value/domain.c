/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plain text. */
#include "domain.h"

#include <string.h>

#define MOST_LETTERS  253
#define MOST_OF_LABEL 63

static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  return length >= 1 && length <= MOST_OF_LABEL && label[0] != '-'
         && label[length - 1] != '-'
         && strspn (label, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_") == length;
}

gboolean
cs_domain_is_valid (const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  if (strlen (name) > MOST_LETTERS || !labels[0])
    return FALSE;
  for (char **label = labels; *label; label++)
    if (!is_label (*label))
      return FALSE;
  return TRUE;
}

gboolean
cs_domain_is_special (const char *name)
{
  static const char *const special[] = { "invalid", "local", "localhost", "onion" };
  const char *dot = strrchr (name, '.');
  const char *last = dot ? dot + 1 : name;

  for (gsize i = 0; i < G_N_ELEMENTS (special); i++)
    if (g_ascii_strcasecmp (last, special[i]) == 0)
      return TRUE;
  return g_ascii_strcasecmp (last, "arpa") == 0
         && g_ascii_strcasecmp (name, "home.arpa") != 0;
}

char *
cs_domain_host_label (const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name ? name : "", ".", 2);

  return labels[0] && is_label (labels[0]) ? g_ascii_strdown (labels[0], -1) : NULL;
}

/* A byte of IPv4, half a byte of IPv6: what is between two dots. */
static guint
part_of (const CsAddress *address, guint i)
{
  if (address->family == AF_INET)
    return address->bytes[i];
  return i % 2 ? address->bytes[i / 2] & 0xf : address->bytes[i / 2] >> 4;
}

char **
cs_domain_reverse_zones (CsCidr network)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean ipv4 = network.address.family == AF_INET;
  const CsAddress first = cs_cidr_network (network).address;
  guint bits = ipv4 ? 8 : 4;
  guint parts = (network.prefix + bits - 1) / bits;
  guint count = 1u << (parts * bits - network.prefix);

  for (guint i = 0; i < count; i++)
    {
      GString *zone = g_string_new (NULL);

      for (guint k = parts; k > 0; k--)
        g_string_append_printf (zone, ipv4 ? "%u." : "%x.",
                                part_of (&first, k - 1) + (k == parts ? i : 0));
      g_string_append (zone, ipv4 ? "in-addr.arpa" : "ip6.arpa");
      g_strv_builder_add (builder, zone->str);
      g_string_free (zone, TRUE);
    }
  return g_strv_builder_end (builder);
}
