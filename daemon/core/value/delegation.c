/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delegation.h"

#include "ipv6.h"

#include <string.h>

gboolean
cs_duid_equal (const CsDuid *a, const CsDuid *b)
{
  return a->size == b->size && memcmp (a->bytes, b->bytes, a->size) == 0;
}

/* Packets to what is delegated end here, which whoever says that it is a wide part of the
 * Internet might want: a provider itself has 32 bits. */
#define WIDEST 32

static gboolean
is_usable (const CsDelegatedPrefix *prefix)
{
  return (cs_ipv6_is_global (prefix->network.address)
          || cs_ipv6_is_unique_local (prefix->network.address))
         && prefix->network.prefix >= WIDEST && prefix->network.prefix <= 64
         && prefix->preferred >= CS_DELEGATION_SHORTEST
         && prefix->preferred <= prefix->valid;
}

void
cs_delegation_add (CsDelegation *self, CsDelegatedPrefix prefix)
{
  if (!is_usable (&prefix) || self->count == CS_DELEGATION_PREFIXES)
    return;
  prefix.network = cs_cidr_network (prefix.network);
  self->prefixes[self->count++] = prefix;
}

static guint32
share_of (guint32 lifetime, guint percent)
{
  return lifetime == CS_LIFETIME_INFINITE ? lifetime
                                          : (guint32)((guint64)lifetime * percent / 100);
}

/* RFC 8415, section 14.2 for what a server leaves open, 21.21 for what is invalid. */
gboolean
cs_delegation_complete (CsDelegation *self)
{
  guint32 shortest = CS_LIFETIME_INFINITE;

  for (guint i = 0; i < self->count; i++)
    shortest = MIN (shortest, self->prefixes[i].preferred);
  if (self->count == 0
      || (self->renew > 0 && self->rebind > 0 && self->renew > self->rebind))
    return FALSE;
  if (self->renew == 0)
    self->renew = MIN (share_of (shortest, 50),
                       self->rebind > 0 ? self->rebind : CS_LIFETIME_INFINITE);
  if (self->rebind == 0)
    self->rebind = MAX (self->renew, share_of (shortest, 80));
  return TRUE;
}

static gint64
end_of (const CsDelegation *self, const CsDelegatedPrefix *prefix)
{
  return prefix->valid == CS_LIFETIME_INFINITE ? G_MAXINT64 : self->since + prefix->valid;
}

gint64
cs_delegation_get_end (const CsDelegation *self)
{
  gint64 end = 0;

  for (guint i = 0; i < self->count; i++)
    end = MAX (end, end_of (self, &self->prefixes[i]));
  return end;
}

gint64
cs_delegation_get_next_end (const CsDelegation *self, gint64 now)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < self->count; i++)
    {
      gint64 end = end_of (self, &self->prefixes[i]);

      if (end > now)
        next = MIN (next, end);
    }
  return next;
}

static int
compare_lives (gconstpointer a, gconstpointer b)
{
  guint32 left = ((const CsDelegatedPrefix *)a)->preferred;
  guint32 right = ((const CsDelegatedPrefix *)b)->preferred;

  return left > right ? -1 : left < right;
}

GArray *
cs_delegation_list (const CsDelegation *self, gint64 now)
{
  g_autoptr (GArray) alive = g_array_new (FALSE, FALSE, sizeof (CsDelegatedPrefix));
  GArray *networks = g_array_new (FALSE, TRUE, sizeof (CsCidr));

  for (guint i = 0; i < self->count; i++)
    if (end_of (self, &self->prefixes[i]) > now)
      g_array_append_val (alive, self->prefixes[i]);
  g_array_sort (alive, compare_lives);
  for (guint i = 0; i < alive->len; i++)
    g_array_append_val (networks, g_array_index (alive, CsDelegatedPrefix, i).network);
  return networks;
}

/* --- As text ---------------------------------------------------------------------- */

char *
cs_delegation_print (const CsDelegation *self)
{
  GString *text = g_string_new ("server ");

  for (guint i = 0; i < self->server.size; i++)
    g_string_append_printf (text, "%02x", self->server.bytes[i]);
  g_string_append_printf (text, "\ntimes %" G_GINT64_FORMAT " %u %u\n", self->since,
                          self->renew, self->rebind);
  for (guint i = 0; i < self->count; i++)
    {
      const CsDelegatedPrefix *prefix = &self->prefixes[i];
      g_autofree char *network = cs_cidr_to_string (prefix->network);

      g_string_append_printf (text, "prefix %s %u %u\n", network, prefix->preferred,
                              prefix->valid);
    }
  return g_string_free (text, FALSE);
}

static gboolean
parse_duid (const char *text, CsDuid *duid)
{
  gsize size = strlen (text) / 2;

  if (size == 0 || size > CS_DUID_MAX || strspn (text, "0123456789abcdef") != size * 2
      || text[size * 2] != '\0')
    return FALSE;
  duid->size = (guint8)size;
  for (gsize i = 0; i < size; i++)
    duid->bytes[i] = (guint8)(g_ascii_xdigit_value (text[2 * i]) << 4
                              | g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}

static gboolean
parse_seconds (const char *text, guint32 *seconds)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *seconds = (guint32)value;
  return TRUE;
}

static gboolean
parse_prefix (char **words, CsDelegation *self)
{
  CsDelegatedPrefix prefix = { 0 };
  guint before = self->count;

  if (!cs_cidr_parse (words[1], &prefix.network, NULL)
      || !parse_seconds (words[2], &prefix.preferred)
      || !parse_seconds (words[3], &prefix.valid))
    return FALSE;
  cs_delegation_add (self, prefix);
  return self->count > before;
}

static gboolean
parse_line (const char *line, CsDelegation *self)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint count = g_strv_length (words);

  if (count == 2 && g_str_equal (words[0], "server"))
    return parse_duid (words[1], &self->server);
  if (count == 4 && g_str_equal (words[0], "times"))
    return g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT32, &self->since, NULL)
           && parse_seconds (words[2], &self->renew)
           && parse_seconds (words[3], &self->rebind);
  return count == 4 && g_str_equal (words[0], "prefix") && parse_prefix (words, self);
}

gboolean
cs_delegation_parse (const char *text, CsDelegation *self)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  *self = (CsDelegation){ 0 };
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && !parse_line (*line, self))
      return FALSE;
  return self->server.size > 0 && cs_delegation_complete (self);
}
