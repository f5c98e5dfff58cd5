/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/quote.h"
#include "core/value/client-choices.h"
#include "core/value/request-client.h"
#include "core/value/request.h"
#include "dbus/errors.h"

#include <string.h>

/* A request written as "LAN WAN OPTIONS", options as in the text form of GVariant. */
static CsRequest *
request_of (const char *lan, const char *wan, const char *options, GError **error)
{
  g_autoptr (GVariant) variant = NULL;

  if (options)
    variant = g_variant_parse (NULL, options, NULL, NULL, NULL);
  g_assert_true (!options || variant);
  return cs_request_new (lan, wan, variant, error);
}

static char *
print_options (const CsRequest *request)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (cs_request_options (request));
  g_autoptr (GString) out = g_string_new (NULL);
  static const char *const keys[] = { "address",      "allow-rebind",
                                      "band",         "channel",
                                      "dhcp-option",  "dial",
                                      "dns",          "domain",
                                      "force",        "hidden",
                                      "ipv6",         "isolate",
                                      "keep-lan",     "limit",
                                      "limit-period", "own-passphrase",
                                      "own-ssid",     "passphrase",
                                      "persistent",   "security",
                                      "ssid",         NULL };

  g_assert_cmpstr (g_variant_get_type_string (options), ==, "a{sv}");
  for (const char *const *key = keys; *key; key++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (options, *key, NULL);
      g_autofree char *text = value ? g_variant_print (value, FALSE) : NULL;

      if (text)
        g_string_append_printf (out, "%s%s=%s", out->len ? " " : "", *key, text);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
print_all (const CsRequest *request)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  cs_request_to_key_file (request, file);
  return g_key_file_to_data (file, NULL, NULL);
}

static gboolean
are_equal (const CsRequest *a, const CsRequest *b)
{
  g_autofree char *text_a = print_all (a);
  g_autofree char *text_b = print_all (b);

  return g_str_equal (text_a, text_b);
}

/* The key file has the same request. */
static void
assert_round_trip (const CsRequest *request)
{
  g_autoptr (GKeyFile) again = g_key_file_new ();
  g_autoptr (CsRequest) read = NULL;
  g_autoptr (CsRequest) copy = cs_request_copy (request);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = print_all (request);

  g_assert_true (g_key_file_load_from_data (again, data, strlen (data), 0, NULL));
  read = cs_request_from_key_file (again, &error);
  g_assert_no_error (error);
  g_assert_true (are_equal (request, read));
  g_assert_true (are_equal (request, copy));
}

static void
test_good (void)
{
  static const struct
  {
    const char *options;
    const char *printed;
  } rows[] = {
    { NULL, "" },
    { "@a{sv} {}", "" },
    { "{'address': <'192.168.50.1/24'>}", "address='192.168.50.1/24'" },
    { "{'address': <''>}", "" },
    { "{'keep-lan': <true>}", "keep-lan=true" },
    { "{'keep-lan': <true>, 'ipv6': <'auto'>}", "ipv6='auto' keep-lan=true" },
    { "{'keep-lan': <false>, 'persistent': <true>}", "" },
    { "{'persistent': <false>, 'force': <true>}", "force=true persistent=false" },
    { "{'dial': <true>}", "" },
    { "{'dial': <false>}", "dial=false" },
    { "{'dns': <['9.9.9.9', '192.0.2.53']>}", "dns=['9.9.9.9', '192.0.2.53']" },
    { "{'dns': <['127.0.0.1', '127.8.9.10', '::1']>}",
      "dns=['127.0.0.1', '127.8.9.10', '::1']" },
    { "{'dns': <@as []>}", "" },
    { "{'force': <true>, 'force': <false>}", "" },
    { "{'ssid': <'Caf\xc3\xa9 ;'>, 'hidden': <true>}",
      "hidden=true ssid='Caf\xc3\xa9 ;'" },
    { "{'passphrase': <'correct horse'>, 'isolate': <true>}", "isolate=true" },
    { "{'band': <'bg'>, 'channel': <uint32 6>, 'security': <'wpa3'>}",
      "band='bg' channel=6 security='wpa3'" },
    { "{'channel': <uint32 0>}", "" },
    { "{'limit': <uint64 10000000000>, 'limit-period': <'all'>}", "limit=10000000000" },
    { "{'limit': <uint64 1000000>, 'limit-period': <'month'>}",
      "limit=1000000 limit-period='month'" },
    { "{'limit': <uint64 0>}", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsRequest) request
          = request_of ("lan0", "ppp0", rows[i].options, &error);
      g_autofree char *printed = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (request->lan, ==, "lan0");
      g_assert_cmpstr (request->wan, ==, "ppp0");
      printed = print_options (request);
      g_assert_cmpstr (printed, ==, rows[i].printed);
      assert_round_trip (request);
    }
}

