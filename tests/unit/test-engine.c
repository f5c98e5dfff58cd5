/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine on a network and steps of memory, and a store in a temporary folder: what
 * is called in which order, what is undone, what is kept, what the caller hears. */
#include "fakes.h"

#include "dbus/errors.h"
#include "engine/engine.h"
#include "engine/repairs.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;         /* (owned) */
  GPtrArray *log;       /* (owned) of char * */
  FakeStep *steps[3];   /* (owned) */
  FakeMonitor *monitor; /* (owned) */
  CsEngine *engine;     /* (owned) */
  GError *error;        /* (owned) (nullable) the first since the last order alone */
  gboolean answered;
} Fixture;

static void
settle (Fixture *f)
{
  while (cs_engine_is_busy (f->engine) || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
}

static CsEngine *
start_engine (Fixture *f)
{
  g_autofree char *state = g_build_filename (f->folder, "state", NULL);
  g_autofree char *run = g_build_filename (f->folder, "run", NULL);
  g_autoptr (CsStore) store = cs_store_new (state, run);
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (f->steps); i++)
    g_ptr_array_add (steps, f->steps[i]);
  f->engine = cs_engine_new (CS_MONITOR (f->monitor), steps, store);
  cs_engine_start (f->engine);
  settle (f);
  return f->engine;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const char *names[] = { "a", "b", "c" };

  f->folder = g_dir_make_tmp ("connshare-XXXXXX", NULL);
  f->log = g_ptr_array_new_with_free_func (g_free);
  f->monitor = fake_monitor_new ();
  for (guint i = 0; i < G_N_ELEMENTS (f->steps); i++)
    f->steps[i] = fake_step_new (names[i], f->log, i == 0 ? f->monitor : NULL);
  start_engine (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *command = g_strconcat ("rm -rf ", f->folder, NULL);

  g_clear_object (&f->engine);
  g_object_unref (f->monitor);
  for (guint i = 0; i < G_N_ELEMENTS (f->steps); i++)
    g_object_unref (f->steps[i]);
  g_ptr_array_unref (f->log);
  g_clear_error (&f->error);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (f->folder);
}

static void
on_shared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->answered = TRUE;
  cs_engine_share_finish (CS_ENGINE (source), result,
                          f->error == NULL ? &f->error : NULL);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->answered = TRUE;
  cs_engine_stop_finish (CS_ENGINE (source), result, &f->error);
}

static void
order (Fixture *f, const char *lan, const char *wan, GVariant *options)
{
  GError *error = NULL;

  cs_engine_share_async (f->engine, cs_request_new (lan, wan, options, &error), on_shared,
                         f);
  g_assert_no_error (error);
}

static void
share (Fixture *f, const char *lan, const char *wan)
{
  g_clear_error (&f->error);
  order (f, lan, wan, NULL);
  settle (f);
  g_assert_true (f->answered);
}

static void
stop (Fixture *f, const char *lan)
{
  g_clear_error (&f->error);
  cs_engine_stop_async (f->engine, lan, on_stopped, f);
  settle (f);
  g_assert_true (f->answered);
}

/* Compares the calls so far with @expected, "; " between them, and forgets them. */
static void
assert_log (Fixture *f, const char *expected)
{
  g_autofree char *got = NULL;

  g_ptr_array_add (f->log, NULL);
  got = g_strjoinv ("; ", (char **)f->log->pdata);
  g_ptr_array_set_size (f->log, 0);
  g_assert_cmpstr (got, ==, expected);
}

static const CsSharePlan *
get_share (Fixture *f, const char *lan)
{
  CsShareStatus status;

  g_assert_true (cs_engine_get_share (f->engine, lan, &status));
  return status.plan;
}

static void
assert_state (Fixture *f, const char *lan, const char *state)
{
  CsShareStatus status;

  if (!cs_engine_get_share (f->engine, lan, &status))
    g_assert_null (state);
  else
    g_assert_cmpstr (cs_state_to_string (status.plan->state), ==, state);
}

