/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portd-fixture.h"

#include "portd/control.h"
#include "portd/rate.h"

#include <netinet/in.h>
#include <string.h>

/* "00 81 0000": spaces are for people. Returns the size. */
static gsize
from_hex (const char *hex, guint8 *data)
{
  gsize size = 0;

  for (; *hex != '\0'; hex++)
    if (g_ascii_isxdigit (*hex))
      {
        data[size++] = (guint8)(g_ascii_xdigit_value (hex[0]) << 4
                                | g_ascii_xdigit_value (hex[1]));
        hex++;
      }
  return size;
}

static char *
to_hex (const guint8 *data, gsize size)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

static char *
without_spaces (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strjoinv ("", words);
}

static void
check (PortdFixture *fixture, CsAddress peer, const char *request, const char *expected)
{
  guint8 data[2048], reply[CS_CONTROL_REPLY_MAX];
  gsize size = from_hex (request, data);
  gsize reply_size = cs_control_answer (&fixture->gateway, peer, data, size, reply);
  g_autofree char *hex = to_hex (reply, reply_size);
  g_autofree char *bare = without_spaces (expected);

  g_test_message ("%s", request);
  g_assert_cmpstr (hex, ==, bare);
}

/* --- NAT-PMP -------------------------------------------------------------------- */