/* What a WAN may look like; wan.h has the rest. */
static void
test_wans (void)
{
  static const char *const wans[]
      = { "auto",          "Mobile broadband",
          "profile:lan0",  "ppp0,wlan0",
          "a , b",         "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11",
          "type:wifi,vpn", "Caf\xc3\xa9; #1=\\" };

  for (gsize i = 0; i < G_N_ELEMENTS (wans); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsRequest) request = request_of ("lan0", wans[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (request->wan, ==, wans[i]);
      assert_round_trip (request);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *lan, *wan, *options;
    const char *words; /* in the message, separated by | */
  } rows[] = {
    { "", "ppp0", NULL, "LAN name \"\"" },
    { "la\"n", "ppp0", NULL, "LAN name \"la\\\"n\"" },
    { "lan0", "", NULL, "WAN \"\"" },
    { "lan0", "p\np", NULL, "WAN \"p\\x0ap\"|connection profile" },
    { "lan0", "p\xffp", NULL, "WAN \"p\\xffp\"" },
    { "lan0", "interface:p p", NULL, "WAN name \"p p\"|1 to 15" },
    { "lan0", "lan0", NULL, "lan0|itself" },
    { "lan0", "ppp0,lan0", NULL, "lan0|itself" },
    { "lan0", "interface:lan0", NULL, "lan0|itself" },
    { "lan0", "ppp0,", NULL, "WAN \"ppp0,\"" },
    { "lan0", "ppp0", "{'dial': <'no'>}", "dial|\"s\"|\"b\"|boolean" },
    { "lan0", "ppp0", "{'mtu': <'x'>}",
      "\"mtu\"|address, allow-rebind, band, channel, dhcp-option, dial, dns, domain, "
      "force, hidden, idle-off, ipv6, "
      "isolate, keep-lan, limit, limit-period, max-clients, passphrase, persistent, "
      "rate, security, ssid, upnp" },
    { "lan0", "ppp0", "{'rate': <uint64 7999>}", "\"rate\" 7999|8000" },
    { "lan0", "ppp0", "{'rate': <uint32 9000>}", "rate|\"t\"" },
    { "lan0", "ppp0", "{'limit': <uint64 999999>}", "\"limit\" 999999|1000000 bytes" },
    { "lan0", "ppp0", "{'limit': <uint32 5000000>}", "limit|\"t\"" },
    { "lan0", "ppp0", "{'limit': <uint64 9223372036854775808>}", "\"limit\"|number" },
    { "lan0", "ppp0", "{'limit-period': <'week'>}",
      "\"limit-period\" \"week\"|\"all\"|\"month\"" },
    { "lan0", "ppp0", "{'limit-period': <''>}", "\"limit-period\" \"\"" },
    { "lan0", "ppp0", "{'idle-off': <uint32 10081>}", "\"idle-off\" 10081|10080" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'max-clients': <uint32 3>}", "max-clients" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'upnp': <true>}", "upnp" },
    { "lan0", "ppp0", "{'blocked': <['02:00:00:00:00:01']>}", "\"blocked\"" },
    { "lan0", "ppp0", "{'client-names': <['x']>}", "\"client-names\"" },
    { "lan0", "ppp0", "{'own-ssid': <'x'>}", "\"own-ssid\"" },
    { "lan0", "ppp0", "{'reservations': <['x']>}", "\"reservations\"" },
    { "lan0", "ppp0", "{'own-passphrase': <'12345678'>}", "\"own-passphrase\"" },
    { "lan0", "ppp0", "{'ssid': <b'x'>}", "ssid|\"ay\"|\"s\"" },
    { "lan0", "ppp0", "{'ssid': <''>}", "ssid|1 to 32" },
    { "lan0", "ppp0", "{'passphrase': <'short'>}", "passphrase|8 to 63" },
    { "lan0", "ppp0", "{'security': <'none'>}", "security|\"none\"|open" },
    { "lan0", "ppp0", "{'band': <'x'>}", "band|\"x\"|2.4GHz" },
    { "lan0", "ppp0", "{'channel': <6>}", "channel|\"i\"|\"u\"|number" },
    { "lan0", "ppp0", "{'channel': <uint32 15>}", "no channel 15" },
    { "lan0", "ppp0", "{'hidden': <'yes'>}", "hidden|\"s\"|\"b\"" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'ssid': <'x'>}", "keep-lan|\"ssid\"" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'isolate': <true>}", "\"isolate\"" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'ipv6': <'extended'>}",
      "keep-lan|\"ipv6\"|\"extended\"" },
    { "lan0", "ppp0", "{'ipv6': <'none'>}", "\"ipv6\"|\"none\"|masquerade" },
    { "lan0", "ppp0", "{'wan': <'x'>}", "\"wan\"" },
    { "lan0", "ppp0", "{'lan': <'x'>}", "\"lan\"" },
    { "lan0", "ppp0", "{'': <'x'>}", "unknown option \"\"" },
    { "lan0", "ppp0", "{'a\\nb': <'x'>}", "\"a\\x0ab\"" },
    { "lan0", "ppp0", "{'address': <42>}", "address|\"i\"|\"s\"" },
    { "lan0", "ppp0", "{'address': <'10.0.0.1'>}", "address|\"10.0.0.1\"|/24" },
    { "lan0", "ppp0", "{'address': <'10.0.0.0/24'>}", "10.0.0.0/24|network itself" },
    { "lan0", "ppp0", "{'address': <'0.0.0.0/0'>}", "0.0.0.0/0" },
    { "lan0", "ppp0", "{'keep-lan': <'yes'>}", "keep-lan|\"s\"|\"b\"|boolean" },
    { "lan0", "ppp0", "{'persistent': <byte 1>}", "persistent|\"y\"" },
    { "lan0", "ppp0", "{'force': <@mb nothing>}", "force|\"mb\"" },
    { "lan0", "ppp0", "{'dns': <'9.9.9.9'>}", "dns|\"s\"|\"as\"" },
    { "lan0", "ppp0", "{'dns': <['9.9.9.9', 'x']>}", "dns|\"x\"" },
    { "lan0", "ppp0", "{'dns': <['0.1.2.3']>}", "dns|0.1.2.3" },
    { "lan0", "ppp0", "{'dns': <['239.1.2.3']>}", "dns|239.1.2.3" },
    { "lan0", "ppp0", "{'dns': <['::']>}", "dns|\"::\"" },
    { "lan0", "ppp0", "{'dns': <['::ffff:127.0.0.1']>}", "dns|::ffff:127.0.0.1" },
    { "lan0", "ppp0", "{'dns': <['ff02::fb']>}", "dns|ff02::fb" },
    { "lan0", "ppp0", "{'dns': <['::ffff:9.9.9.9']>}", "dns|::ffff:9.9.9.9" },
    { "lan0", "ppp0", "{'dns': <['fe80::1%ppp0']>}", "dns|fe80::1%ppp0" },
    { "lan0", "ppp0", "{'dns': <['2001:db8::53/64']>}", "dns|2001:db8::53/64" },
    { "lan0", "ppp0", "{'address': <'fd00::1/64'>}", "fd00::1/64|IPv4" },
    { "lan0", "ppp0",
      "{'dns': <['1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1',"
      "'1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1','1.1.1.1',"
      "'1.1.1.1','1.1.1.1']>}",
      "dns|16" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'address': <'10.0.0.1/24'>}",
      "keep-lan|\"address\"" },
    { "lan0", "ppp0", "{'keep-lan': <true>, 'dns': <['9.9.9.9']>}", "keep-lan|\"dns\"" },
    { "lan0", "ppp0", "['a']", "\"as\"|a{sv}" },
    { "lan0", "ppp0", "@a{ss} {}", "a{ss}|a{sv}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) words = g_strsplit (rows[i].words, "|", -1);

      g_assert_null (request_of (rows[i].lan, rows[i].wan, rows[i].options, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_test_message ("%s", error->message);
      g_assert_false (g_str_has_suffix (error->message, "."));
      for (char **word = words; *word; word++)
        g_assert_nonnull (strstr (error->message, *word));
    }
}

static void
test_update (void)
{
  static const struct
  {
    const char *options, *changes;
    const char *wan, *printed; /* NULL: refused */
  } rows[] = {
    { NULL, "@a{sv} {}", "ppp0", "" },
    { NULL, "{'wan': <'wlan0'>}", "wlan0", "" },
    { NULL, "{'wan': <' wlan0 '>}", "wlan0", "" },
    { "{'address': <'10.0.0.1/24'>}", "{'wan': <'auto'>, 'persistent': <false>}", "auto",
      "address='10.0.0.1/24' persistent=false" },
    { "{'address': <'10.0.0.1/24'>}", "{'address': <''>}", "ppp0", "" },
    { "{'dns': <['9.9.9.9']>}", "{'dns': <@as []>, 'keep-lan': <true>}", "ppp0",
      "keep-lan=true" },
    { "{'channel': <uint32 6>, 'band': <'bg'>, 'passphrase': <'12345678'>}",
      "{'channel': <uint32 0>, 'band': <'auto'>, 'security': <'wpa3'>}", "ppp0",
      "security='wpa3'" },
    { "{'passphrase': <'12345678'>}", "{'security': <'open'>}", NULL },
    { "{'passphrase': <'12345678'>, 'ssid': <'desk'>, 'security': <'wpa3'>}",
      "{'security': <'open'>, 'passphrase': <''>}", "ppp0",
      "security='open' ssid='desk'" },
    { "{'ssid': <'desk'>, 'security': <'open'>}", "{'security': <''>, 'ssid': <''>}",
      "ppp0", "" },
    { NULL, "{'own-ssid': <'x'>}", NULL },
    { NULL, "{'wan': <'lan0'>}", NULL },
    { NULL, "{'wan': <true>}", NULL },
    { NULL, "{'lan': <'lan1'>}", NULL },
    { "{'address': <'10.0.0.1/24'>}", "{'keep-lan': <true>}", NULL },
    { NULL, "{'wan': <'wlan0'>, 'what': <1>}", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsRequest) request = request_of ("lan0", "ppp0", rows[i].options, NULL);
      g_autoptr (CsRequest) before = cs_request_copy (request);
      g_autoptr (GVariant) changes
          = g_variant_parse (NULL, rows[i].changes, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (CsRequest) updated = cs_request_update (request, changes, &error);
      g_autofree char *printed = updated ? print_options (updated) : NULL;

      g_assert_true (are_equal (request, before));
      g_assert_cmpstr (updated ? updated->wan : NULL, ==, rows[i].wan);
      g_assert_cmpstr (printed, ==, rows[i].printed);
      if (!updated)
        g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      else
        assert_round_trip (updated);
    }
}

static void
test_equal (void)
{
  static const char *const different[] = { NULL,
                                           "{'address': <'10.0.0.1/24'>}",
                                           "{'address': <'10.0.0.2/24'>}",
                                           "{'dial': <false>}",
                                           "{'dns': <['9.9.9.9']>}",
                                           "{'dns': <['9.9.9.9', '9.9.9.8']>}",
                                           "{'force': <true>}",
                                           "{'keep-lan': <true>}",
                                           "{'ssid': <'x'>}",
                                           "{'passphrase': <'12345678'>}",
                                           "{'passphrase': <'12345679'>}",
                                           "{'channel': <uint32 6>}",
                                           "{'persistent': <false>}" };

  for (gsize i = 0; i < G_N_ELEMENTS (different); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (different); k++)
      {
        g_autoptr (CsRequest) a = request_of ("lan0", "ppp0", different[i], NULL);
        g_autoptr (CsRequest) b = request_of ("lan0", "ppp0", different[k], NULL);

        g_assert_cmpint (are_equal (a, b), ==, i == k);
      }
}

/* An access point has a name, and only a complete request is of one. */
static void
test_ssid (void)
{
  static const struct
  {
    const char *options;
    gboolean complete;
    const char *ssid;
  } rows[] = {
    { NULL, FALSE, NULL },
    { "{'ssid': <'x'>}", FALSE, NULL },
    { NULL, TRUE, "desk" },
    { "{'ssid': <'x'>}", TRUE, "x" },
    { "{'keep-lan': <true>}", TRUE, NULL },
  };
  static const guint8 random[CS_HOTSPOT_RANDOM] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsRequest) request = request_of ("lan0", "ppp0", rows[i].options, NULL);

      if (rows[i].complete)
        cs_hotspot_options_fill_defaults (&request->hotspot, NULL, "desk", random);
      g_assert_cmpstr (cs_request_ssid (request), ==, rows[i].ssid);
    }
}

