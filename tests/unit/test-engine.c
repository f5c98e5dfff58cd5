/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine on a network and steps of memory: what is called in which order, what is
 * undone, what the caller hears. */
#include "engine-fixture.h"

#include "core/value/backoff.h"
#include "dbus/errors.h"
#include "engine/transaction.h"

#include <string.h>

/* Where a test listens: what is logged of shares, "LAN MESSAGE", a line each. */
static GString *heard;

static GLogWriterOutput
hear (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *lan = NULL, *message = NULL;

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "CONNSHARE_LAN"))
      lan = fields[i].value;
    else if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;
  if (heard == NULL || lan == NULL)
    return g_log_writer_default (level, fields, n_fields, user_data);
  g_string_append_printf (heard, "%s %s\n", lan, message);
  return G_LOG_WRITER_HANDLED;
}

static void
test_start_and_stop (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_assert_no_error (f->error);
  engine_assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  engine_assert_state (f, "lan0", "active");
  g_assert_true (engine_file_exists (f, "state/lan0.share"));
  g_assert_true (engine_file_exists (f, "run/ledger"));

  engine_stop (f, "lan0");
  g_assert_no_error (f->error);
  engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  engine_assert_state (f, "lan0", NULL);
  g_assert_false (engine_file_exists (f, "state/lan0.share"));
  g_assert_false (engine_file_exists (f, "run/ledger"));
}

/* Nothing seems to be amiss, but who asks again may know better. */
static void
test_asked_again (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  engine_assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  engine_share (f, "lan0", "ppp0");
  g_assert_no_error (f->error);
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  fake_step_fail (f->steps[1], 0, 1);
  engine_share (f, "lan0", "ppp0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
}

/* Two orders in one pass, one of them impossible. */
static void
test_orders_together (EngineFixture *f, gconstpointer data)
{
  engine_order (f, "lan0", "ppp0", NULL);
  engine_order (f, "lan7", "ppp0", NULL);
  engine_settle (f);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_NO_SUCH_DEVICE);
  engine_assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  engine_assert_state (f, "lan0", "active");
  engine_assert_state (f, "lan7", NULL);
}

/* Nobody's order takes from another share what that would have without it: neither an
 * uplink, from one that is in force, nor an address, from one that was asked for just
 * before. */
static void
test_orders_and_others (EngineFixture *f, gconstpointer data)
{
  const char *options = "{'address': <'10.9.0.1/24'>}";

  fake_monitor_set_more (f->monitor,
                         "link ppp0 ppp ptp index=9 fwd=1 addr=192.0.2.2/32>192.0.2.1;"
                         "link eth5 fwd=1 addr=10.5.0.2/24 gw=10.5.0.1");
  engine_share (f, "lan0", "ppp0");
  engine_share (f, "eth5", "ppp0");
  g_assert_no_error (f->error);
  engine_share (f, "lan0", "eth5");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_NOT_SUITABLE);
  g_assert_nonnull (strstr (f->error->message, "the share of eth5"));
  engine_assert_state (f, "eth5", "active");
  g_assert_cmpstr (engine_get_share (f, "lan0")->uplink, ==, "ppp0");

  g_clear_error (&f->error);
  engine_order (f, "lan1", "ppp0", g_variant_new_parsed (options));
  engine_order (f, "lan0", "ppp0", g_variant_new_parsed (options));
  engine_settle (f);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT);
  engine_assert_state (f, "lan0", "active");
  engine_assert_state (f, "lan1", "active");
  engine_assert_state (f, "eth5", "active");
}

