/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a router is asked, and what its replies are taken for, byte by byte. */
#include "system/upstream/router-message.h"

#include <netinet/in.h>
#include <string.h>

static const CsAddress own = CS_IPV4 (192, 168, 1, 20);
static const CsRouterRequest request = {
  .protocol = IPPROTO_TCP,
  .port = 8080,
  .external_port = 8080,
  .lifetime = 7200,
  .nonce = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
};

#define ZEROS4   "00000000"
#define V4_ANY   ZEROS4 ZEROS4 "0000ffff" ZEROS4
#define V4_OWN   ZEROS4 ZEROS4 "0000ffffc0a80114"
#define V4_GIVEN ZEROS4 ZEROS4 "0000ffffc6336407"
#define NONCE    "0102030405060708090a0b0c"

static GByteArray *
read_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] != '\0'; hex += 2)
    {
      guint8 byte
          = (guint8)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static void
assert_bytes (const guint8 *data, gsize size, const char *hex)
{
  g_autoptr (GByteArray) expected = read_hex (hex);

  g_assert_cmpmem (data, size, expected->data, expected->len);
}

static void
test_print (void)
{
  guint8 data[CS_ROUTER_REQUEST_MAX];
  CsRouterRequest again = request, end = request;

  assert_bytes (data, cs_router_print_mapping (CS_ROUTER_PCP, &request, own, data),
                "0201000000001c20" V4_OWN NONCE "060000001f901f90" V4_ANY);
  again.external = cs_address_new (AF_INET, "\xc6\x33\x64\x07");
  again.exact = TRUE;
  assert_bytes (data, cs_router_print_mapping (CS_ROUTER_PCP, &again, own, data),
                "0201000000001c20" V4_OWN NONCE "060000001f901f90" V4_GIVEN "02000000");
  assert_bytes (data, cs_router_print_mapping (CS_ROUTER_NAT_PMP, &request, own, data),
                "000200001f901f9000001c20");
  end.lifetime = 0;
  end.protocol = IPPROTO_UDP;
  assert_bytes (data, cs_router_print_mapping (CS_ROUTER_NAT_PMP, &end, own, data),
                "000100001f90000000000000");
  assert_bytes (data, cs_router_print_question (data), "0000");
}

/* How a reply is described below. */
static char *
describe (const CsRouterReply *reply)
{
  static const char *const kinds[] = { "mapping", "address", "announce" };
  static const char *const results[]
      = { "granted", "refused", "full", "offline", "inexact", "unsupported" };
  g_autofree char *external = cs_address_to_string (reply->external);

  if (reply->result == CS_ROUTER_UNSUPPORTED)
    return g_strdup ("unsupported");
  return g_strdup_printf ("%s %s epoch=%u lifetime=%u %u:%u %s:%u", kinds[reply->kind],
                          results[reply->result], reply->epoch, reply->lifetime,
                          reply->protocol, reply->port, external, reply->external_port);
}

#define PCP_MAP "0281"
#define LATER   "00000064" /* epoch 100 */

static const struct
{
  const char *name;
  const char *hex;
  const char *expected; /* (nullable) none: no reply */
  gboolean answers;     /* the request above */
} replies[] = {
  { "pcp: granted",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f91" V4_GIVEN,
    "mapping granted epoch=100 lifetime=7200 6:8080 198.51.100.7:8081", TRUE },
  { "pcp: with an option behind it",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_GIVEN
            "02000000",
    "mapping granted epoch=100 lifetime=7200 6:8080 198.51.100.7:8080", TRUE },
  { "pcp: of another nonce",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4
            "0102030405060708090a0b0d060000001f901f90" V4_GIVEN,
    "mapping granted epoch=100 lifetime=7200 6:8080 198.51.100.7:8080", FALSE },
  { "pcp: of another protocol",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "110000001f901f90" V4_GIVEN,
    "mapping granted epoch=100 lifetime=7200 17:8080 198.51.100.7:8080", FALSE },
  { "pcp: of another port",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f911f90" V4_GIVEN,
    "mapping granted epoch=100 lifetime=7200 6:8081 198.51.100.7:8080", FALSE },
  { "pcp: an external address of IPv6",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90"
            "20010db8000000000000000000000001",
    "mapping granted epoch=100 lifetime=7200 6:8080 :8080", TRUE },
  { "pcp: an external address that no host has",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE
            "060000001f901f90" ZEROS4 ZEROS4 "0000ffff7f000001",
    "mapping granted epoch=100 lifetime=7200 6:8080 :8080", TRUE },
  { "pcp: not authorized",
    PCP_MAP "000200000708" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_ANY,
    "mapping refused epoch=100 lifetime=1800 6:8080 :8080", TRUE },
  { "pcp: no resources",
    PCP_MAP "00080000001e" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_ANY,
    "mapping full epoch=100 lifetime=30 6:8080 :8080", TRUE },
  { "pcp: unknown option",
    PCP_MAP "000500000708" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_ANY
            "02000000",
    "mapping inexact epoch=100 lifetime=1800 6:8080 :8080", TRUE },
  { "pcp: another port is all there is",
    PCP_MAP "000b0000001e" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_ANY
            "02000000",
    "mapping refused epoch=100 lifetime=30 6:8080 :8080", TRUE },
  { "pcp: quota",
    PCP_MAP "000a0000001e" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_ANY,
    "mapping full epoch=100 lifetime=30 6:8080 :8080", TRUE },
  { "pcp: network failure",
    PCP_MAP "00070000001e" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_ANY,
    "mapping offline epoch=100 lifetime=30 6:8080 :8080", TRUE },
  { "pcp: another version", "0181000100000000" LATER ZEROS4 ZEROS4 ZEROS4, "unsupported",
    TRUE },
  { "pcp: announced", "0280000000000000" LATER ZEROS4 ZEROS4 ZEROS4,
    "announce granted epoch=100 lifetime=0 0:0 :0", FALSE },
  { "pcp: an error that is announced", "0280000300000000" LATER ZEROS4 ZEROS4 ZEROS4,
    NULL, FALSE },
  { "pcp: a request", "0201000000001c20" V4_OWN NONCE "060000001f901f90" V4_ANY, NULL,
    FALSE },
  { "pcp: cut off",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90", NULL,
    FALSE },
  { "pcp: only a head", PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4, NULL, FALSE },
  { "pcp: no whole words",
    PCP_MAP "000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE "060000001f901f90" V4_GIVEN
            "02",
    NULL, FALSE },
  { "pcp: PEER", "0282000000001c20" LATER ZEROS4 ZEROS4 ZEROS4 NONCE V4_ANY V4_ANY V4_ANY,
    NULL, FALSE },
  { "nat-pmp: granted", "00820000" LATER "1f901f9100000e10",
    "mapping granted epoch=100 lifetime=3600 6:8080 :8081", TRUE },
  { "nat-pmp: of udp", "00810000" LATER "1f901f9100000e10",
    "mapping granted epoch=100 lifetime=3600 17:8080 :8081", FALSE },
  { "nat-pmp: of another port", "00820000" LATER "1f911f9100000e10",
    "mapping granted epoch=100 lifetime=3600 6:8081 :8081", FALSE },
  { "nat-pmp: refused", "00820002" LATER "1f90000000000000",
    "mapping refused epoch=100 lifetime=0 6:8080 :0", TRUE },
  { "nat-pmp: refused in brief", "00820002" LATER,
    "mapping refused epoch=100 lifetime=0 6:0 :0", TRUE },
  { "nat-pmp: no resources", "00820004" LATER "1f90000000000000",
    "mapping full epoch=100 lifetime=0 6:8080 :0", TRUE },
  { "nat-pmp: no network", "00820003" LATER "1f90000000000000",
    "mapping offline epoch=100 lifetime=0 6:8080 :0", TRUE },
  { "nat-pmp: an error that nobody knows", "00820099" LATER "1f90000000000000",
    "mapping refused epoch=100 lifetime=0 6:8080 :0", TRUE },
  { "nat-pmp: granted, but cut off", "00820000" LATER "1f901f91", NULL, FALSE },
  { "nat-pmp: unsupported", "00820001" LATER, "unsupported", TRUE },
  { "nat-pmp: unsupported, with the opcode of the request", "00010001" LATER,
    "unsupported", TRUE },
  { "nat-pmp: address", "00800000" LATER "c6336407",
    "address granted epoch=100 lifetime=0 0:0 198.51.100.7:0", FALSE },
  { "nat-pmp: no address yet", "00800003" LATER "00000000",
    "address offline epoch=100 lifetime=0 0:0 :0", FALSE },
  { "nat-pmp: address, cut off", "00800000" LATER "c63364", NULL, FALSE },
  { "nat-pmp: a request", "000200001f901f9000001c20", NULL, FALSE },
  { "nat-pmp: another opcode", "00830000" LATER "1f901f9100000e10", NULL, FALSE },
  { "short", "00", NULL, FALSE },
  { "empty", "", NULL, FALSE },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (GByteArray) bytes = read_hex (replies[i].hex);
      g_autofree guint8 *exact = g_memdup2 (bytes->data, bytes->len);
      g_autofree char *found = NULL;
      CsRouterReply reply;

      g_test_message ("%s", replies[i].name);
      if (cs_router_parse (exact, bytes->len, &reply))
        found = describe (&reply);
      g_assert_cmpstr (found, ==, replies[i].expected);
      if (found != NULL)
        g_assert_cmpint (cs_router_reply_answers (&reply, &request), ==,
                         replies[i].answers);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router-message/print", test_print);
  g_test_add_func ("/router-message/parse", test_parse);
  return g_test_run ();
}
