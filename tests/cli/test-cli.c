/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of sharectl: tables of values and what is printed for them. */
#include "describe.h"
#include "dictionary.h"
#include "json.h"
#include "lan-address.h"
#include "near.h"
#include "output.h"
#include "quantity.h"

static void
test_bytes (void)
{
  static const struct
  {
    guint64 bytes;
    const char *text;
  } rows[] = {
    { 0, "0 bytes" },           { 999, "999 bytes" },
    { 1000, "1.0 kB" },         { 1049, "1.0 kB" },
    { 1051, "1.1 kB" },         { 999949, "999.9 kB" },
    { 999950, "1.0 MB" },       { G_GUINT64_CONSTANT (1500000000), "1.5 GB" },
    { G_MAXUINT64, "18.4 EB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = cs_output_bytes (rows[i].bytes);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_quantity (void)
{
  static const struct
  {
    const char *text;
    guint64 value;
    const char *again; /* NULL: it is the same */
  } rows[] = {
    { "0", 0, NULL },
    { "none", 0, "0" },
    { "999", 999, NULL },
    { "1000", 1000, "1k" },
    { "1k", 1000, NULL },
    { "1K", 1000, "1k" },
    { "500M", 500000000, NULL },
    { "10g", G_GUINT64_CONSTANT (10000000000), "10G" },
    { "2T", G_GUINT64_CONSTANT (2000000000000), NULL },
    { "1.5G", G_GUINT64_CONSTANT (1500000000), NULL },
    { "1.50G", G_GUINT64_CONSTANT (1500000000), "1.5G" },
    { "1.001k", 1001, NULL },
    { "0.5M", 500000, "500k" },
    { "007", 7, "7" },
    { "12345T", G_GUINT64_CONSTANT (12345000000000000), NULL },
    { "18446744073709551615", G_MAXUINT64, "18446744.073709551615T" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint64 value;
      g_autofree char *again = cs_quantity_to_string (rows[i].value);

      g_assert_true (cs_quantity_parse (rows[i].text, &value));
      g_assert_cmpuint (value, ==, rows[i].value);
      g_assert_cmpstr (again, ==, rows[i].again != NULL ? rows[i].again : rows[i].text);
    }
}

static void
test_no_quantity (void)
{
  static const char *const texts[]
      = { "",     "G",        "-1",  "+1",    " 1",   "1 G",    "10GB",
          "10X",  "1,5G",     "1.",  "1.G",   ".5G",  "1.5",    "1.2345k",
          "1e3",  "0x10",     "1GG", "month", "NONE", "1.5.5G", "18446744073709551616",
          "19E3", "99999999T" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint64 value;

      g_test_message ("%s", texts[i]);
      g_assert_false (cs_quantity_parse (texts[i], &value));
    }
}

static void
test_clean (void)
{
  static const struct
  {
    const char *text;
    const char *clean;
    const char *line;
  } rows[] = {
    { "", "", "" },
    { "Büro 5", "Büro 5", "Büro 5" },
    { "a\n\tb", "a\n\tb", "a b" },
    { " a  b ", " a  b ", " a  b " },
    { "a \n b", "a \n b", "a b" },
    { "a\342\200\256b" /* from right to left */, "a\\x202eb", "a\\x202eb" },
    { "\033[31mred\a", "\\x1b[31mred\\x07", "\\x1b[31mred\\x07" },
    { "\302\233" /* CSI of one character */, "\\x9b", "\\x9b" },
    { "\177", "\\x7f", "\\x7f" },
    { "a\377b", "a\357\277\275b", "a\357\277\275b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *clean = cs_output_clean (rows[i].text);
      g_autofree char *line = cs_output_line (rows[i].text);

      g_assert_cmpstr (clean, ==, rows[i].clean);
      g_assert_cmpstr (line, ==, rows[i].line);
    }
}

static void
test_table (void)
{
  static const char *const headings[] = { "NAME", "STATE", "NOTE", NULL };
  static const char *const first[] = { "東京", "active", "" };
  static const char *const second[] = { "lan0\nx", "waiting", "two words" };
  g_autoptr (CsTable) table = cs_table_new (headings);
  g_autofree char *plain = NULL;
  g_autofree char *colored = NULL;

  cs_table_add (table, first);
  cs_table_add (table, second);
  plain = cs_table_render (table, FALSE);
  colored = cs_table_render (table, TRUE);
  g_assert_cmpstr (plain, ==,
                   "NAME    STATE    NOTE\n"
                   "東京    active   -\n"
                   "lan0 x  waiting  two words\n");
  g_assert_cmpstr (colored, ==,
                   "\033[1mNAME\033[0m    \033[1mSTATE\033[0m    \033[1mNOTE\033[0m\n"
                   "東京    \033[32mactive\033[0m   -\n"
                   "lan0 x  \033[33mwaiting\033[0m  two words\n");
}

static void
test_fit (void)
{
  static const char *const headings[] = { "NAME", "CONNECTION", "NOTE", NULL };
  static const char *const elastic[] = { "NOTE", "CONNECTION", NULL };
  static const char *const cells[] = { "lan0", "東京 wired now", "one two three four" };
  static const struct
  {
    guint columns;
    const char *text;
  } rows[] = {
    { 0, "NAME  CONNECTION      NOTE\nlan0  東京 wired now  one two three four\n" },
    { 40, "NAME  CONNECTION      NOTE\nlan0  東京 wired now  one two three four\n" },
    { 36, "NAME  CONNECTION      NOTE\nlan0  東京 wired now  one two three…\n" },
    { 30, "NAME  CONNECTION      NOTE\nlan0  東京 wired now  one two…\n" },
    { 1, "NAME  CONNEC…  NOTE\nlan0  東京 w…  one tw…\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsTable) table = cs_table_new (headings);
      g_autofree char *text = NULL;

      cs_table_add (table, cells);
      cs_table_fit (table, rows[i].columns, elastic);
      text = cs_table_render (table, FALSE);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_near (void)
{
  static const char *const names[]
      = { "ppp0", "wlan0", "Mobile broadband", "status", "share", "unshare", NULL };
  static const struct
  {
    const char *word;
    const char *nearest;
  } rows[] = {
    { "pp0", "ppp0" },
    { "PPP0", "ppp0" },
    { "ppp1", "ppp0" },
    { "ppp0", NULL },
    { "wlna0", "wlan0" },
    { "Mobile", "Mobile broadband" },
    { "mobil", "Mobile broadband" },
    { "Mobiel brodbant", "Mobile broadband" },
    { "statsu", "status" },
    { "shares", "share" },
    { "un", NULL },
    { "x", NULL },
    { "", NULL },
    { "Büro", NULL },
    { "eth0", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (cs_near_find (rows[i].word, names), ==, rows[i].nearest);
}

static void
test_network (void)
{
  static const struct
  {
    const char *address;
    const char *network;
  } rows[] = {
    { "192.168.137.1/24", "192.168.137.0/24" },
    { "10.0.255.254/16", "10.0.0.0/16" },
    { "10.0.0.6/30", "10.0.0.4/30" },
    { "10.0.0.6/32", "10.0.0.6/32" },
    { "", "" },
    { "10.0.0.6", "10.0.0.6" },
    { "10.0.0.6/33", "10.0.0.6/33" },
    { "nonsense/24", "nonsense/24" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *network = cs_describe_network (rows[i].address);

      g_assert_cmpstr (network, ==, rows[i].network);
    }
}

static void
test_public (void)
{
  static const struct
  {
    const char *address;
    gboolean public;
  } rows[] = {
    { "8.8.8.1/24", TRUE },
    { "172.32.0.1/16", TRUE },
    { "192.169.0.1/24", TRUE },
    { "11.0.0.1/8", TRUE },
    { "100.128.0.1/24", TRUE },
    { "198.20.0.1/24", TRUE },
    { "10.0.0.1/8", FALSE },
    { "172.31.0.1/16", FALSE },
    { "192.168.50.1/24", FALSE },
    { "100.127.0.1/24", FALSE },
    { "198.19.9.1/24", FALSE },
    { "198.51.100.1/24", FALSE },
    { "192.0.2.1/24", FALSE },
    { "203.0.113.1/24", FALSE },
    { "169.254.7.1/24", FALSE },
    { "192.0.0.2/24", FALSE },
    { "", FALSE },
    { "nonsense", FALSE },
    { "2001:db8::1/64", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (cs_lan_address_is_public (rows[i].address), ==, rows[i].public);
}

static void
test_share (void)
{
  static const struct
  {
    const char *state, *reason, *message, *wan, *uplink, *address;
    const char *sentence;
  } rows[] = {
    { "active", "none", "lan0 is shared via ppp0", "ppp0", "ppp0", "10.0.0.1/8",
      "lan0 is shared via ppp0: clients get addresses from 10.0.0.0/8" },
    { "active", "none", "lan0 is shared via eth1 (auto)", "auto", "eth1", "10.0.0.1/8",
      "lan0 is shared via eth1 (auto): clients get addresses from 10.0.0.0/8" },
    { "active", "none", "lan0 is shared via ppp0", "ppp0", "ppp0", "",
      "lan0 is shared via ppp0: its addresses are left as they are" },
    { "waiting", "uplink-missing", "ppp0 does not exist", "ppp0", "", "10.0.0.1/8",
      "lan0 is waiting: ppp0 does not exist; sharing begins when it appears" },
    { "waiting", "uplink-down", "ppp0 has no link", "ppp0", "", "",
      "lan0 is waiting: ppp0 has no link; sharing begins when it is connected" },
    { "waiting", "lan-missing", "lan0 does not exist", "ppp0", "ppp0", "",
      "lan0 is waiting: lan0 does not exist; sharing begins when it appears" },
    { "waiting", "no-primary", "offline", "auto", "", "",
      "lan0 is waiting: offline; sharing begins when there is one to share" },
    { "waiting", "uplink-missing", "ppp0 does not exist; wlan0 has no link", "ppp0,wlan0",
      "", "",
      "lan0 is waiting: ppp0 does not exist; wlan0 has no link; sharing begins when one "
      "of them is ready" },
    { "waiting", "uplink-down", "ppp0 has no link; offline", "ppp0,auto", "", "",
      "lan0 is waiting: ppp0 has no link; offline; sharing begins when one of them is "
      "ready" },
    { "waiting", "lan-missing", "lan0 does not exist", "ppp0,auto", "ppp0", "",
      "lan0 is waiting: lan0 does not exist; sharing begins when it appears" },
    { "waiting", "uplink-dialing", "connecting \"Mobile\"", "Mobile", "", "",
      "lan0 is waiting: connecting \"Mobile\"" },
    { "waiting", "uplink-unknown", "there is no connection profile \"M\"; so and so", "M",
      "", "", "lan0 is waiting: there is no connection profile \"M\"; so and so" },
    { "waiting", "lan-taken", "the user disconnected lan0; so and so", "ppp0", "", "",
      "lan0 is waiting: the user disconnected lan0; so and so" },
    { "waiting", "lan-without-address", "lan0 has no IPv4 address", "ppp0", "ppp0", "",
      "lan0 is waiting: lan0 has no IPv4 address; give it one, or use --no-keep-lan" },
    { "waiting", "of-a-later-version", "so and so", "ppp0", "", "",
      "lan0 is waiting: so and so" },
    { "failed", "address-conflict", "eth0 is in the way", "ppp0", "", "",
      "lan0 has failed: eth0 is in the way" },
    { "starting", "none", "", "ppp0", "", "", "lan0 is starting" },
    { "starting", "none", "a\033\nb", "ppp0", "", "", "lan0 is starting: a\\x1b b" },
    { NULL, NULL, NULL, NULL, NULL, NULL, "lan0 is" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsDbusShare) share = cs_dbus_share_skeleton_new ();
      g_autofree char *sentence = NULL;

      g_object_set (share, "lan", "lan0", "state", rows[i].state, "state-reason",
                    rows[i].reason, "state-message", rows[i].message, "wan", rows[i].wan,
                    "uplink", rows[i].uplink, "address", rows[i].address, NULL);
      sentence = cs_describe_share (share);
      g_assert_cmpstr (sentence, ==, rows[i].sentence);
    }
}

static void
test_options (void)
{
  static const struct
  {
    const char *options; /* as g_variant_parse () reads it */
    const char *text;
    const char *json;
  } rows[] = {
    { "@a{sv} {}", "", "{}\n" },
    { "{'persistent': <false>}", "", "{\"persistent\":false}\n" },
    { "{'keep-lan': <true>}", "keep-lan", "{\"keep_lan\":true}\n" },
    { "{'dial': <false>}", "no dial", "{\"dial\":false}\n" },
    { "{'address': <'10.0.0.1/8'>}", "address=10.0.0.1/8",
      "{\"address\":\"10.0.0.1/8\"}\n" },
    { "{'dns': <['1.1.1.1', '9.9.9.9']>}", "dns=1.1.1.1,9.9.9.9",
      "{\"dns\":[\"1.1.1.1\",\"9.9.9.9\"]}\n" },
    { "{'channel': <uint32 6>}", "channel=6", "{\"channel\":6}\n" },
    { "{'a': <{'b-c': <uint64 7>}>}", "a={'b-c': <uint64 7>}", "{\"a\":{\"b_c\":7}}\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) options
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].options, NULL, NULL, NULL);
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autofree char *text = cs_describe_options (options);
      g_autofree char *json = NULL;

      json_builder_begin_object (builder);
      cs_json_add_dictionary (builder, options);
      json_builder_end_object (builder);
      json = cs_json_to_line (builder);
      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpstr (json, ==, rows[i].json);
    }
}

/* A service of another version may have less, or something else. */
static void
test_dictionary (void)
{
  static const struct
  {
    const char *key;
    const char *string;
    gboolean boolean;
    const char *joined;
  } rows[] = {
    { "string", "a", FALSE, "a" }, { "strings", "", FALSE, "a|b" },
    { "none", "", FALSE, "" },     { "boolean", "", TRUE, "" },
    { "number", "", FALSE, "" },   { "missing", "", FALSE, "" },
  };
  g_autoptr (GVariant) dictionary
      = g_variant_parse (G_VARIANT_TYPE_VARDICT,
                         "{'string': <'a'>, 'strings': <['a', 'b']>, 'none': <@as []>,"
                         " 'boolean': <true>, 'number': <7>}",
                         NULL, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *joined = cs_dictionary_join_strings (dictionary, rows[i].key, "|");

      g_assert_cmpstr (cs_dictionary_get_string (dictionary, rows[i].key), ==,
                       rows[i].string);
      g_assert_cmpint (cs_dictionary_get_boolean (dictionary, rows[i].key), ==,
                       rows[i].boolean);
      g_assert_cmpstr (joined, ==, rows[i].joined);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/bytes", test_bytes);
  g_test_add_func ("/cli/quantity", test_quantity);
  g_test_add_func ("/cli/no-quantity", test_no_quantity);
  g_test_add_func ("/cli/clean", test_clean);
  g_test_add_func ("/cli/table", test_table);
  g_test_add_func ("/cli/fit", test_fit);
  g_test_add_func ("/cli/near", test_near);
  g_test_add_func ("/cli/network", test_network);
  g_test_add_func ("/cli/public", test_public);
  g_test_add_func ("/cli/share", test_share);
  g_test_add_func ("/cli/options", test_options);
  g_test_add_func ("/cli/dictionary", test_dictionary);
  return g_test_run ();
}