static void
test_key_file (void)
{
#define RESERVED "[share]\nlan=lan0\nwan=ppp0\nreservations="
  static const struct
  {
    const char *data;
    const char *words; /* NULL: it is good */
  } rows[] = {
    { "[share]\nlan=lan0\nwan=auto\n", NULL },
    { "[share]\nlan=lan0\nwan=auto\nfuture=1\n[other]\nx=y\n", NULL },
    { "[share]\nlan=lan0\nwan=auto\npersistent=false\ndns=9.9.9.9;\n", NULL },
    { "[share]\nlan=lan0\nwan=auto\ndns=\naddress=\n", NULL },
    { "[share]\nlan=lan0\nwan=auto\nown-ssid=desk\nown-passphrase=12345678\n"
      "passphrase=\\s\\t2345678\\s\nchannel=6\n",
      "passphrase" },
    { "[share]\nlan=lan0\nwan=auto\nown-ssid=desk\nown-passphrase=12345678\n"
      "passphrase=\\s2345678;\\s\nchannel=6\n",
      NULL },
    { "[share]\nlan=lan0\nwan=auto\nown-ssid=\n", "own-ssid" },
    { "[share]\nlan=lan0\nwan=auto\nown-passphrase=short\n", "own-passphrase" },
    { "", "\"lan\"" },
    { "[other]\nlan=lan0\nwan=auto\n", "\"lan\"" },
    { "[share]\nlan=lan0\n", "\"wan\"" },
    { "[share]\nlan=lan0\nwan=\n", "WAN" },
    { "[share]\nlan=../../x\nwan=ppp0\n", "LAN" },
    { "[share]\nlan=lan0\nwan=lan0\n", "itself" },
    { "[share]\nlan=lan0\nwan=ppp0\nkeep-lan=1\n", "keep-lan|\"1\"" },
    { "[share]\nlan=lan0\nwan=ppp0\naddress=10.0.0.1/240\n", "address|10.0.0.1/240" },
    { "[share]\nlan=lan0\nwan=ppp0\naddress=10.0.0.0/24\n", "10.0.0.0/24" },
    { "[share]\nlan=lan0\nwan=ppp0\nkeep-lan=true\naddress=10.0.0.1/24\n", "keep-lan" },
    { "[share]\nlan=lan0\nwan=ppp0\ndns=9.9.9.9;zz;\n", "dns|zz" },
    { "[share]\nlan=lan0\nwan=pp\\\n", "wan" },
    { "[share]\nlan=lan0\nwan=pp\\q\n", "wan" },
    { "[share]\nlan=lan0\nwan=ppp0\ndns=\xff\n", "dns" },
    { "[share]\nlan=lan0\nwan=ppp0\nallow-rebind=example.com;a_b.c-d;\n", NULL },
    { "[share]\nlan=lan0\nwan=ppp0\nallow-rebind=example..com;\n",
      "allow-rebind|example..com" },
    { "[share]\nlan=lan0\nwan=ppp0\nallow-rebind=a/b;\n", "allow-rebind|a/b" },
    { "[share]\nlan=lan0\nwan=ppp0\nallow-rebind=none;a.b;\n", "allow-rebind|none" },
    { "[share]\nlan=lan0\nwan=ppp0\nallow-rebind=-a;\n", "allow-rebind|-a" },
    { "[share]\nlan=lan0\nwan=ppp0\nkeep-lan=true\nallow-rebind=a.b;\n",
      "keep-lan|allow-rebind" },
    { "[share]\nlan=lan0\nwan=ppp0\ndomain=home.example.com\n", NULL },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=boot-file=pxe/a_1.0;"
      "next-server=192.0.2.1;ntp-server=192.0.2.2;ntp-server=192.0.2.3;\n",
      NULL },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=mtu=1;\n", "dhcp-option|mtu=1" },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=boot-file=;\n", "boot-file=" },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=boot-file=a,b;\n", "a,b" },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=boot-file=a\\nport=1;\n", "port" },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=ntp-server=2001:db8::1;\n", "2001" },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=next-server=192.0.2.1;\n",
      "no boot-file" },
    { "[share]\nlan=lan0\nwan=ppp0\ndhcp-option=boot-file=a;boot-file=b;\n",
      "more than one" },
    { "[share]\nlan=lan0\nwan=ppp0\nkeep-lan=true\ndhcp-option=boot-file=a;\n",
      "keep-lan|dhcp-option" },
    { RESERVED "02:00:00:00:00:01 192.168.137.5;02:00:00:00:00:0a 10.0.0.1;\n", NULL },
    { RESERVED "02:00:00:00:00:0A 10.0.0.1;\n", "invalid reservation|0A" },
    { RESERVED "03:00:00:00:00:01 10.0.0.1;\n", "invalid reservation" },
    { RESERVED "02:00:00:00:00:01;\n", "invalid reservation" },
    { RESERVED "02:00:00:00:00:01 2001:db8::1;\n", "invalid reservation" },
    { RESERVED "02:00:00:00:00:01 10.0.0.1\\nport=1;\n", "invalid reservation" },
    { RESERVED "02:00:00:00:00:01 10.0.0.1;02:00:00:00:00:01 10.0.0.2;\n", "10.0.0.2" },
    { RESERVED "02:00:00:00:00:01 10.0.0.1;02:00:00:00:00:02 10.0.0.1;\n", ":02" },
    { "[share]\nlan=lan0\nwan=ppp0\ndomain=a b\n", "domain|a b" },
    { "[share]\nlan=lan0\nwan=ppp0\ndomain=lan\\nserver=/x/1.1.1.1\n", "domain|lan" },
    { "[share]\nlan=lan0\nwan=ppp0\ndomain=local\n", "domain|local" },
    { "[share]\nlan=lan0\nwan=ppp0\nkeep-lan=true\ndomain=a.b\n", "keep-lan|domain" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (CsRequest) request = NULL;
      g_autofree char *quoted = cs_quote (rows[i].data);

      g_test_message ("%s", quoted);
      g_assert_true (
          g_key_file_load_from_data (file, rows[i].data, strlen (rows[i].data), 0, NULL));
      request = cs_request_from_key_file (file, &error);
      g_assert_cmpint (request != NULL, ==, rows[i].words == NULL);
      if (request)
        {
          assert_round_trip (request);
          continue;
        }
      g_auto (GStrv) words = g_strsplit (rows[i].words, "|", -1);
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      for (char **word = words; *word; word++)
        g_assert_nonnull (strstr (error->message, *word));
    }
}

