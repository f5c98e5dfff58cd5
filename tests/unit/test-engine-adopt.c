/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What NetworkManager shares itself, and the engine takes as a request. */
#include "engine-fixture.h"

#include "dbus/errors.h"

#define HOTSPOT "link lan2 fwd=1 managed shared addr=10.42.0.1/24;"
#define GOING   "link lan2 fwd=1 managed shared changing addr=10.42.0.1/24;"
#define GONE    "link lan2 fwd=1 managed;"
#define UPLINK \
  "link ppp0 ppp ptp index=9 fwd=1 addr=192.0.2.2/32>192.0.2.1; " \
  "route default dev ppp0;"

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineFixture *f = user_data;

  f->answered = TRUE;
  cs_engine_adopt_finish (CS_ENGINE (source), result,
                          f->error == NULL ? &f->error : NULL);
}

static void
adopt (EngineFixture *f, const char *wan)
{
  f->answered = FALSE;
  cs_engine_adopt_async (f->engine, wan, on_adopted, f);
  engine_settle (f);
  g_assert_true (f->answered);
  g_assert_no_error (f->error);
}

static void
see (EngineFixture *f, const char *more)
{
  fake_monitor_set_more (f->monitor, more);
  engine_settle (f);
}

static void
test_as_long_as_it_is_there (EngineFixture *f, gconstpointer data)
{
  const CsRequest *request;

  see (f, UPLINK HOTSPOT);
  engine_assert_state (f, "lan2", NULL);
  adopt (f, "ppp0");
  engine_assert_state (f, "lan2", "active");
  request = cs_engine_get_request (f->engine, "lan2");
  g_assert_true (request->adopted && request->keep_lan && !request->persistent);
  g_assert_cmpstr (request->wan, ==, "ppp0");
  g_assert_cmpint (engine_get_share (f, "lan2")->lan_method, ==, CS_LAN_METHOD_KEEP);
  g_assert_cmpuint (engine_get_share (f, "lan2")->address.prefix, ==, 24);
  g_assert_cmpuint (engine_get_share (f, "lan2")->subnets->len, ==, 1);
  g_assert_true (engine_file_exists (f, "run/requests/lan2.share"));
  see (f, UPLINK GOING);
  engine_assert_state (f, "lan2", "active");
  see (f, UPLINK GONE);
  engine_assert_state (f, "lan2", NULL);
  g_assert_false (engine_file_exists (f, "run/requests/lan2.share"));
  g_assert_false (engine_file_exists (f, "run/ledger"));
}

static void
test_other_wan_and_off (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK HOTSPOT);
  adopt (f, "auto");
  adopt (f, "ppp0");
  g_assert_cmpstr (cs_engine_get_request (f->engine, "lan2")->wan, ==, "ppp0");
  g_assert_true (engine_file_exists (f, "state/adopt"));
  adopt (f, NULL);
  engine_assert_state (f, "lan2", NULL);
  g_assert_false (engine_file_exists (f, "state/adopt"));
}

static void
test_it_is_nobodys_to_change (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK HOTSPOT);
  adopt (f, "ppp0");
  engine_stop (f, "lan2");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_NOT_SUITABLE);
  engine_assert_state (f, "lan2", "active");
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineFixture *f = user_data;

  f->answered = TRUE;
  cs_engine_await_end_finish (CS_ENGINE (source), result,
                              f->error == NULL ? &f->error : NULL);
}

static void
await_end (EngineFixture *f, const char *lan, guint limit)
{
  f->answered = FALSE;
  cs_engine_await_end_async (f->engine, lan, limit, on_ended, f);
  engine_settle (f);
}

/* Who waits for the end is answered when everything is taken back. */
static void
test_its_end_is_awaited (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK HOTSPOT);
  adopt (f, "ppp0");
  await_end (f, "lan2", 60);
  see (f, UPLINK GOING);
  g_assert_false (f->answered);
  see (f, UPLINK GONE);
  g_assert_true (f->answered);
  g_assert_no_error (f->error);
  engine_assert_state (f, "lan2", NULL);
  g_assert_false (engine_file_exists (f, "run/ledger"));
  await_end (f, "lan2", 60);
  g_assert_true (f->answered);
  g_assert_no_error (f->error);
}

static void
test_its_end_does_not_come (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK HOTSPOT);
  adopt (f, "ppp0");
  await_end (f, "lan2", 1);
  while (!f->answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_TIMEOUT);
  engine_assert_state (f, "lan2", "active");
}

/* The request is there, and the WAN, before anything is known of the network. */
static void
test_restart (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK HOTSPOT);
  adopt (f, "ppp0");
  g_clear_object (&f->engine);
  engine_start (f);
  g_assert_cmpstr (cs_engine_get_adopt_wan (f->engine), ==, "ppp0");
  engine_settle (f);
  engine_assert_state (f, "lan2", "active");
  g_clear_object (&f->engine);
  fake_monitor_set_more (f->monitor, UPLINK GONE);
  engine_start (f);
  engine_settle (f);
  engine_assert_state (f, "lan2", NULL);
}

/* Nobody knows what NetworkManager shares while it does not run. */
static void
test_without_networkmanager (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK HOTSPOT);
  adopt (f, "ppp0");
  see (f, UPLINK "link lan2 fwd=1 addr=10.42.0.1/24; no-nm;");
  engine_assert_state (f, "lan2", "active");
}

/* Not what a user has asked for; and with itself as its uplink it waits. */
static void
test_not_every_one (EngineFixture *f, gconstpointer data)
{
  see (f, UPLINK GONE);
  engine_share (f, "lan2", "ppp0");
  g_assert_no_error (f->error);
  adopt (f, "ppp0");
  see (f, UPLINK HOTSPOT);
  g_assert_false (cs_engine_get_request (f->engine, "lan2")->adopted);
  engine_stop (f, "lan2");
  g_assert_true (cs_engine_get_request (f->engine, "lan2")->adopted);
  adopt (f, "lan2");
  engine_assert_state (f, "lan2", "waiting");
}

int
main (int argc, char **argv)
{
  static const EngineTest tests[] = {
    { "/engine-adopt/as long as it is there", test_as_long_as_it_is_there },
    { "/engine-adopt/other WAN and off", test_other_wan_and_off },
    { "/engine-adopt/it is nobody's to change", test_it_is_nobodys_to_change },
    { "/engine-adopt/its end is awaited", test_its_end_is_awaited },
    { "/engine-adopt/its end does not come", test_its_end_does_not_come },
    { "/engine-adopt/restart", test_restart },
    { "/engine-adopt/without NetworkManager", test_without_networkmanager },
    { "/engine-adopt/not every one", test_not_every_one },
  };

  g_test_init (&argc, &argv, NULL);
  return engine_run (tests, G_N_ELEMENTS (tests));
}
