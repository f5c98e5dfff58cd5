/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/dhcpv6.h"

#include <string.h>

#define TRANSACTION "a1b2c3 "
#define CLIENT      "0001 0004 00040102 "
#define SERVER      "0002 0003 0003aa "
#define IA(size)    "0019 " size " 00000007 "
#define T(t1, t2)   t1 " " t2 " "
/* 2001:db8:77::/60, 3600 and 7200 seconds */
#define PREFIX "001a 0019 00000e10 00001c20 3c 20010db8007700000000000000000000 "

static const CsDuid client = { 4, { 0, 4, 1, 2 } };

static gsize
from_hex (const char *text, guint8 *data)
{
  gsize digits = 0;

  for (; *text != '\0'; text++)
    if (g_ascii_isxdigit (*text))
      {
        data[digits / 2] = (guint8)(data[digits / 2] << 4 | g_ascii_xdigit_value (*text));
        digits++;
      }
  return digits / 2;
}

static void
assert_hex (const guint8 *data, gsize size, const char *text)
{
  guint8 expected[CS_DHCPV6_REQUEST_MAX];
  gsize count = from_hex (text, expected);

  g_assert_cmpmem (data, size, expected, count);
}

static void
test_print (void)
{
  static const struct
  {
    CsDhcpv6Type type;
    const char *message;
  } rows[] = {
    { CS_DHCPV6_SOLICIT, "01 " TRANSACTION CLIENT "0008 0002 0064 000e 0000 "
                         "0006 0002 0052 " IA ("000c") T ("00000000", "00000000") },
    { CS_DHCPV6_REQUEST,
      "03 " TRANSACTION CLIENT SERVER "0008 0002 0064 0006 0002 0052 " IA ("0029") T (
          "00000000",
          "00000000") "001a 0019 00000000 00000000 3c 20010db8007700000000000000000000" },
    { CS_DHCPV6_REBIND,
      "06 " TRANSACTION CLIENT "0008 0002 0064 0006 0002 0052 " IA ("0029") T (
          "00000000",
          "00000000") "001a 0019 00000000 00000000 3c 20010db8007700000000000000000000" },
  };
  CsDelegation delegation = { .server = { 3, { 0, 3, 0xaa } } };
  CsDelegatedPrefix prefix = { .preferred = 3600, .valid = 7200 };

  g_assert_true (cs_cidr_parse ("2001:db8:77::/60", &prefix.network, NULL));
  cs_delegation_add (&delegation, prefix);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsDhcpv6Request request = { .type = rows[i].type,
                                        .transaction = 0xa1b2c3,
                                        .association = 7,
                                        .client = &client,
                                        .delegation = &delegation,
                                        .elapsed = 100 };
      guint8 data[CS_DHCPV6_REQUEST_MAX];
      gsize size = cs_dhcpv6_print (&request, data);

      assert_hex (data, size, rows[i].message);
    }
}

/* The longest that there can be fits. */
static void
test_longest (void)
{
  CsDelegation delegation = { .server = { .size = CS_DUID_MAX } };
  CsDuid long_client = { .size = CS_DUID_MAX };
  const CsDhcpv6Request request = { .type = CS_DHCPV6_RENEW,
                                    .client = &long_client,
                                    .delegation = &delegation,
                                    .elapsed = G_MAXUINT };
  guint8 data[CS_DHCPV6_REQUEST_MAX];

  delegation.count = CS_DELEGATION_PREFIXES;
  g_assert_cmpuint (cs_dhcpv6_print (&request, data), <=, sizeof data);
}

static char *
describe (const CsDhcpv6Reply *reply)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%d status=%d preference=%u%s longest=%u t1=%u t2=%u",
                          reply->type, reply->status, reply->preference,
                          reply->rapid ? " rapid" : "", reply->longest,
                          reply->delegation.count ? reply->delegation.renew : 0,
                          reply->delegation.count ? reply->delegation.rebind : 0);
  for (guint i = 0; i < reply->delegation.count; i++)
    {
      const CsDelegatedPrefix *prefix = &reply->delegation.prefixes[i];
      g_autofree char *network = cs_cidr_to_string (prefix->network);

      g_string_append_printf (text, " %s,%u,%u", network, prefix->preferred,
                              prefix->valid);
    }
  return g_string_free (text, FALSE);
}