static void
test_stop_unknown (EngineFixture *f, gconstpointer data)
{
  engine_stop (f, "lan0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE);
  engine_assert_log (f, "");
}

/* A failure at each step undoes what was done, that step included. */
static void
test_undo (EngineFixture *f, gconstpointer data)
{
  static const char *const expected[] = {
    "a lan0 0>ppp0; a lan0 ppp0>0",
    "a lan0 0>ppp0; b lan0 0>ppp0; b lan0 ppp0>0; a lan0 ppp0>0",
    ("a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0; c lan0 ppp0>0; b lan0 ppp0>0; "
     "a lan0 ppp0>0"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      fake_step_fail (f->steps[i], 0, 1);
      engine_share (f, "lan0", "ppp0");
      g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
      g_assert_nonnull (strstr (f->error->message, "refuses"));
      engine_assert_log (f, expected[i]);
      engine_assert_state (f, "lan0", NULL);
      g_assert_false (engine_file_exists (f, "state/lan0.share"));
      g_assert_false (engine_file_exists (f, "run/ledger"));
    }
}

/* While the first step is at work; and what has prepared itself is undone though its turn
 * never came. */
static void
test_prepare (EngineFixture *f, gconstpointer data)
{
  fake_step_prepares (f->steps[1]);
  fake_step_fail (f->steps[0], 0, 1);
  engine_share (f, "lan0", "ppp0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_log (f, "a lan0 0>ppp0; b prepares 0>ppp0; b lan0 ppp0>0; a lan0 ppp0>0");

  engine_share (f, "lan0", "ppp0");
  engine_assert_log (f, "a lan0 0>ppp0; b prepares 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  engine_stop (f, "lan0");
  engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
}

/* Nothing is begun after that, but a repair goes on. */
static void
test_hopeless (EngineFixture *f, gconstpointer data)
{
  fake_step_cannot (f->steps[2]);
  engine_share (f, "lan0", "ppp0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_cmpstr (f->error->message, ==, "c knows better");
  engine_assert_log (f, "a lan0 0>ppp0; c prepares 0>ppp0; a lan0 ppp0>0");

  f->steps[2]->hopeless = FALSE;
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  f->steps[2]->hopeless = TRUE;
  cs_step_changed (f->steps[2]->step, "lan0");
  engine_settle (f);
  engine_assert_log (f, "a lan0 ppp0>ppp0; c prepares ppp0>ppp0; b lan0 ppp0>ppp0; "
                        "c lan0 ppp0>ppp0");
}

/* Something could not be undone: a share that was to begin is ended another time, ... */
static void
test_failed_undo (EngineFixture *f, gconstpointer data)
{
  fake_step_fail (f->steps[1], 0, 2);
  heard = g_string_new (NULL);
  engine_share (f, "lan0", "ppp0");
  g_string_free (g_steal_pointer (&heard), TRUE);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_state (f, "lan0", NULL);
  engine_assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; b lan0 ppp0>0; a lan0 ppp0>0; "
                        "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  g_assert_false (engine_file_exists (f, "run/ledger"));
}

/* ... and one that was to change is applied again, though it is planned as it is in
 * force.
 */
static void
test_failed_undo_of_a_change (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  fake_step_fail (f->steps[1], 0, 2);
  heard = g_string_new (NULL);
  engine_share (f, "lan0", "ppp1");
  g_string_free (g_steal_pointer (&heard), TRUE);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; b lan0 ->ppp0; a lan0 ->ppp0; "
                        "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  engine_assert_state (f, "lan0", "active");
}

/* A change that fails leaves the share as it was, and the request too. */
static void
test_failed_change (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  fake_step_fail (f->steps[1], 0, 1);
  engine_share (f, "lan0", "ppp1");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; b lan0 ->ppp0; a lan0 ->ppp0");
  engine_assert_state (f, "lan0", "active");
  g_assert_cmpstr (cs_engine_get_request (f->engine, "lan0")->wan, ==, "ppp0");
}

/* What an order may replace is looked at when its turn comes: another may be before it.
 */
static void
test_share_of_another (EngineFixture *f, gconstpointer data)
{
  engine_order (f, "lan0", "ppp0", NULL);
  g_assert_null (cs_engine_get_request (f->engine, "lan0"));
  g_assert_cmpstr (cs_engine_get_ordered (f->engine, "lan0")->wan, ==, "ppp0");
  engine_share_over (f, "lan0", "ppp1", "ppp1");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_stop_over (f, "lan0", "ppp1");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_cmpstr (cs_engine_get_ordered (f->engine, "lan0")->wan, ==, "ppp0");

  engine_share_over (f, "lan0", "ppp1", "ppp0");
  g_assert_no_error (f->error);
  engine_share_over (f, "lan0", "ppp1", "ppp0");
  g_assert_no_error (f->error);
  engine_stop_over (f, "lan0", "ppp1");
  g_assert_no_error (f->error);
  g_assert_null (cs_engine_get_ordered (f->engine, "lan0"));
}

/* The end goes on past an error: what can be put back is. */
static void
test_failed_end (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  fake_step_fail (f->steps[2], 0, 1);
  heard = g_string_new (NULL);
  engine_stop (f, "lan0");
  g_assert_nonnull (strstr (heard->str, "lan0 lan0: cannot put back c: "));
  g_string_free (g_steal_pointer (&heard), TRUE);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  engine_assert_state (f, "lan0", NULL);
}

/* What could not be put back is tried again after a while, and not before. */
static void
test_failed_end_is_not_forgotten (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[2], 0, 1);
  heard = g_string_new (NULL);
  engine_stop (f, "lan0");
  g_string_free (g_steal_pointer (&heard), TRUE);
  g_assert_true (engine_file_exists (f, "run/ledger"));
  g_assert_true (cs_engine_has_remains (f->engine));
  g_ptr_array_set_size (f->log, 0);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  engine_settle (f);
  engine_assert_log (f, "");
  g_usleep (cs_backoff_pause (CS_BACKOFF_SHARE, 1));
  engine_settle (f);
  engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  g_assert_false (engine_file_exists (f, "run/ledger"));
  g_assert_false (cs_engine_has_remains (f->engine));
  g_usleep (2 * cs_backoff_pause (CS_BACKOFF_SHARE, 1));
  engine_settle (f);
  engine_assert_log (f, "");
}

/* Nor by the next service; and whoever shares again goes on from there. */
static void
test_failed_end_and_again (EngineFixture *f, gconstpointer data)
{
  for (guint restarts = 0; restarts < 2; restarts++)
    {
      engine_share (f, "lan0", "ppp0");
      fake_step_fail (f->steps[2], 0, 1);
      heard = g_string_new (NULL);
      engine_stop (f, "lan0");
      g_string_free (g_steal_pointer (&heard), TRUE);
      g_ptr_array_set_size (f->log, 0);
      if (restarts > 0)
        {
          g_object_unref (f->engine);
          engine_start (f);
          engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
          engine_assert_state (f, "lan0", NULL);
          continue;
        }
      engine_share (f, "lan1", "ppp0");
      engine_share (f, "lan0", "ppp0");
      g_assert_no_error (f->error);
      engine_assert_state (f, "lan0", "active");
      g_assert_cmpuint (engine_get_share (f, "lan0")->table, !=,
                        engine_get_share (f, "lan1")->table);
      engine_stop (f, "lan1");
    }
}

/* Two orders for one LAN in a pass that fails: what was before both is kept. */
static void
test_orders_taken_back (EngineFixture *f, gconstpointer data)
{
  fake_step_fail (f->steps[0], 0, 1);
  engine_order (f, "lan0", "ppp0", NULL);
  engine_share (f, "lan0", "auto");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_state (f, "lan0", NULL);
  g_assert_false (engine_file_exists (f, "state/lan0.share"));
}

static CsRequest *
add_dns (const CsRequest *known, gpointer user_data, GError **error)
{
  return cs_request_update (known, g_variant_new_parsed ("{'dns': <['192.0.2.53']>}"),
                            error);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (cs_engine_change_finish (CS_ENGINE (source), result, &error));
  g_assert_no_error (error);
}

/* It is of the share as it is by then, not of an order that is refused meanwhile. */
static void
test_change_after_a_refusal (EngineFixture *f, gconstpointer data)
{
  const CsRequest *request;

  engine_share (f, "lan0", "ppp0");
  engine_order (
      f, "lan0", "ppp0",
      g_variant_new_parsed ("{'address': <'192.0.2.1/24'>, 'rate': <uint64 8000>}"));
  cs_engine_change_async (f->engine, "lan0", TRUE, NULL, add_dns, on_changed, NULL);
  engine_settle (f);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT);
  request = cs_engine_get_request (f->engine, "lan0");
  g_assert_cmpstr (request->dns[0], ==, "192.0.2.53");
  g_assert_cmpuint (request->address.prefix, ==, 0);
  g_assert_cmpuint (request->rate, ==, 0);
}

/* An end that goes wrong is an end all the same, also right after a change. */
static void
test_change_and_end (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[2], 0, 1);
  heard = g_string_new (NULL);
  engine_order (f, "lan0", "auto", NULL);
  engine_stop (f, "lan0");
  g_assert_nonnull (strstr (heard->str, "lan0 lan0: cannot put back c: "));
  g_string_free (g_steal_pointer (&heard), TRUE);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_state (f, "lan0", NULL);
  g_assert_false (engine_file_exists (f, "state/lan0.share"));
}

static void
on_stopped (CsTransaction *transaction, gpointer stopped)
{
  *(gboolean *)stopped = TRUE;
}

/* Of those steps, from the one plan to the other; whether it succeeded. */
static gboolean
run_transaction (GPtrArray *steps, CsSharePlan *from, CsSharePlan *to)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (CsPlan) applied = cs_plan_new_empty ();
  g_autoptr (CsTransaction) transaction = cs_transaction_new (steps, from, to);
  gboolean stopped = FALSE;

  cs_transaction_run (transaction, applied, others, on_stopped, &stopped);
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cs_transaction_is_done (transaction));
  return cs_transaction_get_error (transaction) == NULL;
}