static gboolean
file_exists (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_start_and_stop (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  g_assert_no_error (f->error);
  assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  assert_state (f, "lan0", "active");
  g_assert_true (file_exists (f, "state/lan0.share"));
  g_assert_true (file_exists (f, "run/ledger"));

  stop (f, "lan0");
  g_assert_no_error (f->error);
  assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  assert_state (f, "lan0", NULL);
  g_assert_false (file_exists (f, "state/lan0.share"));
  g_assert_false (file_exists (f, "run/ledger"));
}

static void
test_twice_is_once (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  share (f, "lan0", "ppp0");
  g_assert_no_error (f->error);
  assert_log (f, "");
}

/* Two orders in one pass, one of them impossible. */
static void
test_orders_together (Fixture *f, gconstpointer data)
{
  order (f, "lan0", "ppp0", NULL);
  order (f, "lan7", "ppp0", NULL);
  settle (f);
  g_assert_error (f->error, CS_ERROR, CS_ERROR_NO_SUCH_DEVICE);
  assert_log (f, "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  assert_state (f, "lan0", "active");
  assert_state (f, "lan7", NULL);
}

static void
test_stop_unknown (Fixture *f, gconstpointer data)
{
  stop (f, "lan0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE);
  assert_log (f, "");
}

static void
test_follow (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);

  fake_monitor_set_uplink (f->monitor, FALSE);
  settle (f);
  assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; c lan0 ppp0>-");
  assert_state (f, "lan0", "waiting");

  fake_monitor_set_uplink (f->monitor, TRUE);
  settle (f);
  assert_log (f, "a lan0 ->ppp0; b lan0 ->ppp0; c lan0 ->ppp0");
  assert_state (f, "lan0", "active");
}

#define UUID "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11"

/* Who asks again wants it again: what they did against the share counts no more, but
 * only for an order that is accepted, and once. */
static void
test_renew (Fixture *f, gconstpointer data)
{
  g_autoptr (CsRequest) request = cs_request_new ("lan0", "Mobile", NULL, NULL);
  g_autoptr (CsSnapshot) snapshot = NULL;
  g_autoptr (CsSharePlan) preview = NULL;

  fake_monitor_set_more (f->monitor, "profile Mobile " UUID " hung-up");
  share (f, "lan0", "Mobile");
  g_assert_cmpstr (get_share (f, "lan0")->dial, ==, UUID);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  settle (f);
  g_assert_null (get_share (f, "lan0")->dial);
  g_assert_cmpstr (get_share (f, "lan0")->message, ==,
                   "the user has disconnected \"Mobile\"");

  snapshot = cs_engine_snapshot (f->engine, NULL);
  preview = cs_engine_preview (f->engine, snapshot, request, NULL);
  g_assert_cmpstr (preview->dial, ==, UUID);

  share (f, "lan0", "No such profile");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
  g_assert_null (get_share (f, "lan0")->dial);

  share (f, "lan0", "Mobile");
  g_assert_no_error (f->error);
  g_assert_cmpstr (get_share (f, "lan0")->dial, ==, UUID);
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  settle (f);
  g_assert_null (get_share (f, "lan0")->dial);
}

/* Runs the main loop for so long. */
static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
turn (Fixture *f, guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  settle (f);
}

/* The plan wants to decide something later, and nothing happens till then. */
static void
test_wake (Fixture *f, gconstpointer data)
{
  double now = (double)g_get_monotonic_time () / G_USEC_PER_SEC;
  g_autofree char *failed
      = g_strdup_printf ("profile Mobile " UUID " failed=%f:no~carrier", now - 59.7);

  fake_monitor_set_more (f->monitor, "profile Mobile " UUID);
  share (f, "lan0", "Mobile");
  fake_monitor_set_more (f->monitor, failed);
  settle (f);
  g_assert_null (get_share (f, "lan0")->dial);
  g_assert_cmpstr (get_share (f, "lan0")->reason, ==, "uplink-down");
  g_ptr_array_set_size (f->log, 0);
  turn (f, 100);
  assert_log (f, "");
  turn (f, 500);
  g_assert_cmpstr (get_share (f, "lan0")->dial, ==, UUID);
  assert_log (f, "a lan0 ->-; b lan0 ->-; c lan0 ->-");
}

/* What shall not be waited for: a name that is neither an interface's nor a profile's. */
static void
test_unknown_uplink (Fixture *f, gconstpointer data)
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
      share (f, "lan0", rows[i].wan);
      if (rows[i].accepted)
        {
          g_assert_no_error (f->error);
          stop (f, "lan0");
          continue;
        }
      g_assert_error (f->error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (f->error->message, "nmcli connection"));
      assert_state (f, "lan0", NULL);
    }
}

/* A share whose profile is deleted waits; one that works is not given up for a name that
 * is mistyped, but may be asked for again as it is. */
