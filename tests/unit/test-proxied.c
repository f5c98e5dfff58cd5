/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that clients show, and the list of those that are answered for. */
#include "core/value/proxied.h"
#include "core/value/solicitation.h"

#include <string.h>

#define SECOND G_USEC_PER_SEC

static CsAddress
address_of (const char *text)
{
  CsAddress address = { 0 };

  g_assert_true (cs_address_parse (text, &address));
  return address;
}

static CsAddress
number (guint n)
{
  CsAddress address = address_of ("2001:db8::");

  address.bytes[14] = (guint8)(n >> 8);
  address.bytes[15] = (guint8)n;
  return address;
}

/* A solicitation of @target, with what is written at some place changed. */
static void
test_solicitation (void)
{
  static const struct
  {
    const char *name;
    const char *source, *destination, *target;
    gsize size; /* 0: all of it */
    guint at;   /* 0: as it is */
    guint8 value;
    const char *expected; /* (nullable) */
  } rows[] = {
    { "about to have it", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 0, 0, "2001:db8::7" },
    { "has it", "2001:db8::8", "fe80::1", "fe80::1", 0, 0, 0, "2001:db8::8" },
    { "link-local", "fe80::8", "fe80::1", "fe80::1", 0, 0, 0, NULL },
    { "a link-local one", "::", "ff02::1:ff00:7", "fe80::7", 0, 0, 0, NULL },
    { "to nobody in particular", "::", "ff02::1", "2001:db8::7", 0, 0, 0, NULL },
    { "another group", "::", "ff02::1:ff00:8", "2001:db8::7", 0, 0, 0, NULL },
    { "of a group", "::", "ff02::1:ff00:7", "ff0e::7", 0, 0, 0, NULL },
    { "cut off", "::", "ff02::1:ff00:7", "2001:db8::7", 63, 0, 0, NULL },
    { "no header", "::", "ff02::1:ff00:7", "2001:db8::7", 39, 0, 0, NULL },
    { "nothing", "::", "ff02::1:ff00:7", "2001:db8::7", 1, 0, 0, NULL },
    { "IPv4", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 0, 0x45, NULL },
    { "too long", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 4, 1, NULL },
    { "too short", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 5, 23, NULL },
    { "half an option", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 5, 28, NULL },
    { "no length", "2001:db8::8", "fe80::1", "fe80::1", 0, 65, 0, NULL },
    { "a longer option", "2001:db8::8", "fe80::1", "fe80::1", 0, 65, 2, NULL },
    { "without options", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 5, 24, "2001:db8::7" },
    { "TCP", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 6, 6, NULL },
    { "from elsewhere", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 7, 254, NULL },
    { "an advertisement", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 40, 136, NULL },
    { "another code", "::", "ff02::1:ff00:7", "2001:db8::7", 0, 41, 1, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 packet[72] = { 0x60, 0, 0, 0, 0, 32, 58, 255 };
      CsAddress address = { 0 };
      gboolean done;

      memcpy (packet + 8, address_of (rows[i].source).bytes, 16);
      memcpy (packet + 24, address_of (rows[i].destination).bytes, 16);
      packet[40] = 135;
      memcpy (packet + 48, address_of (rows[i].target).bytes, 16);
      packet[64] = 1;
      packet[65] = 1;
      if (rows[i].at != 0 || rows[i].value != 0)
        packet[rows[i].at] = rows[i].value;
      g_test_message ("%s", rows[i].name);
      done = cs_solicitation_parse (packet, rows[i].size ? rows[i].size : sizeof packet,
                                    &address);
      g_assert_cmpint (done, ==, rows[i].expected != NULL);
      if (done)
        {
          g_autofree char *text = cs_address_to_string (address);

          g_assert_cmpstr (text, ==, rows[i].expected);
        }
    }
}

static void
fill (GArray *list, gboolean seen)
{
  CsProxied dropped;

  for (guint i = 0; i < CS_PROXIED_MAX; i++)
    {
      g_assert_true (cs_proxied_add (list, number (i), i + 1, &dropped));
      g_assert_false (cs_address_is_set (dropped.address));
      g_array_index (list, CsProxied, i).state = CS_PROXIED_HELD;
      g_array_index (list, CsProxied, i).seen = seen ? i + 1 : 0;
    }
}

/* Those that never answered go first, and nobody goes who has just answered. */
static void
test_room (void)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (CsProxied));
  CsProxied dropped;

  fill (list, TRUE);
  g_assert_false (cs_proxied_add (list, number (7), SECOND, &dropped));
  g_assert_false (cs_proxied_add (list, number (999), SECOND, &dropped));
  g_assert_null (cs_proxied_find (list, number (999)));
  g_assert_true (cs_proxied_add (list, number (999), 1000 * SECOND, &dropped));
  g_assert_true (cs_address_equal (dropped.address, number (0)));
  cs_proxied_find (list, number (999))->seen = 1000 * SECOND;
  cs_proxied_find (list, number (99))->seen = 0;
  g_assert_true (cs_proxied_add (list, number (998), 1000 * SECOND, &dropped));
  g_assert_true (cs_address_equal (dropped.address, number (99)));
  g_assert_cmpuint (list->len, ==, CS_PROXIED_MAX);

  g_array_set_size (list, 0);
  fill (list, FALSE);
  g_assert_true (cs_proxied_add (list, number (999), SECOND, &dropped));
  g_assert_true (cs_address_equal (dropped.address, number (255)));
}

static void
test_times (void)
{
  static const struct
  {
    CsProxied one;
    gint64 now; /* seconds */
    gboolean over, quiet;
  } rows[] = {
    { { .state = CS_PROXIED_ASKED, .since = SECOND }, 2, FALSE, FALSE },
    { { .state = CS_PROXIED_HELD, .since = SECOND }, 2, FALSE, FALSE },
    { { .state = CS_PROXIED_HELD, .since = SECOND }, 3, FALSE, TRUE },
    { { .state = CS_PROXIED_HELD, .since = SECOND }, 31, TRUE, TRUE },
    { { .state = CS_PROXIED_HELD, .since = SECOND, .seen = 9 * SECOND },
      300,
      FALSE,
      FALSE },
    { { .state = CS_PROXIED_HELD, .since = SECOND, .seen = 9 * SECOND },
      309,
      FALSE,
      TRUE },
    { { .state = CS_PROXIED_HELD, .since = SECOND, .seen = 9 * SECOND },
      1809,
      TRUE,
      TRUE },
    { { .state = CS_PROXIED_REFUSED, .since = SECOND, .seen = SECOND },
      60,
      FALSE,
      FALSE },
    { { .state = CS_PROXIED_REFUSED, .since = SECOND }, 61, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%zu", i);
      g_assert_cmpint (cs_proxied_is_over (&rows[i].one, rows[i].now * SECOND), ==,
                       rows[i].over);
      g_assert_cmpint (cs_proxied_is_quiet (&rows[i].one, rows[i].now * SECOND), ==,
                       rows[i].quiet);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxied/solicitation", test_solicitation);
  g_test_add_func ("/proxied/room", test_room);
  g_test_add_func ("/proxied/times", test_times);
  return g_test_run ();
}
