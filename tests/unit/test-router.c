/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A router is asked for port mappings: what it is asked, and what comes of its replies.
 */
#include "system/upstream/router.h"

#include "fake-router.h"
#include "private-net.h"

#include <netinet/in.h>
#include <string.h>

static const CsAddress own = CS_IPV4 (192, 168, 1, 20);
static const CsAddress gateway = CS_IPV4 (192, 168, 1, 1);
static FakeRouter *far;

typedef struct
{
  CsRouter *router; /* (owned) */
  guint news;
  gboolean emptied;
} Fixture;

static void
on_changed (const char *lan, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (lan, ==, "lan0");
  fixture->news++;
}

static void
on_emptied (gpointer user_data)
{
  ((Fixture *)user_data)->emptied = TRUE;
}

static void
begin (Fixture *fixture)
{
  const CsRouterWatcher watcher = { on_changed, on_emptied, fixture };

  fixture->router = cs_router_new ("up0", own, gateway, &watcher);
}

/* As a crash does: nothing is released. */
static void
leave (Fixture *fixture)
{
  cs_router_free (fixture->router);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fake_router_reset (far);
  begin (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  leave (fixture);
}

static void
add (Fixture *fixture, guint16 port)
{
  cs_router_add (fixture->router, "lan0", IPPROTO_TCP, port);
}

static void
take_away (Fixture *fixture, guint16 port)
{
  cs_router_remove (fixture->router, "lan0", IPPROTO_TCP, port);
}

/* "mapped 198.51.100.7:8080" or "silent"; "none" */
static char *
describe (const Fixture *fixture, guint16 port)
{
  const CsRouterMapping *mapping = cs_router_find (fixture->router, IPPROTO_TCP, port);
  g_autofree char *external = NULL;
  const char *state;

  if (mapping == NULL)
    return g_strdup ("none");
  state = cs_router_mapping_state_to_string (mapping->state);
  if (!cs_router_mapping_works (mapping))
    return g_strdup (state);
  external = cs_address_to_string (mapping->external);
  return g_strdup_printf ("%s %s:%u", state, external, mapping->external_port);
}

static gboolean
on_limit (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Until the mapping is described so, or @seconds are over. */
static void
await (Fixture *fixture, guint16 port, const char *expected, guint seconds)
{
  gboolean late = FALSE;
  guint limit = g_timeout_add_seconds (seconds, on_limit, &late);
  guint tick = g_timeout_add (10, on_tick, NULL);
  g_autofree char *found = describe (fixture, port);

  while (!late && strcmp (found, expected) != 0)
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (found);
      found = describe (fixture, port);
    }
  g_assert_cmpstr (found, ==, expected);
  g_source_remove (tick);
  if (!late)
    g_source_remove (limit);
}

static void
await_count (int count, guint seconds)
{
  gboolean late = FALSE;
  guint limit = g_timeout_add_seconds (seconds, on_limit, &late);
  guint tick = g_timeout_add (10, on_tick, NULL);

  while (!late && far->count < count)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  if (!late)
    g_source_remove (limit);
  g_assert_cmpint (far->count, ==, count);
}

static void
rest (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_limit, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_asked (int number, const char *prefix)
{
  g_assert_cmpint (far->count, >, number);
  if (!g_str_has_prefix (far->log[number], prefix))
    g_error ("it was asked \"%s\", not \"%s\"", far->log[number], prefix);
}

/* --- PCP --------------------------------------------------------------------------- */

static void
test_pcp (Fixture *fixture, gconstpointer data)
{
  add (fixture, 8080);
  g_assert_false (fixture->emptied);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  g_assert_cmpint (far->count, ==, 1);
  assert_asked (0, "pcp 6:8080 8080 7200 ");
  g_assert_cmpuint (fixture->news, ==, 1);
  rest (300);
  g_assert_cmpint (far->count, ==, 1);

  take_away (fixture, 8080);
  await (fixture, 8080, "none", 1);
  await_count (2, 3);
  assert_asked (1, "pcp 6:8080 8080 0 ");
  rest (100);
  g_assert_true (fixture->emptied);
}

static void
test_other_port (Fixture *fixture, gconstpointer data)
{
  far->skip = 3;
  add (fixture, 8080);
  await (fixture, 8080, "refused", 3);
  far->manner = ROUTER_IS_INEXACT;
  add (fixture, 8081);
  await (fixture, 8081, "mapped 198.51.100.7:8084", 3);
  add (fixture, 8082);
  await (fixture, 8082, "mapped 198.51.100.7:8085", 3);
  g_assert_cmpint (far->count, ==, 4);
  g_assert_true (g_str_has_suffix (far->log[1], "!"));
  g_assert_false (g_str_has_suffix (far->log[2], "!"));
}

static void
test_private_router (Fixture *fixture, gconstpointer data)
{
  const guint8 carrier[] = { 100, 64, 1, 2 };

  memcpy (far->external, carrier, 4);
  add (fixture, 8080);
  await (fixture, 8080, "private 100.64.1.2:8080", 3);
  g_assert_false (cs_address_is_set (cs_router_get_external (fixture->router)));
}

static void
test_confusion (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_CONFUSES;
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  g_assert_cmpint (far->count, ==, 1);
}

static void
test_refusal (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_REFUSES;
  add (fixture, 80);
  await (fixture, 80, "refused", 3);
  far->manner = ROUTER_SPEAKS_PCP;
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  rest (300);
  g_assert_cmpint (far->count, ==, 2);
  take_away (fixture, 80);
  rest (200);
  g_assert_cmpint (far->count, ==, 2);
}

/* The others are not asked for. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_IS_FULL;
  for (guint16 port = 8000; port < 8050; port++)
    add (fixture, port);
  await (fixture, 8049, "full", 3);
  rest (300);
  g_assert_cmpint (far->count, ==, 1);
}

/* After a crash the same nonce is used. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  leave (fixture);
  begin (fixture);
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  add (fixture, 8081);
  await (fixture, 8081, "mapped 198.51.100.7:8081", 3);
  g_assert_cmpint (far->count, ==, 3);
  g_assert_cmpstr (far->log[0], ==, far->log[1]);
  g_assert_cmpstr (strrchr (far->log[1], ' '), !=, strrchr (far->log[2], ' '));
}

/* What it has forgotten is asked for again within seconds. */
static void
test_forgetful (Fixture *fixture, gconstpointer data)
{
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  far->epoch = 1;
  add (fixture, 8081);
  await (fixture, 8081, "mapped 198.51.100.7:8081", 3);
  await_count (3, 8);
  assert_asked (2, "pcp 6:8080 8080 7200 ");
}

static void
test_announcement (Fixture *fixture, gconstpointer data)
{
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  far->epoch = 1;
  far->announce = 1;
  await_count (2, 8);
  assert_asked (1, "pcp 6:8080 8080 7200 ");
  far->epoch = 0; /* and again, which nobody believes */
  far->announce = 1;
  rest (6000);
  g_assert_cmpint (far->count, ==, 2);
}

/* The mapping may be wanted again while its end is under way. */
static void
test_change_of_mind (Fixture *fixture, gconstpointer data)
{
  add (fixture, 8080);
  take_away (fixture, 8080);
  await_count (2, 3);
  assert_asked (0, "pcp 6:8080 8080 7200 ");
  assert_asked (1, "pcp 6:8080 8080 0 ");
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  take_away (fixture, 8080);
  add (fixture, 8080);
  await_count (5, 3);
  assert_asked (3, "pcp 6:8080 8080 0 ");
  assert_asked (4, "pcp 6:8080 8080 7200 ");
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  for (guint16 port = 1; port <= CS_ROUTER_MAPPINGS_MAX + 1; port++)
    add (fixture, port);
  await (fixture, CS_ROUTER_MAPPINGS_MAX, "mapped 198.51.100.7:1024", 20);
  await (fixture, CS_ROUTER_MAPPINGS_MAX + 1, "none", 1);
  await_count (CS_ROUTER_MAPPINGS_MAX, 20);
  cs_router_remove_lan (fixture->router, "lan1");
  g_assert_false (cs_router_is_empty (fixture->router));
  cs_router_remove_lan (fixture->router, "lan0");
  await_count (2 * CS_ROUTER_MAPPINGS_MAX, 20);
  rest (100);
  g_assert_true (cs_router_is_empty (fixture->router) && fixture->emptied);
}

/* --- NAT-PMP ----------------------------------------------------------------------- */

static void
test_nat_pmp (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_SPEAKS_NAT_PMP;
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  add (fixture, 8081);
  await (fixture, 8081, "mapped 198.51.100.7:8081", 3);
  g_assert_cmpint (far->count, ==, 4);
  assert_asked (0, "unsupported");
  assert_asked (1, "nat-pmp 0");
  assert_asked (2, "nat-pmp 2 8080 8080 7200");
  assert_asked (3, "nat-pmp 2 8081 8081 7200");
  take_away (fixture, 8080);
  await_count (5, 3);
  assert_asked (4, "nat-pmp 2 8080 0 0");
}

static void
test_old_router (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_IS_OLD;
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 15);
}

/* --- No router --------------------------------------------------------------------- */

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_IS_CLOSED;
  rest (100);
  add (fixture, 8080);
  await (fixture, 8080, "silent", 3);
  add (fixture, 8081);
  await (fixture, 8081, "silent", 1);
  far->manner = ROUTER_SPEAKS_PCP;
  rest (500);
  g_assert_cmpint (far->count, ==, 0);
  far->announce = 1;
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  await (fixture, 8081, "mapped 198.51.100.7:8081", 3);
}

