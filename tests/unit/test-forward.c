/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/render/ruleset-forwards.h"
#include "core/value/forward-table.h"
#include "dbus/errors.h"

#include <string.h>

#define MAC "02:00:00:00:00:01"

static CsForward *
parse (const char *line)
{
  CsForward *forward = cs_forward_from_line (line);

  g_assert_nonnull (forward);
  return forward;
}

static void
test_variant (void)
{
  static const struct
  {
    const char *text;
    const char *line; /* NULL: an error, ... */
    const char *word; /* ... that has this */
  } rows[] = {
    { "{'protocol': <'tcp'>, 'port': <uint16 80>, 'client': <'192.168.137.9'>}",
      "tcp 80 80 192.168.137.9 80 user 0 -" },
    { "{'protocol': <'udp'>, 'port': <uint16 5000>, 'end-port': <uint16 6023>,"
      " 'to-port': <uint16 7000>, 'client': <'02-00-00-00-00-01'>, 'name': <'a b'>}",
      "udp 5000 6023 " MAC " 7000 user 0 - a b" },
    { "{'protocol': <'tcp'>, 'port': <uint16 80>, 'client': <'2001:DB8::1'>}",
      "tcp 80 80 2001:db8::1 80 user 0 -" },
    { "@a{sv} {}", NULL, "\"protocol\"" },
    { "{'protocol': <'tcp'>, 'client': <'a'>}", NULL, "\"port\"" },
    { "{'protocol': <'tcp'>, 'port': <uint16 80>}", NULL, "\"client\"" },
    { "{'protocol': <'icmp'>}", NULL, "\"icmp\"" },
    { "{'protocol': <1>}", NULL, "\"protocol\"" },
    { "{'port': <80>}", NULL, "\"port\"" },
    { "{'port': <uint16 0>}", NULL, "\"port\" 0" },
    { "{'client': <''>}", NULL, "\"client\"" },
    { "{'name': <'a\\nb'>}", NULL, "\"name\"" },
    { "{'expires': <uint64 1>}", NULL, "\"expires\"" },
    { "{'protocol': <'tcp'>, 'port': <uint16 80>, 'end-port': <uint16 79>,"
      " 'client': <'a'>}",
      NULL, "\"end-port\" 79" },
    { "{'protocol': <'tcp'>, 'port': <uint16 80>, 'end-port': <uint16 1104>,"
      " 'client': <'a'>}",
      NULL, "1104" },
    { "{'protocol': <'tcp'>, 'port': <uint16 80>, 'end-port': <uint16 81>,"
      " 'to-port': <uint16 65535>, 'client': <'a'>}",
      NULL, "\"to-port\" 65535" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) variant
          = g_variant_ref_sink (g_variant_new_parsed (rows[i].text));
      g_autoptr (GError) error = NULL;
      g_autoptr (CsForward) forward = cs_forward_from_variant (variant, &error);
      g_autofree char *line = forward ? cs_forward_to_line (forward) : NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (line, ==, rows[i].line);
      if (rows[i].line)
        continue;
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, rows[i].word));
    }
}

