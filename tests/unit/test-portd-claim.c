/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "system/portd/claim.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define NOW 1000000

/* "20 upnp map tcp 8080>80 exact for 3600 nonce 1": the last byte of the client's
 * address, or "6" for one of IPv6. All that is not there is 0. */
static CsPortdRequest
parse (const char *text)
{
  static const char *const kinds[] = { "", "map", "unmap", "find", "list" };
  static const char *const origins[] = { "", "upnp", "pcp", "nat-pmp" };
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  CsPortdRequest request = { .client = CS_IPV4 (192, 168, 137, 0) };

  request.client.bytes[3] = (guint8)atoi (words[0]);
  if (g_str_equal (words[0], "6"))
    g_assert_true (cs_address_parse ("2001:db8::20", &request.client));
  for (char **word = words + 1; *word != NULL; word++)
    {
      guint port, to_port;

      for (guint i = 1; i < G_N_ELEMENTS (kinds); i++)
        if (g_str_equal (*word, kinds[i]))
          request.kind = i;
      for (guint i = 1; i < G_N_ELEMENTS (origins); i++)
        if (g_str_equal (*word, origins[i]))
          request.origin = (guint8)i;
      if (g_str_equal (*word, "tcp"))
        request.protocol = IPPROTO_TCP;
      else if (g_str_equal (*word, "udp"))
        request.protocol = IPPROTO_UDP;
      else if (g_str_equal (*word, "exact"))
        request.exact = TRUE;
      else if (g_str_equal (*word, "for"))
        request.lifetime = (guint32)atoi (*++word);
      else if (g_str_equal (*word, "nonce"))
        request.nonce[11] = (guint8)atoi (*++word);
      else if (g_str_equal (*word, "name"))
        g_strlcpy (request.name, *++word, sizeof request.name);
      else if (g_str_equal (*word, "at"))
        request.index = (guint32)atoi (*++word);
      else if (sscanf (*word, "%u>%u", &port, &to_port) == 2)
        {
          request.port = (guint16)port;
          request.to_port = (guint16)to_port;
        }
    }
  return request;
}

static char *
describe (const CsClaim *claim)
{
  static const char *const results[]
      = { "", "done", "refused", "taken", "quota", "no-network", "failed", "not-found" };
  GString *out = g_string_new (results[claim->result]);

  if (claim->removed->len > 0)
    g_string_append_printf (out, " -%u", claim->removed->len);
  if (claim->result == CS_PORTD_DONE && claim->answer.port != 0)
    g_string_append_printf (
        out, " %s %u>%u for %u", claim->answer.protocol == IPPROTO_TCP ? "tcp" : "udp",
        claim->answer.port, claim->answer.to_port, claim->answer.lifetime);
  if (claim->answer.name[0] != '\0')
    g_string_append_printf (out, " name %s", claim->answer.name);
  return g_string_free (out, FALSE);
}

static void
bring (CsForwardTable *table, CsClaim *claim)
{
  for (guint i = 0; i < claim->removed->len; i++)
    {
      const CsForward *forward = claim->removed->pdata[i];

      cs_forward_free (cs_forward_table_take (
          table, cs_forward_table_find (table, forward->protocol, forward->port,
                                        forward->client)));
    }
  if (claim->added != NULL)
    cs_forward_table_add (table, g_steal_pointer (&claim->added));
}

/* What the user has made. */
static void
add_users (CsForwardTable *table, guint port, guint last, const char *client)
{
  CsForward *forward = g_new0 (CsForward, 1);

  forward->protocol = IPPROTO_TCP;
  forward->port = (guint16)port;
  forward->last = (guint16)last;
  forward->to_port = 22;
  cs_forward_set_client (forward, client);
  cs_forward_table_add (table, forward);
}