static void
test_parse (void)
{
  static const struct
  {
    const char *message;
    const char *reply; /* NULL: it is none */
  } rows[] = {
    { "02 " TRANSACTION CLIENT SERVER "0007 0001 ff" IA ("0029")
          T ("00000e10", "00001518") PREFIX,
      "2 status=0 preference=255 longest=0 t1=3600 t2=5400 2001:db8:77::/60,3600,7200" },
    { "07 " TRANSACTION SERVER CLIENT "000e 0000 0052 0004 00000078" IA ("0029")
          T ("00000000", "00000000") PREFIX,
      "7 status=0 preference=0 rapid longest=120 t1=1800 t2=2880 "
      "2001:db8:77::/60,3600,7200" },
    /* another association, in which nothing counts */
    { "07 " TRANSACTION SERVER CLIENT
      "0019 0012 00000008 00000000 00000000 000d 0002 0006",
      "7 status=0 preference=0 longest=0 t1=0 t2=0" },
    { "02 " TRANSACTION SERVER CLIENT IA ("0012")
          T ("00000000", "00000000") "000d 0002 0006",
      "2 status=6 preference=0 longest=0 t1=0 t2=0" },
    { "07 " TRANSACTION SERVER CLIENT "000d 0005 0001 6e6f6e",
      "7 status=1 preference=0 longest=0 t1=0 t2=0" },
    /* SOL_MAX_RT out of its bounds, T1 behind T2, a prefix of no use */
    { "07 " TRANSACTION SERVER CLIENT "0052 0004 0000003b" IA ("0029")
          T ("00000e10", "00000e0f") PREFIX,
      "7 status=0 preference=0 longest=0 t1=0 t2=0" },
    { "07 " TRANSACTION SERVER CLIENT IA ("0029") T (
          "00000000",
          "00000000") "001a 0019 00000000 00000000 3c 20010db8007700000000000000000000",
      "7 status=0 preference=0 longest=0 t1=0 t2=0" },
    { "07 " TRANSACTION SERVER CLIENT IA ("0029") T (
          "00000000",
          "00000000") "001a 0019 00000e10 00001c20 81 20010db8007700000000000000000000",
      "7 status=0 preference=0 longest=0 t1=0 t2=0" },
    { "07 " TRANSACTION SERVER CLIENT IA ("0028")
          T ("00000000",
             "00000000") "001a 0018 00000e10 00001c20 3c 200100000000000000000000000000",
      "7 status=0 preference=0 longest=0 t1=0 t2=0" },
    /* of somebody else, or incomplete */
    { "07 a1b2c4 " SERVER CLIENT, NULL },
    { "07 " TRANSACTION SERVER "0001 0004 00040103", NULL },
    { "07 " TRANSACTION SERVER, NULL },
    { "07 " TRANSACTION CLIENT, NULL },
    { "07 " TRANSACTION CLIENT "0002 0000", NULL },
    { "01 " TRANSACTION SERVER CLIENT, NULL },
    { "07 " TRANSACTION SERVER CLIENT "00", NULL },
    { "07 " TRANSACTION SERVER CLIENT "000e 0001", NULL },
    { "07 " TRANSACTION SERVER CLIENT "0019 0004 00000007", NULL },
    { "07 " TRANSACTION SERVER CLIENT IA ("000e") T ("00000000", "00000000") "001a",
      NULL },
    { "07 a1b2", NULL },
    { "", NULL },
  };
  const CsDhcpv6Request request
      = { .transaction = 0xa1b2c3, .association = 7, .client = &client };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 data[1000];
      gsize size = from_hex (rows[i].message, data);
      CsDhcpv6Reply reply;
      gboolean parsed = cs_dhcpv6_parse (data, size, &request, &reply);
      g_autofree char *text = parsed ? describe (&reply) : NULL;

      g_test_message ("%s", rows[i].message);
      g_assert_cmpstr (text, ==, rows[i].reply);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dhcpv6/print", test_print);
  g_test_add_func ("/dhcpv6/longest", test_longest);
  g_test_add_func ("/dhcpv6/parse", test_parse);
  return g_test_run ();
}