static void
test_profile_deleted (Fixture *f, gconstpointer data)
{
  fake_monitor_set_more (f->monitor, "profile Mobile~broadband " UUID);
  share (f, "lan0", "Mobile broadband");
  fake_monitor_set_more (f->monitor, "");
  settle (f);
  g_assert_cmpstr (get_share (f, "lan0")->reason, ==, "uplink-unknown");
  assert_state (f, "lan0", "waiting");
  share (f, "lan0", "Mobile broadband");
  g_assert_no_error (f->error);

  fake_monitor_set_uplink (f->monitor, TRUE);
  share (f, "lan0", "ppp0");
  assert_state (f, "lan0", "active");
  share (f, "lan0", "Mobile broadbant");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
  assert_state (f, "lan0", "active");
  g_assert_cmpstr (cs_engine_get_request (f->engine, "lan0")->wan, ==, "ppp0");
}

/* A failure at each step undoes what was done, that step included. */
static void
test_undo (Fixture *f, gconstpointer data)
{
  static const char *const expected[] = {
    "a lan0 0>ppp0; a lan0 ppp0>0",
    "a lan0 0>ppp0; b lan0 0>ppp0; b lan0 ppp0>0; a lan0 ppp0>0",
    "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0; c lan0 ppp0>0; b lan0 ppp0>0; "
    "a lan0 ppp0>0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      fake_step_fail (f->steps[i], 0, 1);
      share (f, "lan0", "ppp0");
      g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
      g_assert_nonnull (strstr (f->error->message, "refuses"));
      assert_log (f, expected[i]);
      assert_state (f, "lan0", NULL);
      g_assert_false (file_exists (f, "state/lan0.share"));
      g_assert_false (file_exists (f, "run/ledger"));
    }
}

/* A change that fails leaves the share as it was, and the request too. */
static void
test_failed_change (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  fake_step_fail (f->steps[1], 0, 1);
  share (f, "lan0", "ppp1");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  assert_log (f, "a lan0 ppp0>-; b lan0 ppp0>-; b lan0 ->ppp0; a lan0 ->ppp0");
  assert_state (f, "lan0", "active");
  g_assert_cmpstr (cs_engine_get_request (f->engine, "lan0")->wan, ==, "ppp0");
}

/* Nobody ordered it, so nobody hears of it: the share says so, and is tried again. */
static void
test_failure_by_itself (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[0], 0, 1);
  g_ptr_array_set_size (f->log, 0);
  fake_monitor_set_uplink (f->monitor, FALSE);
  settle (f);
  assert_state (f, "lan0", "failed");
  assert_log (f, "a lan0 ppp0>-; a lan0 ->ppp0");
  cs_monitor_emit_changed (CS_MONITOR (f->monitor));
  settle (f);
  assert_state (f, "lan0", "waiting");
}

/* The end goes on past an error: what can be put back is. */
static void
test_failed_end (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  fake_step_fail (f->steps[2], 0, 1);
  g_test_expect_message ("connshare", G_LOG_LEVEL_WARNING, "*lan0: c could not be*");
  stop (f, "lan0");
  g_test_assert_expected_messages ();
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  assert_state (f, "lan0", NULL);
}

/* Somebody undoes it again and again: it is repaired, but not without end. */
static void
test_repair (Fixture *f, gconstpointer data)
{
  g_autoptr (CsPlan) nothing = cs_plan_new_empty ();
  guint repairs = 0;

  share (f, "lan0", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  for (guint i = 0; i < 10; i++)
    {
      fake_monitor_set_applied (f->monitor, nothing);
      cs_monitor_emit_changed (CS_MONITOR (f->monitor));
      settle (f);
      assert_log (f, "");
      g_usleep (2 * CS_REPAIRS_SETTLE);
      settle (f);
      repairs += f->log->len > 0;
      if (i == 0)
        assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
      g_ptr_array_set_size (f->log, 0);
    }
  g_assert_cmpuint (repairs, >=, CS_REPAIRS_FREE);
  g_assert_cmpuint (repairs, <, 10);
  assert_state (f, "lan0", "active");
}

static void
test_step_changed (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  share (f, "lan1", "ppp0");
  g_ptr_array_set_size (f->log, 0);
  cs_step_emit_changed (CS_STEP (f->steps[1]), "lan1");
  settle (f);
  assert_log (f, "a lan1 ppp0>ppp0; b lan1 ppp0>ppp0; c lan1 ppp0>ppp0");
}

/* A new daemon adopts: it applies from the plan in the ledger to the same plan. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  share (f, "lan0", "ppp0");
  g_object_unref (f->engine);
  g_ptr_array_set_size (f->log, 0);
  start_engine (f);
  assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  assert_state (f, "lan0", "active");
}

/* The daemon was killed while it started the share: what it had begun is undone, and the
 * share, which was asked for, is started anew. */
static void
test_restart_unfinished (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "run", "ledger", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) ledger = NULL;

  share (f, "lan0", "ppp0");
  g_object_unref (f->engine);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  ledger = g_string_new (text);
  g_assert_cmpuint (g_string_replace (ledger, "[applied ", "[target ", 0), ==, 1);
  g_assert_true (g_file_set_contents (path, ledger->str, -1, NULL));
  g_ptr_array_set_size (f->log, 0);
  start_engine (f);
  assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0; "
                 "a lan0 0>ppp0; b lan0 0>ppp0; c lan0 0>ppp0");
  assert_state (f, "lan0", "active");
}

