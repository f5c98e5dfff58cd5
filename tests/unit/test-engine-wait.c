/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One share waits for another program: nobody else does. */
#include "engine-fixture.h"
#include "turn.h"

#include "dbus/errors.h"

#include <string.h>

#define PPP0 "link ppp0 ppp ptp index=9 addr=192.0.2.2/32>192.0.2.1"
#define ETH1 "link eth1 index=5 addr=198.51.100.2/24 gw=198.51.100.1"

/* Until a share waits for another program, and nobody does anything. */
static void
await_pause (EngineFixture *f)
{
  while (!cs_engine_is_waiting (f->engine) || cs_engine_is_busy (f->engine))
    g_main_context_iteration (NULL, TRUE);
}

/* lan0 is shared, and lan1 is just being. */
static void
begin (EngineFixture *f)
{
  engine_share (f, "lan0", "ppp0");
  f->answered = FALSE;
  fake_step_hold (f->steps[1], "lan1");
  engine_order (f, "lan1", "ppp0", NULL);
  await_pause (f);
  g_assert_false (f->answered);
  engine_assert_state (f, "lan1", NULL);
  g_ptr_array_set_size (f->log, 0);
}

static void
release (EngineFixture *f)
{
  fake_step_hold (f->steps[1], NULL);
  engine_settle (f);
}