/* What users decide about single clients. */
static void
test_clients (void)
{
  static const struct
  {
    const char *mac, *settings;
    /* afterwards, of 02:00:00:00:00:01: "name|address|blocked"; or words of the error */
    const char *outcome;
    int code; /* of the error; -1: none */
  } rows[] = {
    { "02-00-00-00-00-01", "{'name': <'Anna'>}", "Anna||", -1 },
    { "02:00:00:00:00:01", "{'address': <'192.168.137.50'>}", "Anna|192.168.137.50|",
      -1 },
    { "02:00:00:00:00:01", "{'blocked': <true>}", "Anna|192.168.137.50|blocked", -1 },
    { "02:00:00:00:00:02", "{'name': <'Bob'>, 'blocked': <true>}",
      "Anna|192.168.137.50|blocked", -1 },
    { "02:00:00:00:00:01", "@a{sv} {}", "Anna|192.168.137.50|blocked", -1 },
    { "02:00:00:00:00:02", "{'address': <'192.168.137.50'>}", "192.168.137.50|00:01",
      CS_ERROR_ADDRESS_CONFLICT },
    { "02:00:00:00:00:01", "{'address': <'192.168.137.51'>}",
      "Anna|192.168.137.51|blocked", -1 },
    { "02:00:00:00:00:01", "{'name': <''>, 'address': <''>, 'blocked': <false>}", "||",
      -1 },
    { "02:00:00:00:00", "@a{sv} {}", "02:00:00:00:00\"|MAC", CS_ERROR_INVALID_ARGUMENT },
    { "02:00:00:00:00:01", "{'name': <'a\\nb'>}", "name|64", CS_ERROR_INVALID_ARGUMENT },
    { "02:00:00:00:00:01", "{'address': <'x'>}", "\"x\"|IPv4",
      CS_ERROR_INVALID_ARGUMENT },
    { "02:00:00:00:00:01", "{'address': <'::1'>}", "::1", CS_ERROR_INVALID_ARGUMENT },
    { "02:00:00:00:00:01", "{'colour': <'red'>}", "colour|blocked",
      CS_ERROR_INVALID_ARGUMENT },
    { "02:00:00:00:00:01", "{'blocked': <'yes'>}", "blocked", CS_ERROR_INVALID_ARGUMENT },
  };
  const CsMac anna = { { 2, 0, 0, 0, 0, 1 } };
  CsRequest *request = cs_request_new ("lan0", "ppp0", NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) settings
          = g_variant_ref_sink (g_variant_new_parsed (rows[i].settings));
      CsRequest *next = cs_request_set_client (request, rows[i].mac, settings, &error);
      g_auto (GStrv) words = g_strsplit (rows[i].outcome, "|", -1);
      g_autofree char *name = NULL;
      g_autofree char *address = NULL;
      g_autofree char *outcome = NULL;

      if (rows[i].code >= 0)
        {
          g_assert_null (next);
          g_assert_error (error, CS_ERROR, rows[i].code);
          g_test_message ("%s", error->message);
          for (char **word = words; *word; word++)
            g_assert_nonnull (strstr (error->message, *word));
          continue;
        }
      g_assert_no_error (error);
      cs_request_free (request);
      request = next;
      name = cs_request_client_name (request, anna);
      address = cs_address_to_string (cs_request_client_address (request, anna));
      outcome
          = g_strdup_printf ("%s|%s|%s", name ? name : "", address,
                             cs_blocked_has (request->blocked, anna) ? "blocked" : "");
      g_assert_cmpstr (outcome, ==, rows[i].outcome);
    }
  g_assert_true (g_strv_equal ((const char *const *)request->blocked,
                               (const char *const[]){ "02:00:00:00:00:02", NULL }));
  cs_request_free (request);
}

