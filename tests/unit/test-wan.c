/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/wan.h"
#include "dbus/errors.h"

#include <string.h>

#define FIFTEEN_AND_A_COMMA   "1,2,3,4,5,6,7,8,9,a,b,c,d,e,f,"
#define FIFTY                 "12345678901234567890123456789012345678901234567890"
#define TWO_HUNDRED_AND_FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

/* "KIND:NAME", joined by '|' */
static char *
print_choices (const GPtrArray *choices)
{
  static const char *const kinds[] = { [CS_WAN_AUTO] = "auto",
                                       [CS_WAN_TYPE] = "type",
                                       [CS_WAN_INTERFACE] = "interface",
                                       [CS_WAN_PROFILE] = "profile",
                                       [CS_WAN_NAME] = "name" };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < choices->len; i++)
    {
      const CsWanChoice *choice = choices->pdata[i];

      g_string_append_printf (out, "%s%s:%s", i ? "|" : "", kinds[choice->kind],
                              choice->name);
      if (choice->kind == CS_WAN_TYPE)
        g_assert_cmpstr (cs_kind_to_string (choice->type), ==, choice->name);
    }
  return g_string_free (out, FALSE);
}

static void
test_good (void)
{
  static const struct
  {
    const char *spec;
    const char *choices;
  } rows[] = {
    { "ppp0", "name:ppp0" },
    { "auto", "auto:auto" },
    { "wifi", "type:wifi" },
    { "ethernet", "type:ethernet" },
    { "mobile", "type:mobile" },
    { "vpn", "type:vpn" },
    { "ppp", "type:ppp" },
    { "Auto", "auto:auto" },
    { "WiFi", "type:wifi" },
    { "PPP,type:VPN,AUTO", "type:ppp|type:vpn|auto:auto" },
    { "WiFi1", "name:WiFi1" },
    { "profile:WiFi", "profile:WiFi" },
    { "profile:192.168.1.1", "profile:192.168.1.1" },
    { "interface:10.0.0.1", "interface:10.0.0.1" },
    { "123", "name:123" },
    { "1.2", "name:1.2" },
    { "bridge", "name:bridge" },
    { "Mobile broadband", "name:Mobile broadband" },
    { "Bj\xc3\xb6rn's \"phone\"", "name:Bj\xc3\xb6rn's \"phone\"" },
    { "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11",
      "name:2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11" },
    /* prefixes force what it means, and only the first counts */
    { "interface:wifi", "interface:wifi" },
    { "interface:auto", "interface:auto" },
    { "profile:wifi", "profile:wifi" },
    { "profile:auto", "profile:auto" },
    { "profile:wlan0", "profile:wlan0" },
    { "profile:profile:x", "profile:profile:x" },
    { "type:vpn", "type:vpn" },
    { "name:x", "name:name:x" },
    /* lists */
    { "ppp0,wlan0", "name:ppp0|name:wlan0" },
    { " ppp0 , Mobile broadband ,auto", "name:ppp0|name:Mobile broadband|auto:auto" },
    { "profile:wlan0,interface:wlan0,wlan0", "profile:wlan0|interface:wlan0|name:wlan0" },
    { "interface:wifi,wifi", "interface:wifi|type:wifi" },
    { FIFTEEN_AND_A_COMMA "g",
      "name:1|name:2|name:3|name:4|name:5|name:6|name:7|name:8|name:9|name:a|name:b|"
      "name:c|name:d|name:e|name:f|name:g" },
    { TWO_HUNDRED_AND_FIFTY "12345", "name:" TWO_HUNDRED_AND_FIFTY "12345" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) choices = cs_wan_parse (rows[i].spec, &error);
      g_autofree char *printed = NULL;

      g_assert_no_error (error);
      printed = print_choices (choices);
      g_assert_cmpstr (printed, ==, rows[i].choices);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *spec;
    const char *words; /* in the message, separated by '|' */
  } rows[] = {
    { "", "WAN \"\"|profile" },
    { ",", "WAN \",\" has a comma" },
    { "ppp0,", "WAN \"ppp0,\" has a comma" },
    { "ppp0,,wlan0", "WAN \"ppp0,,wlan0\" has a comma" },
    { " ", "WAN \"\"" },
    { "p\np", "\"p\\x0ap\"" },
    { "p\x7fp", "\"p\\x7fp\"" },
    { "p\xc2\x85p", "\"p\\xc2\\x85p\"" },
    { "p\xffp", "\"p\\xffp\"" },
    { "ppp0,\xff", "\"\\xff\"" },
    { TWO_HUNDRED_AND_FIFTY "123456", "...\"|255 bytes" },
    { "interface:", "WAN name \"\"|1 to 15" },
    { "interface:p p", "\"p p\"|1 to 15" },
    { "interface:abcdefghijklmnop", "1 to 15" },
    { "profile:", "WAN \"\"" },
    { "type:", "type \"\"|wifi, ethernet, mobile, vpn or ppp" },
    { "type:bridge", "type \"bridge\"" },
    { "type:auto", "type \"auto\"" },
    { "ppp0,ppp0", "\"ppp0\" twice" },
    { "192.168.1.1", "\"192.168.1.1\" is an address|profile:192.168.1.1" },
    { "192.168.1.0/24", "\"192.168.1.0/24\" is an address" },
    { "fe80::1", "\"fe80::1\" is an address" },
    { "ppp0,192.168.1.1", "\"192.168.1.1\" is an address" },
    { "wifi,WiFi", "\"WiFi\" twice" },
    { "wifi,type:wifi", "\"type:wifi\" twice" },
    { FIFTEEN_AND_A_COMMA "g,h", "16 choices" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) words = g_strsplit (rows[i].words, "|", -1);

      g_assert_null (cs_wan_parse (rows[i].spec, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_test_message ("%s", error->message);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      for (char **word = words; *word; word++)
        g_assert_nonnull (strstr (error->message, *word));
    }
}

static void
test_allows_interface (void)
{
  static const struct
  {
    const char *spec;
    gboolean allows; /* wlan0 */
  } rows[] = {
    { "wlan0", TRUE },           { "interface:wlan0", TRUE }, { "profile:wlan0", FALSE },
    { "interface:ppp0", FALSE }, { "wifi", FALSE },           { "auto", FALSE },
    { "wlan01", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) choices = cs_wan_parse (rows[i].spec, NULL);

      g_assert_cmpint (cs_wan_choice_allows_interface (choices->pdata[0], "wlan0"), ==,
                       rows[i].allows);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wan/good", test_good);
  g_test_add_func ("/wan/bad", test_bad);
  g_test_add_func ("/wan/allows-interface", test_allows_interface);
  return g_test_run ();
}