/* The request vanished while no daemon ran: what the ledger says is undone. */
static void
test_restart_without_request (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "state", "lan0.share", NULL);

  share (f, "lan0", "ppp0");
  g_object_unref (f->engine);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_ptr_array_set_size (f->log, 0);
  start_engine (f);
  assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  assert_state (f, "lan0", NULL);
}

/* The disk refuses: nothing is touched. */
static void
test_store_fails (Fixture *f, gconstpointer data)
{
  g_autofree char *state = g_build_filename (f->folder, "state", NULL);

  g_assert_true (g_file_set_contents (state, "in the way", -1, NULL));
  share (f, "lan0", "ppp0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_nonnull (strstr (f->error->message, "lan0.share"));
  assert_log (f, "");
  assert_state (f, "lan0", NULL);
  g_assert_false (file_exists (f, "run/ledger"));
}

static void
test_temporary (Fixture *f, gconstpointer data)
{
  const char *options = "{'persistent': <false>}";

  order (f, "lan0", "ppp0", g_variant_new_parsed (options));
  settle (f);
  g_assert_no_error (f->error);
  g_assert_false (file_exists (f, "state/lan0.share"));
  g_assert_true (file_exists (f, "run/requests/lan0.share"));
  g_ptr_array_set_size (f->log, 0);

  share (f, "lan0", "ppp0");
  assert_log (f, "");
  g_assert_true (file_exists (f, "state/lan0.share"));
  g_assert_false (file_exists (f, "run/requests"));
}

static void
test_damaged_files (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = { "x.share", "lan1.share" };

  share (f, "lan0", "ppp0");
  g_object_unref (f->engine);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, "state", bad[i], NULL);
      g_autofree char *text = NULL;
      g_autofree char *good = g_build_filename (f->folder, "state", "lan0.share", NULL);

      g_assert_true (g_file_get_contents (good, &text, NULL, NULL));
      g_assert_true (
          g_file_set_contents (path, i == 0 ? "\1\2nonsense" : text, -1, NULL));
    }
  g_test_expect_message ("connshare", G_LOG_LEVEL_WARNING, "*share*skipped*");
  g_test_expect_message ("connshare", G_LOG_LEVEL_WARNING, "*share*skipped*");
  start_engine (f);
  g_test_assert_expected_messages ();
  assert_state (f, "lan0", "active");
  assert_state (f, "lan1", NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/engine/start-and-stop", test_start_and_stop },
    { "/engine/twice-is-once", test_twice_is_once },
    { "/engine/orders-together", test_orders_together },
    { "/engine/stop-unknown", test_stop_unknown },
    { "/engine/follow", test_follow },
    { "/engine/renew", test_renew },
    { "/engine/wake", test_wake },
    { "/engine/unknown-uplink", test_unknown_uplink },
    { "/engine/profile-deleted", test_profile_deleted },
    { "/engine/undo", test_undo },
    { "/engine/failed-change", test_failed_change },
    { "/engine/failure-by-itself", test_failure_by_itself },
    { "/engine/failed-end", test_failed_end },
    { "/engine/repair", test_repair },
    { "/engine/step-changed", test_step_changed },
    { "/engine/restart", test_restart },
    { "/engine/restart-unfinished", test_restart_unfinished },
    { "/engine/restart-without-request", test_restart_without_request },
    { "/engine/store-fails", test_store_fails },
    { "/engine/temporary", test_temporary },
    { "/engine/damaged-files", test_damaged_files },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