static void
test_nat_pmp (void)
{
  static const struct
  {
    const char *request;
    guint32 result; /* of connshared; 0: it is not asked */
    const char *reply;
  } rows[] = {
    { "", 0, "" },
    { "00", 0, "" },
    { "00 00", 0, "00 80 0000 00001234 c6336407" },
    { "00 00 ffff", 0, "00 80 0000 00001234 c6336407" },
    { "00 80 0000", 0, "" },
    { "00 03 0000", 0, "00 83 0005 00001234" },
    { "00 7f", 0, "00 ff 0005 00001234" },
    { "00 01 0000 0050 0000", 0, "" },
    { "00 01 0000 0050 1f90 000000", 0, "" },
    { "00 02 0000 0050 1f90 00000e10", CS_PORTD_DONE,
      "00 82 0000 00001234 0050 1f90 00000e10" },
    { "00 01 0000 0050 0000 00000e10", CS_PORTD_DONE,
      "00 81 0000 00001234 0050 1f90 00000e10" },
    { "00 01 0000 0000 1f90 00000e10", 0, "00 81 0002 00001234 0000 1f90 00000e10" },
    { "00 01 0000 0050 1f90 00000e10", CS_PORTD_REFUSED,
      "00 81 0002 00001234 0050 1f90 00000e10" },
    { "00 01 0000 0050 1f90 00000e10", CS_PORTD_NO_NETWORK,
      "00 81 0003 00001234 0050 1f90 00000e10" },
    { "00 01 0000 0050 1f90 00000e10", CS_PORTD_QUOTA,
      "00 81 0004 00001234 0050 1f90 00000e10" },
    { "00 01 0000 0050 1f90 00000e10", 99, "00 81 0004 00001234 0050 1f90 00000e10" },
    { "00 01 0000 0050 0000 00000000", CS_PORTD_DONE,
      "00 81 0000 00001234 0050 0000 00000000" },
    { "00 02 0000 0050 1f90 00000000", CS_PORTD_NOT_FOUND,
      "00 82 0000 00001234 0050 0000 00000000" },
    { "00 02 0000 0000 0000 00000000", CS_PORTD_DONE,
      "00 82 0000 00001234 0000 0000 00000000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PortdFixture fixture;

      portd_fixture_init (&fixture);
      fixture.answer.result = rows[i].result;
      check (&fixture, (CsAddress)PORTD_PEER, rows[i].request, rows[i].reply);
      g_assert_cmpuint (fixture.asked, ==, rows[i].result != 0);
    }
}

static void
test_nat_pmp_request (void)
{
  static const struct
  {
    const char *request;
    CsPortdRequest expected;
  } rows[] = {
    { "00 02 0000 0050 1f90 00000e10",
      { .kind = CS_PORTD_MAP,
        .protocol = IPPROTO_TCP,
        .to_port = 80,
        .port = 8080,
        .lifetime = 3600 } },
    { "00 01 0000 0050 0000 00000001",
      { .kind = CS_PORTD_MAP,
        .protocol = IPPROTO_UDP,
        .to_port = 80,
        .port = 80,
        .lifetime = 120 } },
    { "00 01 0000 0050 0000 ffffffff",
      { .kind = CS_PORTD_MAP,
        .protocol = IPPROTO_UDP,
        .to_port = 80,
        .port = 80,
        .lifetime = 86400 } },
    { "00 01 0000 0050 1f90 00000000",
      { .kind = CS_PORTD_UNMAP, .protocol = IPPROTO_UDP, .to_port = 80 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsPortdRequest *expected = &rows[i].expected;
      guint8 data[64], reply[CS_CONTROL_REPLY_MAX];
      gsize size = from_hex (rows[i].request, data);
      PortdFixture fixture;

      portd_fixture_init (&fixture);
      cs_control_answer (&fixture.gateway, (CsAddress)PORTD_PEER, data, size, reply);
      g_test_message ("%s", rows[i].request);
      g_assert_cmpuint (fixture.request.kind, ==, expected->kind);
      g_assert_cmpuint (fixture.request.origin, ==, CS_PORTD_NAT_PMP);
      g_assert_cmpuint (fixture.request.protocol, ==, expected->protocol);
      g_assert_cmpuint (fixture.request.to_port, ==, expected->to_port);
      g_assert_cmpuint (fixture.request.port, ==, expected->port);
      g_assert_cmpuint (fixture.request.lifetime, ==, expected->lifetime);
      g_assert_false (fixture.request.exact);
      g_assert_true (cs_address_equal (fixture.request.client, (CsAddress)PORTD_PEER));
    }
}

static void
test_no_uplink (void)
{
  PortdFixture fixture;

  portd_fixture_init (&fixture);
  fixture.gateway.settings.external = (CsAddress){ 0 };
  check (&fixture, (CsAddress)PORTD_PEER, "00 00", "00 80 0003 00001234 00000000");
}

/* --- PCP ------------------------------------------------------------------------ */

#define NONCE   "0102030405060708090a0b0c"
#define PEER    "00000000000000000000ffffc0a88914"
#define ANY     "00000000000000000000000000000000"
#define ANY4    "00000000000000000000ffff00000000"
#define OUTSIDE "00000000000000000000ffffc6336407"
#define OTHER   "00000000000000000000ffffc6336408"
#define ZEROS   "000000000000000000000000"
#define HEAD    "02 01 0000 00000e10" PEER
#define END     "02 01 0000 00000000" PEER
/* The head of an error that holds for half an hour, and of one that does for 30 s. */
#define LONG(result) "02 81 00 " result " 00000708 00001234" ZEROS
#define SOON(result) "02 81 00 " result " 0000001e 00001234" ZEROS
#define BODY         NONCE "06 000000 0050 1f90" ANY4
#define DONE         "02 81 00 00 00000e10 00001234" ZEROS NONCE "06 000000 0050 1f90" OUTSIDE
#define PREFER       "02 00 0000"

static void
test_pcp (void)
{
  static const struct
  {
    const char *request;
    guint32 result; /* of connshared; 0: it is not asked */
    const char *reply;
  } rows[] = {
    { "02", 0, "" },
    { "02 81", 0, "" },
    /* Another version, not even of PCP. */
    { "01 00", 0, "02 80 00 01 00000708 00001234" ZEROS },
    { "03 01 0000 0000", 0, "02 81 00 01 00000708 00001234" ZEROS },
    /* Announce. */
    { "02 00 0000 00000000" PEER, 0, "02 80 00 00 00000000 00001234" ZEROS },
    { "02 00 0000 00000000" ANY, 0, "02 80 00 0c 00000708 00001234" ZEROS },
    /* What is too short, or of an odd length. */
    { "02 00", 0, "02 80 00 03 00000708 00001234" ZEROS },
    { HEAD, 0, LONG ("03") },
    { HEAD NONCE, 0, LONG ("03") NONCE },
    { HEAD BODY "01", 0, LONG ("03") BODY "01000000" },
    /* Peer, and what nobody knows. */
    { "02 02 0000 00000e10" PEER, 0, "02 82 00 04 00000708 00001234" ZEROS },
    { "02 7f 0000 00000e10" PEER, 0, "02 ff 00 04 00000708 00001234" ZEROS },
    /* Mappings. */
    { HEAD BODY, CS_PORTD_DONE, DONE },
    { HEAD BODY, CS_PORTD_REFUSED, LONG ("02") BODY },
    { HEAD BODY, CS_PORTD_TAKEN, SOON ("0b") BODY },
    { HEAD BODY, CS_PORTD_QUOTA, SOON ("0a") BODY },
    { HEAD BODY, CS_PORTD_NO_NETWORK, SOON ("07") BODY },
    { HEAD BODY, CS_PORTD_FAILED, SOON ("08") BODY },
    { "02 01 0000 00000e10 00000000000000000000ffffc0a88915" BODY, 0, LONG ("0c") BODY },
    { HEAD NONCE "00 000000 0050 1f90" ANY, 0,
      LONG ("03") NONCE "00 000000 0050 1f90" ANY },
    { HEAD NONCE "00 000000 0000 1f90" ANY, 0,
      LONG ("09") NONCE "00 000000 0000 1f90" ANY },
    { HEAD NONCE "06 000000 0000 1f90" ANY, 0,
      LONG ("09") NONCE "06 000000 0000 1f90" ANY },
    { HEAD NONCE "84 000000 0050 1f90" ANY, 0,
      LONG ("09") NONCE "84 000000 0050 1f90" ANY },
    /* Their end. */
    { END BODY, CS_PORTD_DONE,
      "02 81 00 00 00000000 00001234" ZEROS NONCE "06 000000 0050 1f90" ANY4 },
    { END BODY, CS_PORTD_NOT_FOUND,
      "02 81 00 00 00000000 00001234" ZEROS NONCE "06 000000 0050 1f90" ANY4 },
    { END NONCE "00 000000 0000 0000" ANY, CS_PORTD_DONE,
      "02 81 00 00 00000000 00001234" ZEROS NONCE "00 000000 0000 0000" ANY },
    { END NONCE "01 000000 0000 0000" ANY, 0,
      LONG ("09") NONCE "01 000000 0000 0000" ANY },
    /* Options. */
    { HEAD BODY PREFER, CS_PORTD_DONE, DONE PREFER },
    { HEAD BODY PREFER PREFER, 0, LONG ("06") BODY PREFER PREFER },
    { HEAD BODY "02 00 0004 00000000", 0, LONG ("06") BODY "02 00 0004 00000000" },
    { END BODY PREFER, 0, LONG ("06") BODY PREFER },
    { HEAD BODY "02 00 ffff", 0, LONG ("06") BODY "02 00 ffff" },
    { HEAD BODY "01 00 0010" PEER, 0, LONG ("05") BODY "01 00 0010" PEER },
    { HEAD BODY "80 00 0003 01020300", CS_PORTD_DONE, DONE },
    { HEAD NONCE "06 000000 0050 1f90" OUTSIDE PREFER, CS_PORTD_DONE, DONE PREFER },
    { HEAD NONCE "06 000000 0050 1f90" OTHER PREFER, 0,
      SOON ("0b") NONCE "06 000000 0050 1f90" OTHER PREFER },
    { HEAD NONCE "06 000000 0050 1f90" OTHER, CS_PORTD_DONE, DONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PortdFixture fixture;

      portd_fixture_init (&fixture);
      fixture.answer.result = rows[i].result;
      check (&fixture, (CsAddress)PORTD_PEER, rows[i].request, rows[i].reply);
      g_assert_cmpuint (fixture.asked, ==, rows[i].result != 0);
    }
}

static void
test_pcp_request (void)
{
  guint8 data[128], reply[CS_CONTROL_REPLY_MAX];
  gsize size = from_hex (HEAD BODY PREFER, data);
  PortdFixture fixture;

  portd_fixture_init (&fixture);
  cs_control_answer (&fixture.gateway, (CsAddress)PORTD_PEER, data, size, reply);
  g_assert_cmpuint (fixture.request.kind, ==, CS_PORTD_MAP);
  g_assert_cmpuint (fixture.request.origin, ==, CS_PORTD_PCP);
  g_assert_cmpmem (fixture.request.nonce, 12, "\1\2\3\4\5\6\7\10\11\12\13\14", 12);
  g_assert_true (fixture.request.exact);
  g_assert_cmpuint (fixture.request.protocol, ==, IPPROTO_TCP);
  g_assert_cmpuint (fixture.request.to_port, ==, 80);
  g_assert_cmpuint (fixture.request.port, ==, 8080);
  g_assert_cmpuint (fixture.request.lifetime, ==, 3600);
}

/* What is longer than a datagram may be comes back cut off. */
static void
test_pcp_too_long (void)
{
  guint8 data[2048] = { 2, 1 }, reply[CS_CONTROL_REPLY_MAX];
  PortdFixture fixture;

  portd_fixture_init (&fixture);
  for (gsize size = CS_PCP_MAX + 1; size <= sizeof data; size++)
    {
      g_assert_cmpuint (
          cs_control_answer (&fixture.gateway, (CsAddress)PORTD_PEER, data, size, reply),
          ==, CS_PCP_MAX);
      g_assert_cmpuint (reply[3], ==, CS_PCP_MALFORMED_REQUEST);
    }
}

#define PEER6 "20010db8000100000000000000000020"

/* Of IPv6, a client has nothing but its own address; and NAT-PMP does not have it. */
static void
test_ipv6 (void)
{
  PortdFixture fixture;
  CsAddress peer;

  g_assert_true (cs_address_parse ("2001:db8:1::20", &peer));
  portd_fixture_init (&fixture);
  fixture.answer.port = 80;
  fixture.gateway.settings.external = (CsAddress){ 0 };
  check (&fixture, peer, "02 01 0000 00000e10" PEER6 NONCE "06 000000 0050 0000" ANY,
         "02 81 00 00 00000e10 00001234" ZEROS NONCE "06 000000 0050 0050" PEER6);
  check (&fixture, peer, "02 01 0000 00000e10" PEER NONCE "06 000000 0050 0000" ANY,
         LONG ("0c") NONCE "06 000000 0050 0000" ANY);
  check (&fixture, peer, "00 00", "");
  check (&fixture, (CsAddress)PORTD_PEER, HEAD BODY, SOON ("07") BODY);
}

/* --- Clients -------------------------------------------------------------------- */

static void
test_clients (void)
{
  static const struct
  {
    const char *address;
    gboolean known;
  } rows[] = {
    { "192.168.137.20", TRUE },
    { "192.168.137.1", FALSE },
    { "192.168.137.0", FALSE },
    { "192.168.137.255", FALSE },
    { "192.168.138.20", FALSE },
    { "0.0.0.0", FALSE },
    { "127.0.0.1", FALSE },
    { "198.51.100.7", FALSE },
    { "2001:db8:1::20", TRUE },
    { "2001:db8:2::20", FALSE },
    { "fe80::1", FALSE },
    { "::", FALSE },
    { "::ffff:192.168.137.20", FALSE },
  };
  PortdFixture fixture;

  portd_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsAddress address;

      g_assert_true (cs_address_parse (rows[i].address, &address));
      g_test_message ("%s", rows[i].address);
      g_assert_cmpint (cs_gateway_knows (&fixture.gateway, address), ==, rows[i].known);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *text;
    const char *name;
  } rows[] = {
    { NULL, "" },
    { "", "" },
    { "Transmission at 51413", "Transmission at 51413" },
    { "a\033[31m\r\nb\177", "a[31mb" },
    { "\xff", "" },
    { "0123456789012345678901234567890123456789012345678901234567890123456789",
      "012345678901234567890123456789012345678901234567890123456789012" },
    { "01234567890123456789012345678901234567890123456789012345678901\xc3\xa9",
      "01234567890123456789012345678901234567890123456789012345678901" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsPortdRequest request;

      memset (&request, 0xff, sizeof request);
      cs_gateway_set_name (&request, rows[i].text);
      g_assert_cmpstr (request.name, ==, rows[i].name);
    }
}

static guint
count_taken (CsRate *rate, CsAddress client, gint64 now, guint times)
{
  guint taken = 0;

  for (guint i = 0; i < times; i++)
    taken += cs_rate_take (rate, client, now) ? 1 : 0;
  return taken;
}

static void
test_rate (void)
{
  CsRate rate = { .each = 10, .all = 50 };
  CsAddress first = PORTD_PEER;
  gint64 now = 100 * G_USEC_PER_SEC;
  guint taken = 0;

  g_assert_cmpuint (count_taken (&rate, first, now, 1000), ==, 11);
  now += G_USEC_PER_SEC / 2;
  g_assert_cmpuint (count_taken (&rate, first, now, 1000), ==, 5);
  /* Another client has its own, until all of them have had enough. */
  for (guint i = 0; i < 250; i++)
    taken += count_taken (&rate, cs_address_from_number (0x0a000000 + i), now, 10);
  g_assert_cmpuint (taken, <=, 51);
  g_assert_cmpuint (taken, >=, 30);
  now += 2 * G_USEC_PER_SEC;
  g_assert_cmpuint (count_taken (&rate, first, now, 1), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/portd/nat-pmp", test_nat_pmp);
  g_test_add_func ("/portd/nat-pmp-request", test_nat_pmp_request);
  g_test_add_func ("/portd/no-uplink", test_no_uplink);
  g_test_add_func ("/portd/pcp", test_pcp);
  g_test_add_func ("/portd/pcp-request", test_pcp_request);
  g_test_add_func ("/portd/pcp-too-long", test_pcp_too_long);
  g_test_add_func ("/portd/ipv6", test_ipv6);
  g_test_add_func ("/portd/clients", test_clients);
  g_test_add_func ("/portd/names", test_names);
  g_test_add_func ("/portd/rate", test_rate);
  return g_test_run ();
}