/* They are nobody's options, and outlive another request for the LAN. */
static void
test_clients_are_kept (void)
{
  g_autoptr (GVariant) settings = g_variant_ref_sink (
      g_variant_new_parsed ("{'name': <'Anna Ä'>, 'blocked': <true>}"));
  g_autoptr (CsRequest) plain = cs_request_new ("lan0", "ppp0", NULL, NULL);
  g_autoptr (CsRequest) known
      = cs_request_set_client (plain, "02:00:00:00:00:01", settings, NULL);
  g_autoptr (CsRequest) next = cs_request_new ("lan0", "eth1", NULL, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (CsRequest) read = NULL;
  g_autoptr (GVariant) options = g_variant_ref_sink (cs_request_options (known));
  g_autofree char *name = NULL;
  CsRequest *kept;

  g_assert_cmpuint (g_variant_n_children (options), ==, 0);
  cs_request_keep_clients (next, known);
  cs_request_to_key_file (next, file);
  read = cs_request_from_key_file (file, NULL);
  name = cs_request_client_name (read, (CsMac){ { 2, 0, 0, 0, 0, 1 } });
  g_assert_cmpstr (name, ==, "Anna Ä");
  g_assert_true (cs_blocked_has (read->blocked, (CsMac){ { 2, 0, 0, 0, 0, 1 } }));
  /* with keep-lan there are no addresses to keep */
  next->keep_lan = TRUE;
  g_clear_pointer (&settings, g_variant_unref);
  settings = g_variant_ref_sink (g_variant_new_parsed ("{'address': <'10.0.0.9'>}"));
  kept = cs_request_set_client (next, "02:00:00:00:00:01", settings, NULL);
  g_assert_null (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request/good", test_good);
  g_test_add_func ("/request/wans", test_wans);
  g_test_add_func ("/request/bad", test_bad);
  g_test_add_func ("/request/update", test_update);
  g_test_add_func ("/request/equal", test_equal);
  g_test_add_func ("/request/ssid", test_ssid);
  g_test_add_func ("/request/key-file", test_key_file);
  g_test_add_func ("/request/clients", test_clients);
  g_test_add_func ("/request/clients-are-kept", test_clients_are_kept);
  return g_test_run ();
}