static void
assert_ledger (EngineFixture *f, const char *group, gboolean there)
{
  g_autofree char *path = g_build_filename (f->folder, "run", "ledger", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (strstr (text, group) != NULL, ==, there);
}

static void
test_others_are_followed (EngineFixture *f, gconstpointer data)
{
  begin (f);
  assert_ledger (f, "[target lan1]", TRUE);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; c lan0 ppp0>-");
  engine_assert_state (f, "lan0", "waiting");
  assert_ledger (f, "[target lan1]", TRUE);
  g_assert_false (f->answered);

  release (f);
  g_assert_true (f->answered);
  g_assert_no_error (f->error);
  engine_assert_log (f, "a lan1 ppp0>-; b lan1 ppp0>-; c lan1 0>-");
  engine_assert_state (f, "lan1", "waiting");
  assert_ledger (f, "[target lan1]", FALSE);
}

/* It follows its own uplink when it goes on; and when that fails, all is undone: also
 * what the failure has kept from following. */
static void
test_failure_after_a_turn (EngineFixture *f, gconstpointer data)
{
  static const char *const expected[] = {
    "a lan1 ppp0>-; b lan1 ppp0>0; a lan1 ->0",
    "a lan1 ppp0>-; b lan1 ppp0>-; b lan1 ->0; a lan1 ->0",
    "a lan1 ppp0>-; b lan1 ppp0>-; c lan1 0>-; c lan1 ->0; b lan1 ->0; a lan1 ->0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_clear_error (&f->error);
      fake_monitor_set_uplink (f->monitor, TRUE);
      begin (f);
      fake_monitor_set_uplink (f->monitor, FALSE);
      engine_settle (f);
      g_ptr_array_set_size (f->log, 0);
      fake_step_fail (f->steps[i], i == 1 ? 1 : 0, 1);
      release (f);
      g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
      engine_assert_log (f, expected[i]);
      engine_assert_state (f, "lan1", NULL);
      assert_ledger (f, "lan1]", FALSE);
    }
}

/* Nobody else's order waits, or takes what is about to be in use. */
static void
test_others_are_ordered (EngineFixture *f, gconstpointer data)
{
  begin (f);
  fake_monitor_set_more (f->monitor, "link lan2 fwd=1;");
  engine_share (f, "lan2", "ppp0");
  g_assert_no_error (f->error);
  engine_stop (f, "lan0");
  g_assert_no_error (f->error);
  release (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (engine_get_share (f, "lan2")->table, !=,
                    engine_get_share (f, "lan1")->table);
  g_assert_false (cs_cidr_overlaps (engine_get_share (f, "lan2")->address,
                                    engine_get_share (f, "lan1")->address));
}

/* What one that waits has changed is not taken for what was there before. */
static void
test_found_is_handed_on (EngineFixture *f, gconstpointer data)
{
  fake_monitor_set_more (f->monitor, PPP0 " fwd=0;");
  begin (f);
  engine_stop (f, "lan0");
  fake_monitor_set_more (f->monitor, PPP0 " fwd=1; link lan2;");
  engine_share (f, "lan2", "ppp0");
  g_assert_cmpstr (engine_get_share (f, "lan2")->found_uplink_forwarding, ==, "0");
  release (f);
}

/* It goes back to an uplink that it has not left yet. */
static void
test_found_is_kept_in_a_turn (EngineFixture *f, gconstpointer data)
{
  fake_monitor_set_more (f->monitor, ETH1 " fwd=0;");
  engine_share (f, "lan0", "eth1,ppp0");
  fake_step_hold (f->steps[1], "lan0");
  fake_monitor_set_more (f->monitor, PPP0 "; link eth1 index=5 fwd=1;");
  await_pause (f);
  fake_monitor_set_more (f->monitor, ETH1 " fwd=1;");
  g_ptr_array_set_size (f->log, 0);
  release (f);
  engine_assert_log (f, "a lan0 ppp0>eth1; b lan0 ppp0>eth1; c lan0 eth1>eth1");
  g_assert_cmpstr (engine_get_share (f, "lan0")->found_uplink_forwarding, ==, "0");
}

/* Nor has it left all of one from which it has turned away. */
static void
test_found_before_a_turn (EngineFixture *f, gconstpointer data)
{
  fake_monitor_set_more (f->monitor, PPP0);
  engine_share (f, "lan0", "ppp0,eth1");
  fake_step_hold (f->steps[1], "lan0");
  fake_monitor_set_more (f->monitor, ETH1 " fwd=0;");
  await_pause (f);
  fake_monitor_set_more (f->monitor, PPP0 "; link eth1 index=5 fwd=1;");
  engine_settle (f);
  g_ptr_array_set_size (f->log, 0);
  fake_step_hold (f->steps[1], NULL);
  fake_step_hold (f->steps[1], "lan0");
  engine_settle (f);
  engine_assert_log (f, "a lan0 eth1>ppp0; b lan0 eth1>ppp0");
  fake_monitor_set_more (f->monitor, PPP0 ";" ETH1 " fwd=1;");
  engine_share (f, "lan1", "eth1");
  g_assert_cmpstr (engine_get_share (f, "lan1")->found_uplink_forwarding, ==, "0");
  release (f);
}

/* It says so, but only when it takes long. */
static void
test_state (EngineFixture *f, gconstpointer data)
{
  CsShareStatus status;

  begin (f);
  turn (1000);
  while (!cs_engine_get_share (f->engine, "lan1", &status))
    turn (10);
  engine_assert_state (f, "lan1", "starting");
  engine_assert_state (f, "lan0", "active");
  release (f);
  engine_assert_state (f, "lan1", "active");
}

/* What is asked of a share that is under way comes after that. */
static void
test_stop_is_not_lost (EngineFixture *f, gconstpointer data)
{
  begin (f);
  fake_step_hold (f->steps[1], "lan1");
  cs_engine_stop_async (f->engine, "lan1", NULL, NULL, NULL);
  engine_settle (f);
  release (f);
  g_assert_true (f->answered);
  g_assert_no_error (f->error);
  engine_assert_log (f, "c lan1 0>ppp0; c lan1 ppp0>0; b lan1 ppp0>0; a lan1 ppp0>0");
  engine_assert_state (f, "lan1", NULL);
}

static void
test_failure (EngineFixture *f, gconstpointer data)
{
  begin (f);
  fake_step_fail (f->steps[1], 0, 1);
  release (f);
  g_assert_true (f->answered);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_log (f, "b lan1 ppp0>0; a lan1 ppp0>0");
  engine_assert_state (f, "lan1", NULL);
  engine_assert_state (f, "lan0", "active");
  assert_ledger (f, "lan1]", FALSE);
  g_assert_false (engine_file_exists (f, "state/lan1.share"));
}

/* The service ends meanwhile: the next one undoes what it finds, and begins again. */
static void
test_end (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_hold (f->steps[1], "lan0");
  fake_monitor_set_uplink (f->monitor, FALSE);
  await_pause (f);
  assert_ledger (f, "[target lan0]", TRUE);
  g_clear_object (&f->engine);
  fake_step_hold (f->steps[1], NULL);
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_set_size (f->log, 0);
  engine_start (f);
  engine_assert_log (f, "a lan0 ->ppp0; b lan0 ->ppp0; c lan0 ->ppp0; "
                        "a lan0 ppp0>-; b lan0 ppp0>-; c lan0 ppp0>-");
  engine_assert_state (f, "lan0", "waiting");
  assert_ledger (f, "[target lan0]", FALSE);
}

/* Of one that is under way, what keeps packets from going astray is put back, as it is in
 * force by then; of one that has not begun to forward there is nothing to put back. */
static void
test_guard (EngineFixture *f, gconstpointer data)
{
  g_autoptr (CsPlan) nothing = cs_plan_new_empty ();

  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  fake_step_hold (f->steps[1], "lan0");
  cs_step_changed (f->steps[2]->step, "lan0");
  await_pause (f);
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0");
  for (guint i = 0; i < 3; i++)
    {
      fake_monitor_set_applied (f->monitor, nothing);
      cs_monitor_emit_changed (CS_MONITOR (f->monitor));
      engine_settle (f);
      engine_assert_log (f, "a lan0 ppp0>ppp0");
    }
  release (f);
  engine_assert_log (f, "c lan0 ppp0>ppp0");
  engine_assert_state (f, "lan0", "active");
}

/* It died while its share was under way: that is not forgotten. */
static void
test_changed_meanwhile (EngineFixture *f, gconstpointer data)
{
  begin (f);
  cs_step_changed (f->steps[2]->step, "lan1");
  engine_settle (f);
  engine_assert_log (f, "");
  release (f);
  engine_assert_log (f, "c lan1 0>ppp0; a lan1 ppp0>ppp0; b lan1 ppp0>ppp0; "
                        "c lan1 ppp0>ppp0");
  engine_assert_state (f, "lan1", "active");
}

/* The end of a share waits: the others do not. */
static void
test_end_of_a_share (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  engine_share (f, "lan1", "ppp0");
  fake_step_hold (f->steps[1], "lan1");
  cs_engine_stop_async (f->engine, "lan1", NULL, NULL, NULL);
  await_pause (f);
  g_ptr_array_set_size (f->log, 0);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; c lan0 ppp0>-");
  assert_ledger (f, "[applied lan1]", TRUE);
  release (f);
  engine_assert_log (f, "a lan1 ppp0>0");
  assert_ledger (f, "[applied lan1]", FALSE);
}

/* One that failed, and now waits, is no reason for one pass after the other. */
static void
test_what_failed (EngineFixture *f, gconstpointer data)
{
  guint snapshots;

  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[1], 0, 1);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  fake_step_hold (f->steps[1], "lan0");
  await_pause (f);
  snapshots = fake_monitor_get_snapshots (f->monitor);
  turn (200);
  g_assert_cmpuint (fake_monitor_get_snapshots (f->monitor), <=, snapshots + 2);

  fake_step_hold (f->steps[1], NULL);
  engine_settle (f);
  engine_assert_state (f, "lan0", "waiting");
}

int
main (int argc, char **argv)
{
  static const EngineTest tests[] = {
    { "/engine-wait/others-are-followed", test_others_are_followed },
    { "/engine-wait/failure-after-a-turn", test_failure_after_a_turn },
    { "/engine-wait/others-are-ordered", test_others_are_ordered },
    { "/engine-wait/found-is-handed-on", test_found_is_handed_on },
    { "/engine-wait/found-is-kept-in-a-turn", test_found_is_kept_in_a_turn },
    { "/engine-wait/found-before-a-turn", test_found_before_a_turn },
    { "/engine-wait/state", test_state },
    { "/engine-wait/stop-is-not-lost", test_stop_is_not_lost },
    { "/engine-wait/failure", test_failure },
    { "/engine-wait/end", test_end },
    { "/engine-wait/guard", test_guard },
    { "/engine-wait/changed-meanwhile", test_changed_meanwhile },
    { "/engine-wait/end-of-a-share", test_end_of_a_share },
    { "/engine-wait/what-failed", test_what_failed },
  };

  g_test_init (&argc, &argv, NULL);
  return engine_run (tests, G_N_ELEMENTS (tests));
}