static CsSharePlan *
new_share (const char *uplink)
{
  CsSharePlan *share = cs_share_plan_new ("lan0");

  share->uplink = g_strdup (uplink);
  return share;
}

/* A share is closed before it ends, and ends all the same where it cannot be. */
static void
test_closed_first (EngineFixture *f, gconstpointer data)
{
  g_autoptr (FakeStep) closing = fake_step_new (CS_STEP_CLOSES, "x", f->log, NULL);
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();
  g_autoptr (CsSharePlan) share = new_share ("ppp0");
  g_autoptr (CsSharePlan) closed = cs_share_plan_close (share);

  g_ptr_array_add (steps, closing->step);
  g_ptr_array_add (steps, f->steps[0]->step);
  g_assert_true (run_transaction (steps, share, NULL));
  engine_assert_log (f, "x lan0 ppp0>closed; a lan0 ppp0>0; x lan0 closed>0");

  fake_step_fail (closing, 0, 1);
  heard = g_string_new (NULL);
  g_assert_true (run_transaction (steps, share, NULL));
  g_assert_nonnull (
      strstr (heard->str, "lan0 lan0: cannot close the share before it ends: "));
  g_string_free (g_steal_pointer (&heard), TRUE);
  engine_assert_log (f, "x lan0 ppp0>closed; a lan0 ppp0>0; x lan0 ppp0>0");

  g_assert_true (run_transaction (steps, closed, NULL));
  engine_assert_log (f, "a lan0 closed>0; x lan0 closed>0");
}

