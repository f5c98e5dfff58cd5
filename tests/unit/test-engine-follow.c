/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine does by itself, as the network moves, time passes, and others meddle;
 * and how it takes what the user asks for again. */
#include "engine-fixture.h"
#include "network.h"
#include "turn.h"

#include "core/value/backoff.h"
#include "dbus/errors.h"
#include "engine/retries.h"

#define UUID "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11"

static void
test_follow (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);

  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; c lan0 ppp0>-");
  engine_assert_state (f, "lan0", "waiting");

  fake_monitor_set_uplink (f->monitor, TRUE);
  engine_settle (f);
  engine_assert_log (f, "a lan0 ->ppp0; b lan0 ->ppp0; c lan0 ->ppp0");
  engine_assert_state (f, "lan0", "active");
}

/* What happens during the pass of an order is looked at after the answer, unasked. */
static void
test_meanwhile (EngineFixture *f, gconstpointer data)
{
  engine_order (f, "lan0", "ppp0", NULL);
  while (f->log->len == 0)
    g_main_context_iteration (NULL, TRUE);
  fake_monitor_set_uplink (f->monitor, FALSE);
  while (!f->answered)
    g_main_context_iteration (NULL, TRUE);
  engine_assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  engine_assert_state (f, "lan0", "active");
  g_assert_true (cs_engine_is_busy (f->engine));

  engine_settle (f);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; c lan0 ppp0>-");
  engine_assert_state (f, "lan0", "waiting");
}

/* Who asks again wants it again: what they did against the share counts no more, but
 * only for an order that is accepted, and once. */
static void
test_asked_again (EngineFixture *f, gconstpointer data)
{
  g_autoptr (CsRequest) request = cs_request_new ("lan0", "Mobile", NULL, NULL);
  g_autoptr (CsSnapshot) snapshot = NULL;
  g_autoptr (CsSharePlan) preview = NULL;

  fake_monitor_set_more (f->monitor, "profile Mobile " UUID " hung-up");
  engine_share (f, "lan0", "Mobile");
  g_assert_cmpstr (engine_get_share (f, "lan0")->dial, ==, UUID);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  engine_settle (f);
  g_assert_null (engine_get_share (f, "lan0")->dial);
  g_assert_cmpstr (engine_get_share (f, "lan0")->message, ==,
                   "the user disconnected \"Mobile\"");

  snapshot = cs_engine_snapshot (f->engine, NULL);
  preview = cs_engine_preview (f->engine, snapshot, request, NULL);
  g_assert_cmpstr (preview->dial, ==, UUID);

  engine_share (f, "lan0", "No such profile");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
  g_assert_null (engine_get_share (f, "lan0")->dial);

  engine_share (f, "lan0", "Mobile");
  g_assert_no_error (f->error);
  g_assert_cmpstr (engine_get_share (f, "lan0")->dial, ==, UUID);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  engine_settle (f);
  g_assert_null (engine_get_share (f, "lan0")->dial);
}

static void
wait_and_settle (EngineFixture *f, guint milliseconds)
{
  turn (milliseconds);
  engine_settle (f);
}

/* The plan wants to decide something later, and nothing happens till then. */
static void
test_wake (EngineFixture *f, gconstpointer data)
{
  double now = (double)g_get_monotonic_time () / G_USEC_PER_SEC;
  g_autofree char *failed
      = g_strdup_printf ("profile Mobile " UUID " failed=%f:no~carrier", now - 58);

  fake_monitor_set_more (f->monitor, "profile Mobile " UUID);
  engine_share (f, "lan0", "Mobile");
  fake_monitor_set_more (f->monitor, failed);
  engine_settle (f);
  g_assert_null (engine_get_share (f, "lan0")->dial);
  g_assert_cmpint (engine_get_share (f, "lan0")->reason, ==, CS_REASON_UPLINK_DOWN);
  g_ptr_array_set_size (f->log, 0);
  wait_and_settle (f, 100);
  engine_assert_log (f, "");
  for (int i = 0; i < 300 && engine_get_share (f, "lan0")->dial == NULL; i++)
    wait_and_settle (f, 100);
  g_assert_cmpstr (engine_get_share (f, "lan0")->dial, ==, UUID);
  engine_assert_log (f, "a lan0 ->-; b lan0 ->-; c lan0 ->-");
}

