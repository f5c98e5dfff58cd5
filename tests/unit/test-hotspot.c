/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of an access point, and how it is told to phones. */
#include "core/value/hotspot.h"

#include "dbus/errors.h"

#include <string.h>

/* Options written as "ssid=x passphrase=y", '~' for a space. */
static void
parse (CsHotspotOptions *options, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (char **word = words; *word && **word; word++)
    {
      g_auto (GStrv) parts = g_strsplit (*word, "=", 2);
      char *value = g_strdelimit (g_strdup (parts[1]), "~", ' ');

      if (g_str_equal (parts[0], "ssid"))
        options->ssid = value;
      else if (g_str_equal (parts[0], "passphrase"))
        options->passphrase = value;
      else if (g_str_equal (parts[0], "security"))
        options->security = value;
      else if (g_str_equal (parts[0], "band"))
        options->band = value;
      else
        {
          options->channel = (guint)g_ascii_strtoull (value, NULL, 10);
          g_free (value);
        }
    }
}

static void
clear (CsHotspotOptions *options)
{
  g_free (options->ssid);
  g_free (options->passphrase);
  g_free (options->security);
  g_free (options->band);
  g_free (options->own_ssid);
  g_free (options->own_passphrase);
}

#define KEY     "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCD"
#define TEXT_63 "123456789012345678901234567890123456789012345678901234567890123"