static void
test_mute (Fixture *fixture, gconstpointer data)
{
  far->manner = ROUTER_IS_MUTE;
  add (fixture, 8080);
  await_count (2, 5); /* 0 and 3 seconds */
  await (fixture, 8080, "asking", 1);
  take_away (fixture, 8080);
  await_count (4, 9); /* NAT-PMP's at once and after a quarter of a second */
  assert_asked (0, "pcp");
  assert_asked (3, "nat-pmp");
}

/* Nothing can be released any more. */
static void
test_address_that_is_gone (Fixture *fixture, gconstpointer data)
{
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 3);
  private_net_ip ("address del 192.168.1.20/24 dev up0");
  cs_router_remove_lan (fixture->router, "lan0");
  rest (100);
  g_assert_true (cs_router_is_empty (fixture->router) && fixture->emptied);
  add (fixture, 8080);
  await (fixture, 8080, "silent", 1);
  private_net_ip ("address add 192.168.1.20/24 dev up0");
  g_assert_cmpint (far->count, ==, 1);
}

/* Nothing goes to where the routes lead, or by another interface. */
static void
test_other_ways (Fixture *fixture, gconstpointer data)
{
  private_net_ip ("link add astray type veth peer name astray-far");
  private_net_ip ("address add 192.168.1.20/32 dev astray");
  private_net_ip ("link set astray up");
  private_net_ip ("route add 192.168.1.1/32 dev astray");
  add (fixture, 8080);
  await (fixture, 8080, "mapped 198.51.100.7:8080", 4);
  private_net_ip ("link del astray");
}

#define ADD(name, function) \
  g_test_add ("/router/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  far = fake_router_start ();
  ADD ("pcp", test_pcp);
  ADD ("other-port", test_other_port);
  ADD ("private-router", test_private_router);
  ADD ("confusion", test_confusion);
  ADD ("refusal", test_refusal);
  ADD ("full", test_full);
  ADD ("restart", test_restart);
  ADD ("forgetful", test_forgetful);
  ADD ("announcement", test_announcement);
  ADD ("change-of-mind", test_change_of_mind);
  ADD ("many", test_many);
  ADD ("nat-pmp", test_nat_pmp);
  ADD ("old-router", test_old_router);
  ADD ("closed", test_closed);
  ADD ("mute", test_mute);
  ADD ("address-that-is-gone", test_address_that_is_gone);
  ADD ("other-ways", test_other_ways);
  status = g_test_run ();
  fake_router_stop ();
  return status;
}