/* What shall not be waited for: a name that is neither an interface's nor a profile's. */
static void
test_unknown_uplink (EngineFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *wan;
    const char *network;
    gboolean accepted;
  } rows[] = {
    { "Mobile broadband", "", FALSE },
    { "profile:ppp7", "", FALSE },
    { UUID, "", FALSE },
    { "Mobile broadband", "no-nm", TRUE },
    { "Mobile broadband", "profile Mobile~broadband " UUID, TRUE },
    { "ppp7", "", TRUE },
    { "Mobile broadband,ppp0", "link ppp0 ptp addr=192.0.2.2/24", TRUE },
    { "ppp7,Mobile broadband", "", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      fake_monitor_set_more (f->monitor, rows[i].network);
      engine_share (f, "lan0", rows[i].wan);
      if (rows[i].accepted)
        {
          g_assert_no_error (f->error);
          engine_stop (f, "lan0");
          continue;
        }
      g_assert_error (f->error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (f->error->message, "nmcli connection"));
      engine_assert_state (f, "lan0", NULL);
    }
}

/* A share whose profile is deleted waits; one that works is not given up for a name that
 * is mistyped, but may be asked for again as it is. */
static void
test_profile_deleted (EngineFixture *f, gconstpointer data)
{
  fake_monitor_set_more (f->monitor, "profile Mobile~broadband " UUID);
  engine_share (f, "lan0", "Mobile broadband");
  fake_monitor_set_more (f->monitor, "");
  engine_settle (f);
  g_assert_cmpint (engine_get_share (f, "lan0")->reason, ==, CS_REASON_UPLINK_UNKNOWN);
  engine_assert_state (f, "lan0", "waiting");
  engine_share (f, "lan0", "Mobile broadband");
  g_assert_no_error (f->error);

  fake_monitor_set_uplink (f->monitor, TRUE);
  engine_share (f, "lan0", "ppp0");
  engine_assert_state (f, "lan0", "active");
  engine_share (f, "lan0", "Mobile broadbant");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
  engine_assert_state (f, "lan0", "active");
  g_assert_cmpstr (cs_engine_get_request (f->engine, "lan0")->wan, ==, "ppp0");
}

/* Nobody ordered it, so nobody hears of it: the share says so, and is tried again. */
static void
test_failure_by_itself (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[0], 0, 1);
  g_ptr_array_set_size (f->log, 0);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  engine_assert_log (f, "a lan0 ppp0>-; a lan0 ->ppp0");
  g_ptr_array_set_size (f->log, 0);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  engine_assert_log (f, "");
  g_usleep (cs_backoff_pause (CS_BACKOFF_SHARE, 1));
  engine_settle (f);
  engine_assert_state (f, "lan0", "waiting");
}

/* What is to be done has become another thing: there is nothing to wait for. */
static void
test_failure_and_news (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[0], 0, 1);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  fake_monitor_set_uplink (f->monitor, TRUE);
  engine_settle (f);
  engine_assert_state (f, "lan0", "active");
}

/* A repair that failed is not forgotten, and does not hinder who asks for the share. */
static void
test_failed_repair (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[1], 0, 1);
  cs_step_changed (f->steps[2]->step, "lan0");
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  g_ptr_array_set_size (f->log, 0);
  engine_share (f, "lan0", "ppp0");
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  engine_assert_state (f, "lan0", "active");
}

/* From now on, again and again, the host has what is in force, less its routes. */
static void
lose_routes (EngineFixture *f)
{
  g_autoptr (CsPlan) less = cs_plan_new_empty ();
  g_autoptr (CsPlan) applied = NULL;
  g_autoptr (CsPlan) shown = cs_engine_get_plan (f->engine, &applied);
  CsSharePlan *share = cs_share_plan_copy (cs_plan_find (applied, "lan0"));

  g_array_set_size (share->routes, 0);
  g_ptr_array_add (less->shares, share);
  fake_monitor_set_applied (f->monitor, less);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  engine_settle (f);
}

static void
lose_everything (EngineFixture *f)
{
  g_autoptr (CsPlan) nothing = cs_plan_new_empty ();

  fake_monitor_set_applied (f->monitor, nothing);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  engine_settle (f);
}

/* Nor what is in force, when somebody breaks it before the next try is due. */
static void
test_repair_of_what_failed (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[1], 0, 1);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  fake_step_fail (f->steps[1], 0, 1);
  g_ptr_array_set_size (f->log, 0);
  lose_everything (f);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; b lan0 ->ppp0; a lan0 ->ppp0");
  engine_assert_state (f, "lan0", "failed");
}

