/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the desktop computes and keeps: amounts, rates, devices, ports, networks, the last
 * share.
 */
#include "amount.h"
#include "client.h"
#include "forward.h"
#include "last-share.h"
#include "limit.h"
#include "network.h"
#include "samples.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_rounded_rates (void)
{
  static const guint64 rows[][2] = { { 0, 10000 },
                                     { 10000, 10000 },
                                     { 10001, 20000 },
                                     { 123456, 200000 },
                                     { 2000001, 5000000 },
                                     { 7000000, 10000000 },
                                     { G_MAXUINT64, G_MAXUINT64 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (cs_rate_round_up (rows[i][0]), ==, rows[i][1]);
}

static void
test_rate_words (void)
{
  g_autofree char *words = cs_rate_format (1500000);

  g_assert_nonnull (strstr (words, "1.5"));
  g_assert_true (g_str_has_suffix (words, "MB/s"));
}

static void
check_rate (CsSamples *samples, guint age, guint64 sent, guint64 received)
{
  CsRate rate = cs_samples_get (samples, age);

  g_assert_cmpuint (rate.sent, ==, sent);
  g_assert_cmpuint (rate.received, ==, received);
}

static void
test_samples (void)
{
  g_autoptr (CsSamples) samples = cs_samples_new ();
  gint64 second = G_USEC_PER_SEC;

  cs_samples_add (samples, 10 * second, 500, 1000);
  check_rate (samples, 0, 0, 0); /* what was before is no rate */
  cs_samples_add (samples, 11 * second, 600, 3000);
  check_rate (samples, 0, 100, 2000);
  cs_samples_add (samples, 11 * second + second / 2, 700, 3000);
  check_rate (samples, 0, 200, 0);
  check_rate (samples, 1, 100, 2000);
  g_assert_cmpuint (cs_samples_get_peak (samples), ==, 2000);
}

static void
test_samples_after_gap (void)
{
  g_autoptr (CsSamples) samples = cs_samples_new ();
  gint64 second = G_USEC_PER_SEC;

  cs_samples_add (samples, second, 0, 0);
  cs_samples_add (samples, 4 * second, 300, 600);
  for (guint age = 0; age < 3; age++)
    check_rate (samples, age, 100, 200);
  check_rate (samples, 3, 0, 0);
  cs_samples_add (samples, 1000 * second, 300, 600);
  for (guint age = 0; age < CS_SAMPLES; age++)
    check_rate (samples, age, 0, 0);
}

/* A share that began again counts from zero. */
static void
test_samples_that_go_back (void)
{
  g_autoptr (CsSamples) samples = cs_samples_new ();

  cs_samples_add (samples, G_USEC_PER_SEC, 1000, 1000);
  cs_samples_add (samples, 2 * G_USEC_PER_SEC, 50, 1200);
  check_rate (samples, 0, 50, 200);
}

static void
test_clients (void)
{
  g_autoptr (GVariant) reply = g_variant_parse (
      G_VARIANT_TYPE ("(aa{sv})"),
      "([{'mac': <'4'>, 'state': <'blocked'>, 'name': <'A'>},"
      " {'mac': <'3'>, 'state': <'away'>, 'hostname': <'printer'>, 'vendor': <'HP'>},"
      " {'mac': <'2'>, 'state': <'online'>, 'hostname': <'zebra'>, 'private-mac': <true>,"
      "  'addresses': <['10.0.0.2', 'fd00::2']>, 'bytes-sent': <uint64 7>},"
      " {'mac': <'1'>, 'state': <'online'>, 'hostname': <'x'>, 'name': <'Phone'>}],)",
      NULL, NULL, NULL);
  static const struct
  {
    const char *title;
    const char *subtitle;
  } rows[] = {
    { "Phone", "" },
    { "zebra", "10.0.0.2 · Private hardware address" },
    { "printer", "HP · Away" },
    { "A", "Blocked" },
  };
  g_autoptr (GPtrArray) clients = cs_clients_new (reply);

  g_assert_cmpuint (clients->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);
      g_autofree char *subtitle = cs_client_get_subtitle (client);

      g_assert_cmpstr (cs_client_get_title (client), ==, rows[i].title);
      g_assert_cmpstr (subtitle, ==, rows[i].subtitle);
    }
  g_assert_cmpuint (((CsClient *)g_ptr_array_index (clients, 1))->sent, ==, 7);
}

#define FORWARDS \
  "([{'protocol': <'tcp'>, 'port': <uint16 8080>, 'to-port': <uint16 80>, 'client': " \
  "<'1'>," \
  "  'name': <'Web'>, 'origin': <'user'>, 'state': <'active'>}," \
  " {'protocol': <'tcp'>, 'port': <uint16 22>, 'client': <'10.0.0.2'>, 'state': " \
  "<'no-uplink'>}," \
  " {'protocol': <'udp'>, 'port': <uint16 6000>, 'end-port': <uint16 6010>," \
  "  'client': <'9'>, 'origin': <'pcp'>, 'state': <'no-address'>}," \
  " {'protocol': <'udp'>, 'port': <uint16 1>, 'end-port': <uint16 2>, 'to-port': " \
  "<uint16 7>," \
  "  'client': <'1'>, 'state': <'of-a-later-version'>}," \
  " {'protocol': <'tcp'>, 'port': <uint16 23>, 'client': <'2'>, 'state': <'blocked'>}," \
  " {'protocol': <'tcp'>, 'port': <uint16 24>, 'client': <'2'>, 'state': <'taken'>}," \
  " {'protocol': <'tcp'>, 'port': <uint16 25>, 'client': <'2'>, 'state': <'active'>," \
  "  'upstream': <'8.8.8.8:26'>, 'upstream-state': <'mapped'>}," \
  " {'protocol': <'tcp'>, 'port': <uint16 26>, 'client': <'2'>, 'state': <'active'>," \
  "  'upstream-state': <'refused'>}," \
  " {'protocol': <'tcp'>, 'port': <uint16 27>, 'client': <'2'>, 'state': <'active'>," \
  "  'upstream-state': <'silent'>}],)"

static void
test_forwards (void)
{
  g_autoptr (GVariant) reply
      = g_variant_parse (G_VARIANT_TYPE ("(aa{sv})"), FORWARDS, NULL, NULL, NULL);
  g_autoptr (GVariant) devices = g_variant_parse (
      G_VARIANT_TYPE ("(aa{sv})"),
      "([{'mac': <'1'>, 'state': <'online'>, 'name': <'Desk'>},"
      " {'mac': <'2'>, 'hostname': <'tv'>, 'addresses': <['10.0.0.2']>}],)",
      NULL, NULL, NULL);
  static const struct
  {
    const char *title;
    const char *subtitle;
  } rows[] = {
    { "Web", "TCP port 8080 · Desk, port 80" },
    { "TCP port 22", "tv · Waiting for the Internet connection" },
    { "UDP ports 6000–6010", "9 · Asked for by the device · Waiting for the device" },
    { "UDP ports 1–2", "Desk, ports 7–8 · of-a-later-version" },
    { "TCP port 23", "tv · Blocked by a firewall" },
    { "TCP port 24", "tv · Another network has this port" },
    { "TCP port 25", "tv · Reached at 8.8.8.8:26" },
    { "TCP port 26", "tv · The router refuses it" },
    { "TCP port 27", "tv" },
  };
  g_autoptr (GPtrArray) forwards = cs_forwards_new (reply);
  g_autoptr (GPtrArray) clients = cs_clients_new (devices);
  g_autofree char *nowhere = cs_forwards_describe (forwards);

  g_assert_cmpuint (forwards->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < forwards->len; i++)
    {
      CsForward *forward = g_ptr_array_index (forwards, i);
      g_autofree char *title = cs_forward_get_title (forward);
      g_autofree char *subtitle = cs_forward_get_subtitle (forward, clients);

      g_assert_cmpstr (title, ==, rows[i].title);
      g_assert_cmpstr (subtitle, ==, rows[i].subtitle);
    }
  g_assert_cmpstr (nowhere, ==, "");
}

/* Where ports are reached: a private address, or one that a provider shares among
 * customers, is none of the Internet. */
static void
test_external_addresses (void)
{
  static const struct
  {
    const char *address;
    gboolean private;
  } rows[] = {
    { "10.0.0.1", TRUE },     { "172.31.0.1", TRUE }, { "172.32.0.1", FALSE },
    { "192.168.1.1", TRUE },  { "100.64.0.1", TRUE }, { "100.127.255.255", TRUE },
    { "100.128.0.1", FALSE }, { "8.8.8.8", FALSE },   { "169.254.1.1", TRUE },
    { "2001:db8::1", FALSE }, { "?", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("([{'external-address': <'%s'>}],)", rows[i].address);
      g_autoptr (GVariant) reply
          = g_variant_parse (G_VARIANT_TYPE ("(aa{sv})"), text, NULL, NULL, NULL);
      g_autoptr (GPtrArray) forwards = cs_forwards_new (reply);
      g_autofree char *words = cs_forwards_describe (forwards);

      g_assert_nonnull (strstr (words, rows[i].address));
      g_assert_cmpint (strstr (words, "router") != NULL, ==, rows[i].private);
    }
}

static void
test_ports (void)
{
  static const struct
  {
    const char *text;
    guint16 first; /* 0: it is no port */
    guint16 last;
  } rows[] = {
    { "1", 1, 1 },         { "65535", 65535, 65535 },
    { " 80 ", 80, 80 },    { "6000-6010", 6000, 6010 },
    { "80 - 90", 80, 90 }, { "1-1024", 1, 1024 },
    { "1-1025", 0, 0 },    { "90-80", 0, 0 },
    { "0", 0, 0 },         { "65536", 0, 0 },
    { "", 0, 0 },          { "-", 0, 0 },
    { "80-", 0, 0 },       { "1-2-3", 0, 0 },
    { "http", 0, 0 },      { "+80", 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint16 first = 0, last = 0;

      g_assert_cmpint (cs_ports_parse (rows[i].text, &first, &last), ==,
                       rows[i].first != 0);
      if (rows[i].first == 0)
        continue;
      g_assert_cmpuint (first, ==, rows[i].first);
      g_assert_cmpuint (last, ==, rows[i].last);
    }
}

static void
test_client_of_nothing (void)
{
  g_autoptr (GVariant) reply
      = g_variant_parse (G_VARIANT_TYPE ("(aa{sv})"), "([{}],)", NULL, NULL, NULL);
  g_autoptr (GPtrArray) clients = cs_clients_new (reply);

  g_assert_cmpstr (cs_client_get_title (g_ptr_array_index (clients, 0)), ==,
                   "Unnamed Device");
}

static void
test_networks (void)
{
  static const struct
  {
    const char *name;
    gboolean good;
  } names[] = {
    { "", FALSE },
    { "Büro", TRUE },
    { "12345678901234567890123456789012", TRUE },
    { "123456789012345678901234567890123", FALSE },
    { "1234567890123456789012345678901ü", FALSE },
    { "a\nb", FALSE },
  };
  static const struct
  {
    const char *password;
    gboolean good;
  } passwords[] = {
    { "", TRUE },
    { "1234567", FALSE },
    { "12345678", TRUE },
    { "passwört", FALSE },
    { "123456789012345678901234567890123456789012345678901234567890123", TRUE },
    { "123456789012345678901234567890123456789012345678901234567890abcd", TRUE },
    { "123456789012345678901234567890123456789012345678901234567890wxyz", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (cs_network_check_name (names[i].name) == NULL, ==, names[i].good);
  for (gsize i = 0; i < G_N_ELEMENTS (passwords); i++)
    g_assert_cmpint (cs_network_check_password (passwords[i].password) == NULL, ==,
                     passwords[i].good);
}

static void
assert_same (GVariant *options, GVariant *others, const char *name)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (options, name, NULL);
  g_autoptr (GVariant) other = g_variant_lookup_value (others, name, NULL);

  g_assert_cmpvariant (value, other);
}

static void
test_limits (void)
{
  static const struct
  {
    const char *bytes, *period; /* NULL: none */
    CsLimit limit;
    const char *again;
  } rows[] = {
    { NULL, NULL, { 0, FALSE }, "{'limit': <uint64 0>, 'limit-period': <'all'>}" },
    { "uint64 5000",
      NULL,
      { 5000, FALSE },
      "{'limit': <uint64 5000>, 'limit-period': <'all'>}" },
    { "uint64 5000",
      "'month'",
      { 5000, TRUE },
      "{'limit': <uint64 5000>, 'limit-period': <'month'>}" },
    { "'5 GB'",
      "uint32 1",
      { 0, FALSE },
      "{'limit': <uint64 0>, 'limit-period': <'all'>}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) bytes
          = rows[i].bytes ? g_variant_ref_sink (g_variant_new_parsed (rows[i].bytes))
                          : NULL;
      g_autoptr (GVariant) period
          = rows[i].period ? g_variant_ref_sink (g_variant_new_parsed (rows[i].period))
                           : NULL;
      CsLimit limit = cs_limit_parse (bytes, period);
      g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
      g_autoptr (GVariant) again = NULL;
      g_autoptr (GVariant) expected
          = g_variant_ref_sink (g_variant_new_parsed (rows[i].again));

      g_assert_cmpuint (limit.bytes, ==, rows[i].limit.bytes);
      g_assert_cmpint (limit.monthly, ==, rows[i].limit.monthly);
      cs_limit_add (limit, &options);
      again = g_variant_ref_sink (g_variant_dict_end (&options));
      g_assert_cmpuint (g_variant_n_children (again), ==, 2);
      assert_same (again, expected, "limit");
      assert_same (again, expected, "limit-period");
    }
}

static void
check_kept (const char *path)
{
  g_autoptr (CsLastShare) last = cs_last_share_load (path);
  g_autofree char *options = g_variant_print (last->options, FALSE);
  GStatBuf status;

  g_assert_cmpstr (last->lan, ==, "wlan0");
  g_assert_cmpstr (last->wan, ==, "profile:it's \"this\"");
  g_assert_cmpstr (options, ==, "{'passphrase': <'correct horse'>}");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600); /* it has a password */
}

static void
test_last_share (void)
{
  g_autofree char *folder = g_dir_make_tmp ("connshare-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *path = g_build_filename (inner, "last", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsLastShare) last = cs_last_share_new (
      "wlan0", "profile:it's \"this\"",
      g_variant_new_parsed ("@a{sv} {'passphrase': <'correct horse'>}"));

  g_assert_null (cs_last_share_load (path));
  g_assert_true (cs_last_share_save (last, path, &error));
  g_assert_no_error (error);
  check_kept (path);
  g_assert_true (g_file_set_contents (path, "('wlan0', 3)", -1, NULL));
  g_assert_null (cs_last_share_load (path));
  g_remove (path);
  g_rmdir (inner);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/rounded-rates", test_rounded_rates);
  g_test_add_func ("/values/rate-words", test_rate_words);
  g_test_add_func ("/values/samples", test_samples);
  g_test_add_func ("/values/samples-after-gap", test_samples_after_gap);
  g_test_add_func ("/values/samples-that-go-back", test_samples_that_go_back);
  g_test_add_func ("/values/clients", test_clients);
  g_test_add_func ("/values/client-of-nothing", test_client_of_nothing);
  g_test_add_func ("/values/forwards", test_forwards);
  g_test_add_func ("/values/external-addresses", test_external_addresses);
  g_test_add_func ("/values/ports", test_ports);
  g_test_add_func ("/values/networks", test_networks);
  g_test_add_func ("/values/limits", test_limits);
  g_test_add_func ("/values/last-share", test_last_share);
  return g_test_run ();
}
