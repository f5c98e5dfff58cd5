/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Five small functions for each kind, and the table of them. */
#include "field-types.h"

#include "place.h"
#include "routes.h"

char **
cs_strv_one (char *text)
{
  char **strv = g_new0 (char *, 2);

  strv[0] = text;
  return strv;
}

static void
clear_string (gpointer value)
{
  g_clear_pointer ((char **)value, g_free);
}

static void
copy_string (gpointer to, gconstpointer from)
{
  *(char **)to = g_strdup (*(char *const *)from);
}

static gboolean
strings_equal (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b) == 0;
}

static char **
write_string (gconstpointer value)
{
  const char *text = *(char *const *)value;

  return text ? cs_strv_one (g_strdup (text)) : NULL;
}

static gboolean
read_string (gpointer value, const char *const *text)
{
  *(char **)value = g_strdup (text[0]);
  return TRUE;
}

static void
clear_number (gpointer value)
{
  *(guint *)value = 0;
}

static void
copy_number (gpointer to, gconstpointer from)
{
  *(guint *)to = *(const guint *)from;
}

static gboolean
numbers_equal (gconstpointer a, gconstpointer b)
{
  return *(const guint *)a == *(const guint *)b;
}

static char **
write_bool (gconstpointer value)
{
  return cs_strv_one (g_strdup (*(const gboolean *)value ? "true" : "false"));
}

static gboolean
read_bool (gpointer value, const char *const *text)
{
  *(gboolean *)value = g_str_equal (text[0], "true");
  return *(gboolean *)value || g_str_equal (text[0], "false");
}

static char **
write_number (gconstpointer value)
{
  return cs_strv_one (g_strdup_printf ("%u", *(const guint *)value));
}

static gboolean
read_number (gpointer value, const char *const *text)
{
  guint64 number = 0;
  gboolean ok = g_ascii_string_to_unsigned (text[0], 10, 0, G_MAXUINT32, &number, NULL);

  *(guint *)value = (guint)number;
  return ok;
}

static void
clear_time (gpointer value)
{
  *(gint64 *)value = 0;
}

static void
copy_time (gpointer to, gconstpointer from)
{
  *(gint64 *)to = *(const gint64 *)from;
}

static gboolean
times_equal (gconstpointer a, gconstpointer b)
{
  return *(const gint64 *)a == *(const gint64 *)b;
}

static char **
write_time (gconstpointer value)
{
  return cs_strv_one (g_strdup_printf ("%" G_GINT64_FORMAT, *(const gint64 *)value));
}

static gboolean
read_time (gpointer value, const char *const *text)
{
  return g_ascii_string_to_signed (text[0], 10, 0, G_MAXINT64, value, NULL);
}

static char **
write_size (gconstpointer value)
{
  guint64 size = *(const guint64 *)value;

  return size ? cs_strv_one (g_strdup_printf ("%" G_GUINT64_FORMAT, size)) : NULL;
}

static gboolean
read_size (gpointer value, const char *const *text)
{
  return g_ascii_string_to_unsigned (text[0], 10, 0, G_MAXINT64, value, NULL);
}

static void
clear_cidr (gpointer value)
{
  *(CsCidr *)value = (CsCidr){ 0 };
}

static void
copy_cidr (gpointer to, gconstpointer from)
{
  *(CsCidr *)to = *(const CsCidr *)from;
}

static gboolean
cidrs_equal (gconstpointer a, gconstpointer b)
{
  return cs_cidr_equal (*(const CsCidr *)a, *(const CsCidr *)b);
}

static char **
write_cidr (gconstpointer value)
{
  CsCidr cidr = *(const CsCidr *)value;

  return cidr.prefix ? cs_strv_one (cs_cidr_to_string (cidr)) : NULL;
}

/* "" is absent: so an Update () can restore the default. */
static gboolean
read_cidr (gpointer value, const char *const *text)
{
  CsCidr *cidr = value;

  return text[0][0] == '\0' || (cs_cidr_parse (text[0], cidr, NULL) && cidr->prefix != 0);
}