/* One after the other. */
static void
test_claims (void)
{
  static const struct
  {
    const char *request;
    const char *expected;
  } rows[] = {
    { "20 upnp list at 2", "not-found" },
    { "20 upnp unmap tcp 8080>0", "not-found" },
    { "20 nat-pmp unmap tcp 0>80", "done" },
    /* One of its own, found, renewed, and never shorter. */
    { "20 upnp map tcp 8080>80 exact for 3600 name web",
      "done tcp 8080>80 for 3600 name web" },
    { "20 upnp find tcp 8080>0", "done tcp 8080>80 for 3600 name web" },
    { "20 upnp find udp 8080>0", "not-found" },
    { "20 upnp list at 2", "done tcp 8080>80 for 3600 name web" },
    { "20 upnp list at 3", "not-found" },
    { "20 upnp map tcp 8080>80 exact for 600", "done tcp 8080>80 for 3600 name web" },
    { "20 upnp map tcp 8080>80 exact for 7200 name x",
      "done tcp 8080>80 for 7200 name x" },
    /* Others neither see nor get nor end it. */
    { "21 upnp find tcp 8080>0", "not-found" },
    { "21 upnp list at 0", "done tcp 4444>22 for 0" },
    { "21 upnp list at 1", "not-found" },
    { "21 upnp map tcp 8080>80 exact for 600", "taken" },
    { "21 nat-pmp map tcp 8080>80 for 600", "taken" },
    { "21 upnp unmap tcp 8080>0", "refused" },
    { "21 nat-pmp unmap tcp 0>80", "done" },
    { "21 nat-pmp unmap tcp 0>0", "done" },
    { "20 upnp find tcp 8080>0", "done tcp 8080>80 for 7200 name x" },
    /* Another protocol of the same client finds it. */
    { "20 nat-pmp map tcp 9000>80 for 600", "done tcp 8080>80 for 7200 name x" },
    { "20 pcp map tcp 9000>80 exact for 600 nonce 1", "taken" },
    { "20 upnp map tcp 9000>80 exact for 600", "done tcp 9000>80 for 600" },
    /* UPnP leads a port elsewhere, the others do not. */
    { "20 upnp map tcp 9000>81 exact for 600", "done -1 tcp 9000>81 for 600" },
    { "20 nat-pmp map tcp 9000>82 for 600", "taken" },
    { "20 nat-pmp unmap tcp 0>81", "done -1" },
    /* With PCP it has a nonce, and keeps it. */
    { "20 pcp map tcp 8080>80 for 7300 nonce 1", "done tcp 8080>80 for 7300 name x" },
    { "20 pcp map tcp 8080>80 for 7400 nonce 2", "refused name x" },
    { "20 upnp map tcp 8080>80 exact for 7400", "done tcp 8080>80 for 7300 name x" },
    { "20 upnp map tcp 8080>81 exact for 7400", "taken" },
    { "20 upnp unmap tcp 8080>0", "refused" },
    { "20 nat-pmp unmap tcp 0>80", "refused" },
    { "20 nat-pmp unmap tcp 0>0", "done" },
    { "20 pcp unmap tcp 0>80 nonce 2", "refused" },
    { "20 pcp unmap 0>0 nonce 2", "done" },
    { "20 pcp unmap tcp 0>80 nonce 1", "done -1" },
    /* Ports that nobody gets. */
    { "20 upnp map tcp 80>80 exact for 600", "refused" },
    { "20 upnp map tcp 1023>80 exact for 600", "refused" },
    { "20 nat-pmp map tcp 80>80 for 600", "taken" },
    { "20 upnp map tcp 1024>80 exact for 600", "done tcp 1024>80 for 600" },
    /* The user's: as they are, for good. */
    { "20 upnp map tcp 2222>22 exact for 600", "done tcp 2222>22 for 0" },
    { "20 upnp find tcp 2223>0", "done tcp 2223>23 for 0" },
    { "20 upnp map tcp 2222>23 exact for 600", "taken" },
    { "20 upnp unmap tcp 2222>0", "refused" },
    { "20 nat-pmp unmap tcp 0>22", "refused" },
    { "21 upnp find tcp 2222>0", "not-found" },
    { "21 upnp find tcp 4444>0", "done tcp 4444>22 for 0" },
    { "21 upnp unmap tcp 4444>0", "refused" },
    { "21 upnp map tcp 4444>22 exact for 600", "done tcp 4444>22 for 0" },
    /* IPv6 has no other ports than its own. */
    { "6 pcp map tcp 6000>6000 for 600 nonce 1", "done tcp 6000>6000 for 600" },
    { "6 pcp map tcp 6001>6000 for 600 nonce 1", "done tcp 6000>6000 for 600" },
    { "6 pcp map tcp 6002>6001 for 600 nonce 1", "taken" },
    { "6 pcp map tcp 80>80 for 600 nonce 1", "refused" },
    /* ... and those are its own, whoever has them by IPv4. */
    { "6 pcp map tcp 2222>2222 for 600 nonce 1", "done tcp 2222>2222 for 600" },
    { "6 pcp unmap tcp 0>2222 nonce 1", "done -1" },
    { "20 upnp find tcp 2222>0", "done tcp 2222>22 for 0" },
  };
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();

  add_users (table, 2222, 2222, "192.168.137.20");
  add_users (table, 2223, 2223, "192.168.137.20");
  ((CsForward *)cs_forward_table_find (table, IPPROTO_TCP, 2223, NULL))->to_port = 23;
  add_users (table, 4444, 4444, "02:00:00:00:00:21");
  cs_forward_table_find_client (table, "02:00:00:00:00:21")->address
      = (CsAddress)CS_IPV4 (192, 168, 137, 21);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsPortdRequest request = parse (rows[i].request);
      g_autoptr (CsClaim) claim = cs_claim_new (&request, table, request.port, NOW);
      g_autofree char *text = describe (claim);

      g_test_message ("%s", rows[i].request);
      g_assert_cmpstr (text, ==, rows[i].expected);
      if (claim->result == CS_PORTD_DONE)
        bring (table, claim);
    }
}