/* What guards a share cannot be put back: then nothing is to go through it. */
static void
test_shut_at_last (EngineFixture *f, gconstpointer data)
{
  g_autoptr (FakeStep) guard = fake_step_new (CS_STEP_GUARDS, "g", f->log, NULL);
  g_autoptr (FakeStep) opening = fake_step_new (CS_STEP_OPENS, "o", f->log, NULL);
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();
  g_autoptr (CsSharePlan) share = new_share ("ppp0");
  g_autoptr (CsSharePlan) other = new_share ("eth1");

  g_ptr_array_add (steps, guard->step);
  g_ptr_array_add (steps, opening->step);
  g_ptr_array_add (steps, f->steps[1]->step);
  heard = g_string_new (NULL);
  fake_step_fail (guard, 0, 1);
  g_assert_false (run_transaction (steps, share, share));
  engine_assert_log (f, "g lan0 ppp0>ppp0; o lan0 ppp0>0");

  /* another repair fails, the guard being there */
  fake_step_fail (f->steps[1], 0, 1);
  g_assert_false (run_transaction (steps, share, share));
  engine_assert_log (f, "g lan0 ppp0>ppp0; o lan0 ppp0>ppp0; b lan0 ppp0>ppp0");

  fake_step_fail (f->steps[1], 0, 1);
  fake_step_fail (guard, 1, 1);
  g_assert_false (run_transaction (steps, share, other));
  engine_assert_log (f, "g lan0 ppp0>eth1; o lan0 ppp0>eth1; b lan0 ppp0>eth1; "
                        "b lan0 eth1>ppp0; o lan0 eth1>ppp0; g lan0 eth1>ppp0; "
                        "o lan0 ppp0>0");

  fake_step_fail (f->steps[1], 0, 1);
  fake_step_fail (guard, 1, 1);
  g_assert_false (run_transaction (steps, NULL, share));
  engine_assert_log (f, "g lan0 0>ppp0; o lan0 0>ppp0; b lan0 0>ppp0; b lan0 ppp0>0; "
                        "o lan0 ppp0>0; g lan0 ppp0>0");
  g_string_free (g_steal_pointer (&heard), TRUE);
}

int
main (int argc, char **argv)
{
  static const EngineTest tests[] = {
    { "/engine/start-and-stop", test_start_and_stop },
    { "/engine/asked-again", test_asked_again },
    { "/engine/orders-together", test_orders_together },
    { "/engine/orders-and-others", test_orders_and_others },
    { "/engine/stop-unknown", test_stop_unknown },
    { "/engine/undo", test_undo },
    { "/engine/prepare", test_prepare },
    { "/engine/hopeless", test_hopeless },
    { "/engine/failed-undo", test_failed_undo },
    { "/engine/failed-undo-of-a-change", test_failed_undo_of_a_change },
    { "/engine/failed-change", test_failed_change },
    { "/engine/share-of-another", test_share_of_another },
    { "/engine/failed-end", test_failed_end },
    { "/engine/failed-end-is-not-forgotten", test_failed_end_is_not_forgotten },
    { "/engine/failed-end-and-again", test_failed_end_and_again },
    { "/engine/orders-taken-back", test_orders_taken_back },
    { "/engine/change after a refusal", test_change_after_a_refusal },
    { "/engine/change-and-end", test_change_and_end },
    { "/engine/closed-first", test_closed_first },
    { "/engine/shut-at-last", test_shut_at_last },
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (hear, NULL, NULL);
  return engine_run (tests, G_N_ELEMENTS (tests));
}