static void
clear_strv (gpointer value)
{
  g_clear_pointer ((char ***)value, g_strfreev);
}

static void
copy_strv (gpointer to, gconstpointer from)
{
  *(char ***)to = g_strdupv (*(char **const *)from);
}

static gboolean
strvs_equal (gconstpointer a, gconstpointer b)
{
  const char *const *strv = *(const char *const *const *)a;
  const char *const *other = *(const char *const *const *)b;

  return strv && other ? g_strv_equal (strv, other) : strv == other;
}

static char **
write_strv (gconstpointer value)
{
  return g_strdupv (*(char **const *)value);
}

static gboolean
read_strv (gpointer value, const char *const *text)
{
  *(char ***)value = text[0] ? g_strdupv ((char **)text) : NULL;
  return TRUE;
}

static char **
write_places (gconstpointer value)
{
  return cs_places_to_words (*(const guint *)value);
}

static gboolean
read_places (gpointer value, const char *const *text)
{
  return cs_places_from_words (text, value);
}

static void
copy_array (gpointer to, gconstpointer from)
{
  const GArray *array = *(GArray *const *)from;

  g_array_append_vals (*(GArray **)to, array->data, array->len);
}

static void
clear_addresses (gpointer value)
{
  g_clear_pointer ((GArray **)value, g_array_unref);
  *(GArray **)value = cs_addresses_new ();
}

static gboolean
address_lists_equal (gconstpointer a, gconstpointer b)
{
  return cs_addresses_equal (*(GArray *const *)a, *(GArray *const *)b);
}

static char **
write_addresses (gconstpointer value)
{
  const GArray *addresses = *(GArray *const *)value;
  char **strv = addresses->len > 0 ? g_new0 (char *, addresses->len + 1) : NULL;

  for (guint i = 0; i < addresses->len; i++)
    strv[i] = cs_address_to_string (g_array_index (addresses, CsAddress, i));
  return strv;
}

static gboolean
read_addresses (gpointer value, const char *const *text)
{
  for (; *text; text++)
    {
      CsAddress address;

      if (!cs_address_parse (*text, &address))
        return FALSE;
      cs_addresses_add (*(GArray **)value, address);
    }
  return TRUE;
}

static void
clear_cidrs (gpointer value)
{
  g_clear_pointer ((GArray **)value, g_array_unref);
  *(GArray **)value = g_array_new (FALSE, TRUE, sizeof (CsCidr));
}

static gboolean
cidr_lists_equal (gconstpointer a, gconstpointer b)
{
  return cs_cidrs_equal (*(GArray *const *)a, *(GArray *const *)b);
}

static char **
write_cidrs (gconstpointer value)
{
  const GArray *cidrs = *(GArray *const *)value;
  char **strv = g_new0 (char *, cidrs->len + 1);

  for (guint i = 0; i < cidrs->len; i++)
    strv[i] = cs_cidr_to_string (g_array_index (cidrs, CsCidr, i));
  return strv;
}

static gboolean
read_cidrs (gpointer value, const char *const *text)
{
  for (; *text; text++)
    {
      CsCidr cidr;

      if (!cs_cidr_parse (*text, &cidr, NULL))
        return FALSE;
      g_array_append_val (*(GArray **)value, cidr);
    }
  return TRUE;
}

static void
clear_routes (gpointer value)
{
  g_clear_pointer ((GArray **)value, g_array_unref);
  *(GArray **)value = g_array_new (FALSE, TRUE, sizeof (CsRoute));
}

static gboolean
routes_equal (gconstpointer a, gconstpointer b)
{
  const GArray *routes = *(GArray *const *)a, *others = *(GArray *const *)b;
  gboolean equal = routes->len == others->len;

  for (guint i = 0; equal && i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);
      const CsRoute *other = &g_array_index (others, CsRoute, i);

      equal = cs_route_equal (route, other) && route->onlink == other->onlink
              && route->table == other->table;
    }
  return equal;
}

static char *
address_to_text (CsAddress address)
{
  return cs_address_is_set (address) ? cs_address_to_string (address)
                                     : g_strdup ("0.0.0.0");
}