static void
test_quota (void)
{
  g_autoptr (CsForwardTable) table = cs_forward_table_new ();
  CsPortdRequest request = parse ("20 upnp map tcp 5000>80 exact for 600");

  for (guint i = 0; i < 64; i++)
    {
      g_autoptr (CsClaim) claim = NULL;

      request.port = (guint16)(5000 + i);
      claim = cs_claim_new (&request, table, request.port, NOW);
      g_assert_cmpint (claim->result, ==, CS_PORTD_DONE);
      bring (table, claim);
    }
  for (guint port = 5063; port <= 5064; port++)
    {
      g_autoptr (CsClaim) claim = NULL;

      request.port = (guint16)port;
      claim = cs_claim_new (&request, table, port, NOW);
      g_assert_cmpint (claim->result, ==, port < 5064 ? CS_PORTD_DONE : CS_PORTD_QUOTA);
    }
}

static void
test_no_table (void)
{
  static const char *const rows[][2] = {
    { "20 upnp map tcp 5000>80 exact for 600", "done tcp 5000>80 for 600" },
    { "20 upnp unmap tcp 5000>0", "not-found" },
    { "20 nat-pmp unmap tcp 0>80", "done" },
    { "20 upnp find tcp 5000>0", "not-found" },
    { "20 upnp list at 0", "not-found" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsPortdRequest request = parse (rows[i][0]);
      g_autoptr (CsClaim) claim = cs_claim_new (&request, NULL, request.port, NOW);
      g_autofree char *text = describe (claim);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

/* What a process would not send that nobody has taken over. */
static void
test_validity (void)
{
  static const struct
  {
    const char *request;
    gboolean valid;
  } rows[] = {
    { "20 upnp map tcp 5000>80 exact for 600", TRUE },
    { "20 upnp map tcp 5000>80 for 119", FALSE },
    { "20 upnp map tcp 5000>80 for 604800", TRUE },
    { "20 upnp map tcp 5000>80 for 604801", FALSE },
    { "20 pcp map tcp 5000>80 for 86401", FALSE },
    { "20 upnp map tcp 0>80 for 600", FALSE },
    { "20 upnp map tcp 5000>0 for 600", FALSE },
    { "20 upnp map 5000>80 for 600", FALSE },
    { "20 map tcp 5000>80 for 600", FALSE },
    { "20 upnp tcp 5000>80 for 600", FALSE },
    { "1 upnp map tcp 5000>80 for 600", FALSE },
    { "6 pcp map tcp 5000>80 for 600", TRUE },
    { "6 upnp map tcp 5000>80 for 600", FALSE },
    { "20 upnp unmap tcp 5000>0", TRUE },
    { "20 nat-pmp unmap 0>0", TRUE },
    { "20 upnp find 5000>0", FALSE },
    { "20 upnp list at 70000", TRUE },
  };
  g_autoptr (GArray) networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));
  const CsCidr network = CS_CIDR4 (192, 168, 137, 0, 24);
  const CsCidr network6 = { { AF_INET6, { 0x20, 0x01, 0x0d, 0xb8 } }, 64 };
  const CsAddress gateway = CS_IPV4 (192, 168, 137, 1);
  CsPortdRequest request;

  g_array_append_val (networks, network);
  g_array_append_val (networks, network6);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      request = parse (rows[i].request);
      g_test_message ("%s", rows[i].request);
      g_assert_cmpint (cs_claim_is_valid (&request, gateway, networks), ==,
                       rows[i].valid);
    }
  request = parse (rows[0].request);
  request.client.bytes[2]++;
  g_assert_false (cs_claim_is_valid (&request, gateway, networks));
  request = parse (rows[0].request);
  memset (request.name, 'a', sizeof request.name);
  g_assert_false (cs_claim_is_valid (&request, gateway, networks));
  strcpy (request.name, "a\nb");
  g_assert_false (cs_claim_is_valid (&request, gateway, networks));
  strcpy (request.name, "\xff");
  g_assert_false (cs_claim_is_valid (&request, gateway, networks));
  request = parse (rows[0].request);
  request.client.family = 77;
  g_assert_false (cs_claim_is_valid (&request, gateway, networks));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/portd/claims", test_claims);
  g_test_add_func ("/portd/quota", test_quota);
  g_test_add_func ("/portd/no-table", test_no_table);
  g_test_add_func ("/portd/validity", test_validity);
  return g_test_run ();
}