/* Somebody undoes it again and again: it is repaired, but not without end; until the user
 * asks for it. */
static void
test_repair (EngineFixture *f, gconstpointer data)
{
  guint repairs = 0;

  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  for (guint i = 0; i < 10; i++)
    {
      lose_routes (f);
      g_usleep (2 * CS_REPAIRS_DELAY);
      engine_settle (f);
      repairs += f->log->len > 0;
      if (i == 0)
        engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
      g_ptr_array_set_size (f->log, 0);
    }
  g_assert_cmpuint (repairs, >=, CS_BACKOFF_FREE);
  g_assert_cmpuint (repairs, <, 10);
  engine_assert_state (f, "lan0", "active");
  g_assert_true (cs_engine_is_fighting (f->engine, "lan0"));

  engine_share (f, "lan0", "ppp0");
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  g_assert_false (cs_engine_is_fighting (f->engine, "lan0"));
}

/* What keeps packets from going astray is put back each time, however often. */
static void
test_repair_of_the_guard (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  for (guint i = 0; i < 3 * CS_BACKOFF_FREE; i++)
    {
      lose_everything (f);
      engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
    }
  g_assert_true (cs_engine_is_fighting (f->engine, "lan0"));
}

/* Routes that are gone may be the beginning of something: that is waited for. */
static void
test_repair_is_delayed (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  lose_routes (f);
  engine_assert_log (f, "");
  g_usleep (2 * CS_REPAIRS_DELAY);
  engine_settle (f);
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
}

static void
test_step_changed (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  engine_share (f, "lan1", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  cs_step_changed (f->steps[1]->step, "lan1");
  engine_settle (f);
  engine_assert_log (f, "a lan1 ppp0>ppp0; b lan1 ppp0>ppp0; c lan1 ppp0>ppp0");
}

static void
set_server (EngineFixture *f, int number)
{
  g_autofree char *more = g_strdup_printf (
      "link ppp0 ptp addr=192.0.2.2/24>192.0.2.1 dns=198.51.100.%d", number);

  fake_monitor_set_more (f->monitor, more);
  engine_settle (f);
}

static gboolean
has_server (EngineFixture *f, const char *server)
{
  g_autofree char *servers = addresses_print (engine_get_share (f, "lan0")->dns);

  return g_str_equal (servers, server);
}

/* Details that change all the time are followed at first and in the end, and at once when
 * the user asks. */
static void
test_restless_details (EngineFixture *f, gconstpointer data)
{
  fake_monitor_set_uplink (f->monitor, FALSE);
  set_server (f, 100);
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  for (int i = 0; i < 20; i++)
    set_server (f, i);
  g_assert_cmpuint (f->log->len, >=, 3 * 3);
  g_assert_cmpuint (f->log->len, <, 3 * 8);
  engine_assert_state (f, "lan0", "active");
  g_assert_false (has_server (f, "198.51.100.19"));
  wait_and_settle (f, 1200);
  g_assert_true (has_server (f, "198.51.100.19"));
  set_server (f, 20);
  g_assert_true (has_server (f, "198.51.100.19"));
  engine_share (f, "lan0", "ppp0");
  g_assert_true (has_server (f, "198.51.100.20"));
}

int
main (int argc, char **argv)
{
  static const EngineTest tests[] = {
    { "/engine/follow", test_follow },
    { "/engine/meanwhile", test_meanwhile },
    { "/engine/asked-again", test_asked_again },
    { "/engine/wake", test_wake },
    { "/engine/unknown-uplink", test_unknown_uplink },
    { "/engine/profile-deleted", test_profile_deleted },
    { "/engine/failure-by-itself", test_failure_by_itself },
    { "/engine/failure-and-news", test_failure_and_news },
    { "/engine/failed-repair", test_failed_repair },
    { "/engine/repair-of-what-failed", test_repair_of_what_failed },
    { "/engine/repair", test_repair },
    { "/engine/repair-of-the-guard", test_repair_of_the_guard },
    { "/engine/repair-is-delayed", test_repair_is_delayed },
    { "/engine/step-changed", test_step_changed },
    { "/engine/restless-details", test_restless_details },
  };

  g_test_init (&argc, &argv, NULL);
  return engine_run (tests, G_N_ELEMENTS (tests));
}