static gboolean
address_from_text (const char *text, CsAddress *address)
{
  if (!cs_address_parse (text, address))
    return FALSE;
  if (cs_address_is_any (*address))
    *address = (CsAddress){ 0 };
  return TRUE;
}

/* "DESTINATION GATEWAY SOURCE METRIC IFINDEX ONLINK TABLE" each; 0.0.0.0 means no
 * gateway, or no source. */
static char **
write_routes (gconstpointer value)
{
  const GArray *routes = *(GArray *const *)value;
  char **strv = g_new0 (char *, routes->len + 1);

  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);
      g_autofree char *destination = cs_cidr_to_string (route->destination);
      g_autofree char *gateway = address_to_text (route->gateway);
      g_autofree char *source = address_to_text (route->source);

      strv[i]
          = g_strdup_printf ("%s %s %s %u %d %d %u", destination, gateway, source,
                             route->metric, route->ifindex, route->onlink, route->table);
    }
  return strv;
}

static gboolean
read_route (CsRoute *route, const char *text)
{
  g_auto (GStrv) word = g_strsplit (text, " ", 8);
  const struct
  {
    guint64 max;
    gpointer value;
  } numbers[] = { { G_MAXUINT32, &route->metric },
                  { G_MAXINT, &route->ifindex },
                  { 1, &route->onlink },
                  { G_MAXUINT32, &route->table } };

  if (g_strv_length (word) != 7 || !cs_cidr_parse (word[0], &route->destination, NULL)
      || !address_from_text (word[1], &route->gateway)
      || !address_from_text (word[2], &route->source))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (word[3 + i], 10, 0, numbers[i].max, &number, NULL))
        return FALSE;
      *(guint *)numbers[i].value = (guint)number;
    }
  route->unicast = TRUE;
  return TRUE;
}

static gboolean
read_routes (gpointer value, const char *const *text)
{
  for (; *text; text++)
    {
      CsRoute route = { 0 };

      if (!read_route (&route, *text))
        return FALSE;
      g_array_append_val (*(GArray **)value, route);
    }
  return TRUE;
}

const CsFieldType cs_field_types[] = {
  [CS_FIELD_STRING] = { "s", "text", FALSE, clear_string, copy_string, strings_equal,
                        write_string, read_string },
  [CS_FIELD_SECRET] = { "s", "text", FALSE, clear_string, copy_string, strings_equal,
                        write_string, read_string },
  [CS_FIELD_BOOL] = { "b", "a boolean, true or false", FALSE, clear_number, copy_number,
                      numbers_equal, write_bool, read_bool },
  [CS_FIELD_NUMBER] = { "u", "a number", FALSE, clear_number, copy_number, numbers_equal,
                        write_number, read_number },
  [CS_FIELD_TIME]
  = { NULL, "a time", FALSE, clear_time, copy_time, times_equal, write_time, read_time },
  [CS_FIELD_SIZE]
  = { "t", "a number", FALSE, clear_time, copy_time, times_equal, write_size, read_size },
  [CS_FIELD_CIDR]
  = { "s", "an IPv4 address with a prefix length, such as 192.168.50.1/24", FALSE,
      clear_cidr, copy_cidr, cidrs_equal, write_cidr, read_cidr },
  [CS_FIELD_STRV] = { "as", "a list of strings", TRUE, clear_strv, copy_strv, strvs_equal,
                      write_strv, read_strv },
  [CS_FIELD_PLACES] = { NULL, "places for accepts", TRUE, clear_number, copy_number,
                        numbers_equal, write_places, read_places },
  [CS_FIELD_ADDRESSES] = { NULL, "a list of addresses", TRUE, clear_addresses, copy_array,
                           address_lists_equal, write_addresses, read_addresses },
  [CS_FIELD_CIDRS] = { NULL, "a list of networks", TRUE, clear_cidrs, copy_array,
                       cidr_lists_equal, write_cidrs, read_cidrs },
  [CS_FIELD_ROUTES] = { NULL, "a list of routes", TRUE, clear_routes, copy_array,
                        routes_equal, write_routes, read_routes },
};