static void
test_line (void)
{
  static const char *const good[] = {
    "tcp 80 80 192.168.137.9 80 user 0 -",
    "udp 1 1024 " MAC " 64512 pcp 1800000000 000102030405060708090a0b",
    "udp 65535 65535 2001:db8::1 1 nat-pmp 1 - a name",
    "tcp 80 80 192.168.137.9 80 upnp 0 - \xc3\xa4",
  };
  static const char *const bad[] = {
    "",
    "tcp",
    "tcp 80 80 192.168.137.9 80 user 0",
    "sctp 80 80 192.168.137.9 80 user 0 -",
    "tcp 0 80 192.168.137.9 80 user 0 -",
    "tcp 80 79 192.168.137.9 80 user 0 -",
    "tcp 1 1025 192.168.137.9 1 user 0 -",
    "tcp 1 2 192.168.137.9 65535 user 0 -",
    "tcp 80 80 phone 80 user 0 -",
    "tcp 80 80 02:00:00:00:00:0A 80 user 0 -",
    "tcp 80 80 192.168.137.9 80 nobody 0 -",
    "tcp 80 80 192.168.137.9 80 user -1 -",
    "tcp 80 80 192.168.137.9 80 user 0 00",
    "tcp 80 80 192.168.137.9 80 user 0 zz0102030405060708090a0b",
    "tcp 80 80 192.168.137.9 80 user 0 - ",
    "tcp 80 80 192.168.137.9 80 user 0 - a\tb",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (CsForward) forward = parse (good[i]);
      g_autoptr (CsForward) copy = cs_forward_copy (forward);
      g_autofree char *line = cs_forward_to_line (copy);

      g_assert_cmpstr (line, ==, good[i]);
      g_assert_true (cs_forward_equal (forward, copy));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (cs_forward_from_line (bad[i]));
}

static void
test_dict (void)
{
  g_autoptr (CsForward) forward
      = parse ("udp 5000 5001 " MAC " 7000 pcp 99 000102030405060708090a0b game");
  g_autofree char *words = cs_forward_to_string (forward);
  g_autofree char *text = NULL;
  g_autoptr (GVariant) variant = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  cs_forward_add_to_dict (forward, &dict);
  variant = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_cmpuint (g_variant_n_children (variant), ==, 8);
  g_assert_true (g_variant_lookup (variant, "origin", "s", &text));
  g_assert_cmpstr (text, ==, "pcp");
  g_assert_cmpstr (words, ==, "udp 5000-5001");
}

/* --- A table ----------------------------------------------------------------------- */

static void
test_table (void)
{
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (CsForward) rival = parse ("tcp 8085 8085 " MAC " 80 user 0 -");
  g_autoptr (CsForward) taken = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const CsForward *range;

  cs_forward_table_add (table, parse ("udp 80 80 192.168.137.9 80 user 0 -"));
  cs_forward_table_add (table, parse ("tcp 8080 8090 " MAC " 80 user 0 -"));
  range = cs_forward_table_find (table, 6, 8085, NULL);
  g_assert_nonnull (range);
  g_assert_cmpuint (range->port, ==, 8080);
  g_assert_null (cs_forward_table_find (table, 17, 8085, NULL));
  g_assert_true (cs_forward_table_find_rival (table, rival) == range);
  /* the same again, but for its name */
  cs_forward_table_add (table, parse ("tcp 8080 8090 " MAC " 80 user 0 - new"));
  g_assert_cmpuint (cs_forward_table_count (table), ==, 2);
  range = cs_forward_table_find (table, 6, 8090, NULL);
  g_assert_cmpstr (range->name, ==, "new");
  list = cs_forward_table_list (table);
  g_assert_true (list->pdata[0] == range);
  g_assert_cmpuint (cs_forward_table_find_client (table, MAC)->address.family, ==, 0);
  g_assert_cmpuint (cs_forward_table_find_client (table, "192.168.137.9")->address.family,
                    ==, AF_INET);
  taken = cs_forward_table_take (table, range);
  g_assert_cmpuint (cs_forward_table_count (table), ==, 1);
  g_assert_null (cs_forward_table_find (table, 6, 8085, NULL));
  g_assert_null (cs_forward_table_find_client (table, MAC));
}

/* Of IPv6, each address has its own ports. */
static void
test_pinholes (void)
{
  static const char text[] = "+ tcp 80 80 " MAC " 80 user 0 -\n"
                             "+ tcp 80 80 2001:db8::1 80 user 9 -\n"
                             "+ tcp 80 81 2001:db8::2 80 user 9 -\n"
                             "+ tcp 80 80 2001:db8::2 80 user 9 - taken\n"
                             "- tcp 80 2001:db8::1\n"
                             "- tcp 81 2001:db8::3\n"
                             "- tcp 82 nonsense\n";
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (CsForward) rival = parse ("tcp 81 81 2001:db8::2 81 pcp 9 -");
  g_autoptr (CsForward) other = parse ("tcp 81 81 2001:db8::3 81 pcp 9 -");
  g_autoptr (CsForward) ended = NULL;
  g_autofree char *line = NULL;
  const CsForward *range;

  g_assert_cmpuint (cs_forward_table_read (table, text), ==, 7);
  g_assert_cmpuint (cs_forward_table_count (table), ==, 2);
  range = cs_forward_table_find (table, 6, 81, "2001:db8::2");
  g_assert_nonnull (range);
  g_assert_true (cs_forward_table_find_rival (table, rival) == range);
  g_assert_null (cs_forward_table_find_rival (table, other));
  g_assert_null (cs_forward_table_find (table, 6, 81, NULL));
  g_assert_cmpstr (cs_forward_table_find (table, 6, 80, MAC)->client, ==, MAC);
  line = cs_forward_table_line_without (range);
  g_assert_cmpstr (line, ==, "- tcp 80 2001:db8::2\n");
  cs_forward_table_add (table, parse ("tcp 80 80 2001:db8::3 80 pcp 9 -"));
  ended = cs_forward_table_take (table, cs_forward_table_find_expired (table, 9));
  g_assert_cmpint (cs_forward_table_next_expiry (table), ==, 9);
  g_assert_cmpuint (cs_forward_table_count (table), ==, 2);
}

static void
test_ends (void)
{
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (CsForward) ended = NULL;
  const CsForward *first;

  g_assert_cmpint (cs_forward_table_next_expiry (table), ==, 0);
  cs_forward_table_add (table, parse ("tcp 1 1 " MAC " 1 pcp 200 -"));
  cs_forward_table_add (table, parse ("tcp 2 2 " MAC " 2 pcp 100 -"));
  cs_forward_table_add (table, parse ("tcp 3 3 " MAC " 3 user 0 -"));
  g_assert_cmpint (cs_forward_table_next_expiry (table), ==, 100);
  g_assert_null (cs_forward_table_find_expired (table, 99));
  /* renewed */
  cs_forward_table_add (table, parse ("tcp 1 1 " MAC " 1 pcp 50 -"));
  first = cs_forward_table_find_expired (table, 100);
  g_assert_cmpuint (first->port, ==, 1);
  ended = cs_forward_table_take (table, first);
  g_assert_cmpint (cs_forward_table_next_expiry (table), ==, 100);
}

static void
test_room (void)
{
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (CsForward) asked = parse ("udp 9 9 " MAC " 9 pcp 9 -");
  g_autoptr (CsForward) users = parse ("udp 9 9 " MAC " 9 user 0 -");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < CS_FORWARDS_CLIENT_MAX; i++)
    {
      g_autofree char *line
          = g_strdup_printf ("tcp %u %u " MAC " 1 upnp 0 -", 1024 + i, 1024 + i);

      g_assert_true (cs_forward_table_has_room (table, asked, NULL));
      cs_forward_table_add (table, parse (line));
    }
  g_assert_false (cs_forward_table_has_room (table, asked, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE);
  g_assert_true (cs_forward_table_has_room (table, users, NULL));
}

static void
test_text (void)
{
  static const char text[] = "+ tcp 80 80 " MAC " 80 user 0 - web\n"
                             "+ tcp 80 80 192.168.137.9 80 user 0 -\n" /* taken */
                             "+ udp 81 81 192.168.137.9 80 user 0 -\n"
                             "+ tcp 82 82 " MAC " 82 user 0 -\n"
                             "nonsense\n\n+ \n- tcp\n- tcp x\n= " MAC "\n"
                             "= " MAC " 192.168.137.77\n"
                             "= 192.168.137.9 10.0.0.1\n"
                             "- tcp 82\n"
                             "+ udp 83 83 192.1"; /* half a line */
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (CsForwardTable) again = cs_forward_table_new ();
  g_autofree char *short_text = NULL;

  g_assert_cmpuint (cs_forward_table_read (table, text), ==, 13);
  g_assert_cmpuint (cs_forward_table_count (table), ==, 2);
  short_text = cs_forward_table_to_text (table);
  g_assert_nonnull (strstr (short_text, "= " MAC " 192.168.137.77\n"));
  g_assert_nonnull (strstr (short_text, "= 192.168.137.9 192.168.137.9\n"));
  g_assert_cmpuint (cs_forward_table_read (again, short_text), ==, 4);
  g_assert_cmpuint (cs_forward_table_count (again), ==, 2);
}

/* --- Elements ---------------------------------------------------------------------- */

static void
on_element (CsForwardKind kind, const char *key, const char *value, gpointer text)
{
  g_string_append_printf (text, "%s { %s%s%s }\n", cs_forward_set_name (kind), key,
                          value ? " : " : "", value ? value : "");
}

static void
test_elements (void)
{
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  g_autoptr (GArray) uplinks = cs_addresses_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  CsForward *forward = parse ("udp 5000 5001 " MAC " 7000 user 0 -");
  CsForwardClient *client;
  CsAddress address6;

  cs_forward_table_add (table, forward);
  client = cs_forward_table_find_client (table, MAC);
  cs_addresses_add (uplinks, (CsAddress)CS_IPV4 (203, 0, 113, 5));
  cs_forward_visit_elements (forward, client, uplinks, on_element, text);
  g_assert_cmpstr (text->str, ==, "");
  client->address = (CsAddress)CS_IPV4 (192, 168, 137, 9);
  g_assert_true (cs_address_parse ("2001:db8::9", &address6));
  cs_addresses_add (client->addresses6, address6);
  cs_forward_visit_elements (forward, client, uplinks, on_element, text);
  g_assert_cmpstr (text->str, ==,
                   "forwards { udp . 5000 . 203.0.113.5 : 192.168.137.9 . 7000 }\n"
                   "forward_targets { 192.168.137.9 . udp . 7000 }\n"
                   "pinholes { 2001:db8::9 . udp . 7000 }\n"
                   "forwards { udp . 5001 . 203.0.113.5 : 192.168.137.9 . 7001 }\n"
                   "forward_targets { 192.168.137.9 . udp . 7001 }\n"
                   "pinholes { 2001:db8::9 . udp . 7001 }\n");
}

static void
test_kernel (void)
{
  static const guint8 map[] = { 6, 0, 0, 0, 0x1f, 0x90, 0, 0, 203, 0, 113, 5 };
  static const guint8 target[] = { 192, 168, 137, 9, 17, 0, 0, 0, 0, 80, 0, 0 };
  static const guint8 value[] = { 192, 168, 137, 9, 0, 80, 0, 0 };
  g_autofree char *map_key = cs_forward_key_from_kernel (CS_FORWARD_MAP, map, 12);
  g_autofree char *target_key
      = cs_forward_key_from_kernel (CS_FORWARD_TARGET, target, 12);
  g_autofree char *text = cs_forward_value_from_kernel (value, 8);

  g_assert_cmpstr (map_key, ==, "tcp . 8080 . 203.0.113.5");
  g_assert_cmpstr (target_key, ==, "192.168.137.9 . udp . 80");
  g_assert_cmpstr (text, ==, "192.168.137.9 . 80");
  g_assert_null (cs_forward_key_from_kernel (CS_FORWARD_PINHOLE, map, 12));
  g_assert_null (cs_forward_value_from_kernel (value, 7));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forward/variant", test_variant);
  g_test_add_func ("/forward/line", test_line);
  g_test_add_func ("/forward/dict", test_dict);
  g_test_add_func ("/forward/table", test_table);
  g_test_add_func ("/forward/pinholes", test_pinholes);
  g_test_add_func ("/forward/ends", test_ends);
  g_test_add_func ("/forward/room", test_room);
  g_test_add_func ("/forward/text", test_text);
  g_test_add_func ("/forward/elements", test_elements);
  g_test_add_func ("/forward/kernel", test_kernel);
  return g_test_run ();
}