static void
test_check (void)
{
  static const struct
  {
    const char *options;
    const char *words; /* NULL: good; in the message, separated by | */
  } rows[] = {
    { "", NULL },
    { "ssid=x", NULL },
    { "ssid=12345678901234567890123456789012", NULL },
    { "ssid=Caf\xc3\xa9~;,:\"\\", NULL },
    { "ssid=", "\"ssid\"|\"\"|1 to 32" },
    { "ssid=123456789012345678901234567890123", "\"ssid\"|123456789012|1 to 32" },
    { "ssid="
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
      "32 bytes" },
    { "ssid=a\xc2\x9b"
      "b",
      "a|control" },
    { "ssid=a\nb", "a\\x0ab|control" },
    { "passphrase=12345678", NULL },
    { "passphrase=~tilde~ok~", NULL },
    { "passphrase=" TEXT_63, NULL },
    { "passphrase=" KEY, NULL },
    { "passphrase=" KEY " security=wpa2", NULL },
    { "passphrase=", "passphrase is empty|leave it out|open" },
    { "passphrase=1234567", "8 to 63|not 7 bytes|64 hexadecimal" },
    { "passphrase=" TEXT_63 "x", "8 to 63|not 64 bytes" },
    { "passphrase=" KEY "0", "not 65 bytes" },
    { "passphrase=" KEY " security=wpa3", "8 to 63 ASCII characters, not 64" },
    { "passphrase=" KEY " security=wpa2+wpa3", "not 64" },
    { "passphrase=passw\xc3\xb6rter", "with other characters" },
    { "passphrase=1234567\t", "8 to 63" },
    { "security=wpa2", NULL },
    { "security=wpa3 passphrase=12345678", NULL },
    { "security=wpa2+wpa3", NULL },
    { "security=open", NULL },
    { "security=open passphrase=12345678", "open|no passphrase|leave" },
    { "security=", "\"\" for \"security\"|wpa2, wpa3, wpa2+wpa3 or open" },
    { "security=wep", "\"wep\"" },
    { "band=auto", NULL },
    { "band=2.4GHz channel=14", NULL },
    { "band=bg channel=1", NULL },
    { "band=5GHz channel=36", NULL },
    { "band=a channel=165", NULL },
    { "band=auto channel=100", NULL },
    { "band=6GHz", "\"6GHz\" for \"band\"|auto, 2.4GHz or 5GHz" },
    { "channel=15", "no channel 15|1 to 14" },
    { "channel=38", "no channel 38" },
    { "channel=148", "no channel 148" },
    { "channel=181", "no channel 181" },
    { "channel=4294967295", "no channel 4294967295" },
    { "band=5GHz channel=6", "channel 6|band 5GHz|such as 36" },
    { "band=bg channel=36", "channel 36|band bg|such as 6" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      CsHotspotOptions options = { NULL };

      parse (&options, rows[i].options);
      g_assert_cmpint (cs_hotspot_options_check (&options, &error), ==, !rows[i].words);
      if (rows[i].words)
        {
          g_auto (GStrv) words = g_strsplit (rows[i].words, "|", -1);

          g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
          g_test_message ("%s", error->message);
          for (char **word = words; *word; word++)
            g_assert_nonnull (strstr (error->message, *word));
          if (options.passphrase && *options.passphrase)
            g_assert_null (strstr (error->message, options.passphrase));
        }
      clear (&options);
    }
}

static void
test_find (void)
{
  static const struct
  {
    CsHotspotOptions options;
    const char *key;
  } rows[] = {
    { { .own_ssid = (char *)"x", .own_passphrase = (char *)"y" }, NULL },
    { { .ssid = (char *)"x" }, "ssid" },
    { { .passphrase = (char *)"x" }, "passphrase" },
    { { .security = (char *)"x" }, "security" },
    { { .band = (char *)"x" }, "band" },
    { { .channel = 1 }, "channel" },
    { { .hidden = TRUE }, "hidden" },
    { { .isolate = TRUE }, "isolate" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (cs_hotspot_options_find (&rows[i].options), ==, rows[i].key);
}

static void
test_defaults (void)
{
  static const struct
  {
    const char *host_name;
    const char *ssid;
  } rows[] = {
    { "desk", "desk" },
    { "desk.example.org", "desk" },
    { "a-name-that-is-longer-than-any-wifi-network", "a-name-that-is-longer-than-any-w" },
    { NULL, "connshare" },
    { "", "connshare" },
    { ".x", "connshare" },
    { "na\tme", "connshare" },
    { "b\xc3\xbcro", "connshare" },
  };
  static const guint8 random[CS_HOTSPOT_RANDOM]
      = { 0, 1, 31, 32, 255, 33, 64, 95, 10, 11, 22, 24 };
  CsHotspotOptions before = { NULL }, after = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsHotspotOptions options = { NULL };

      cs_hotspot_options_fill_defaults (&options, NULL, rows[i].host_name, random);
      g_assert_cmpstr (options.own_ssid, ==, rows[i].ssid);
      g_assert_cmpstr (options.own_passphrase, ==, "ab9a-9ba9-kmy2");
      g_assert_true (cs_passphrase_is_valid (options.own_passphrase, FALSE));
      clear (&options);
    }

  /* once for a share */
  cs_hotspot_options_fill_defaults (&before, &after, "first", random);
  cs_hotspot_options_fill_defaults (&after, &before, "second",
                                    (const guint8 *)"------------");
  cs_hotspot_options_fill_defaults (&after, NULL, "third",
                                    (const guint8 *)"------------");
  g_assert_cmpstr (after.own_ssid, ==, "first");
  g_assert_cmpstr (after.own_passphrase, ==, before.own_passphrase);
  clear (&before);
  clear (&after);
}

/* "SSID PASSPHRASE SECURITY", or NULL. */
static char *
fill (const char *text, gboolean complete)
{
  CsHotspotOptions options = { .hidden = TRUE, .isolate = TRUE };
  g_auto (CsHotspot) hotspot = { NULL };
  char *result = NULL;

  parse (&options, text);
  if (complete)
    cs_hotspot_options_fill_defaults (&options, NULL, "desk",
                                      (const guint8 *)"            ");
  if (cs_hotspot_fill (&hotspot, &options))
    {
      g_assert_true (hotspot.hidden && hotspot.isolate);
      result = g_strdup_printf ("%s %s %s", hotspot.ssid,
                                hotspot.passphrase ? hotspot.passphrase : "-",
                                cs_security_to_string (hotspot.security));
    }
  clear (&options);
  return result;
}

static void
test_fill (void)
{
  static const struct
  {
    const char *options;
    gboolean complete;
    const char *result;
  } rows[] = {
    { "", FALSE, NULL },
    { "ssid=x", FALSE, NULL },
    { "ssid=x security=open", FALSE, "x - open" },
    { "", TRUE, "desk aaaa-aaaa-aaaa wpa2" },
    { "ssid=x passphrase=12345678 security=wpa3", TRUE, "x 12345678 wpa3" },
    { "security=wpa2+wpa3", TRUE, "desk aaaa-aaaa-aaaa wpa2+wpa3" },
    { "security=open", TRUE, "desk - open" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *result = fill (rows[i].options, rows[i].complete);

      g_assert_cmpstr (result, ==, rows[i].result);
    }
}

static void
test_equal (void)
{
  static const CsHotspot all[] = {
    { NULL },
    { .ssid = (char *)"a" },
    { .ssid = (char *)"b" },
    { .ssid = (char *)"a", .passphrase = (char *)"x" },
    { .ssid = (char *)"a", .security = CS_SECURITY_OPEN },
    { .ssid = (char *)"a", .band = CS_BAND_5GHZ },
    { .ssid = (char *)"a", .channel = 1 },
    { .ssid = (char *)"a", .hidden = TRUE },
    { .ssid = (char *)"a", .isolate = TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (all); k++)
      g_assert_cmpint (cs_hotspot_equal (&all[i], &all[k]), ==, i == k);
}

static void
test_describe (void)
{
  static const struct
  {
    CsHotspot hotspot;
    const char *text;
  } rows[] = {
    { { NULL }, "" },
    { { .ssid = (char *)"desk" }, "desk (wpa2)" },
    { { .ssid = (char *)"desk", .security = CS_SECURITY_OPEN, .channel = 6 },
      "desk (open, channel 6)" },
    { { .ssid = (char *)"desk",
        .passphrase = (char *)"secret",
        .hidden = TRUE,
        .isolate = TRUE },
      "desk (wpa2, hidden, isolated)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = cs_hotspot_describe (&rows[i].hotspot);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_uri (void)
{
  static const struct
  {
    CsHotspot hotspot;
    const char *uri;
  } rows[] = {
    { { .ssid = (char *)"desk", .passphrase = (char *)"secret 12" },
      "WIFI:T:WPA;S:desk;P:secret 12;;" },
    { { .ssid = (char *)"a;b,c:d\"e\\f", .passphrase = (char *)";,:\"\\xyz" },
      "WIFI:T:WPA;S:a\\;b\\,c\\:d\\\"e\\\\f;P:\\;\\,\\:\\\"\\\\xyz;;" },
    { { .ssid = (char *)"cafe", .passphrase = (char *)"12345678" },
      "WIFI:T:WPA;S:\"cafe\";P:12345678;;" },
    { { .ssid = (char *)"caf\xc3\xa9",
        .passphrase = (char *)"12345678",
        .security = CS_SECURITY_WPA2_WPA3 },
      "WIFI:T:WPA;S:caf\xc3\xa9;P:12345678;;" },
    { { .ssid = (char *)"desk",
        .passphrase = (char *)"12345678",
        .security = CS_SECURITY_WPA3,
        .hidden = TRUE },
      "WIFI:T:WPA;R:1;S:desk;H:true;P:12345678;;" },
    { { .ssid = (char *)"desk", .security = CS_SECURITY_OPEN },
      "WIFI:T:nopass;S:desk;;" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *uri = cs_hotspot_uri (&rows[i].hotspot);

      g_assert_cmpstr (uri, ==, rows[i].uri);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hotspot/check", test_check);
  g_test_add_func ("/hotspot/find", test_find);
  g_test_add_func ("/hotspot/defaults", test_defaults);
  g_test_add_func ("/hotspot/fill", test_fill);
  g_test_add_func ("/hotspot/equal", test_equal);
  g_test_add_func ("/hotspot/describe", test_describe);
  g_test_add_func ("/hotspot/uri", test_uri);
  return g_test_run ();
}
