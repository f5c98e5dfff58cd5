/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine keeps in a store in a temporary folder, and finds there again. */
#include "descriptors.h"
#include "engine-fixture.h"
#include "turn.h"

#include "core/plan/orphan.h"
#include "dbus/errors.h"

#include <glib/gstdio.h>
#include <string.h>

/* Ends the engine and removes a file that it kept; what it did before is forgotten. */
static void
end_and_remove (EngineFixture *f, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, folder, name, NULL);

  g_object_unref (f->engine);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_ptr_array_set_size (f->log, 0);
}

/* A new daemon adopts: it applies from the plan in the ledger to the same plan. */
static void
test_restart (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  g_object_unref (f->engine);
  g_ptr_array_set_size (f->log, 0);
  engine_start (f);
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  engine_assert_state (f, "lan0", "active");
}

/* An engine without its ledger, on a host where lan0 and lan1 are found to be shared. */
static void
start_among_orphans (EngineFixture *f)
{
  g_autoptr (GPtrArray) orphans = cs_orphan_list_new ();

  cs_orphan_list_get (orphans, "lan0")->uplink = g_strdup ("ppp0");
  cs_orphan_list_get (orphans, "lan1")->uplink = g_strdup ("ppp0");
  f->orphans = orphans;
  engine_start (f);
  f->orphans = NULL;
}

/* What nobody has asked for ends; what somebody has is taken over. */
static void
test_orphans (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  end_and_remove (f, "run", "ledger");
  start_among_orphans (f);
  engine_assert_log (f, "c lan1 ppp0>0; b lan1 ppp0>0; a lan1 ppp0>0; "
                        "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  engine_assert_state (f, "lan0", "active");
  g_assert_false (cs_engine_has_remains (f->engine));
}

/* The ledger knows better. */
static void
test_orphans_of_the_ledger (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  engine_share (f, "lan1", "ppp0");
  g_object_unref (f->engine);
  g_ptr_array_set_size (f->log, 0);
  start_among_orphans (f);
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0; "
                        "a lan1 ppp0>ppp0; b lan1 ppp0>ppp0; c lan1 ppp0>ppp0");
}

static void
assert_address (EngineFixture *f, const char *lan, const char *expected)
{
  g_autofree char *address = cs_cidr_to_string (engine_get_share (f, lan)->address);

  g_assert_cmpstr (address, ==, expected);
}

/* After a reboot, when there is no ledger any more, and after a change, too, the LAN that
 * was shared first has the first choice. */
static void
test_reboot (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan1", "ppp0");
  engine_share (f, "lan0", "ppp0");
  engine_share (f, "lan1", "auto");
  for (guint i = 0; i < 2; i++)
    {
      assert_address (f, "lan1", "192.168.137.1/24");
      assert_address (f, "lan0", "192.168.138.1/24");
      end_and_remove (f, "run", "ledger");
      engine_start (f);
    }
}

/* The clock was ahead when the first share was made. */
static void
test_clock_put_back (EngineFixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "state", "lan1.share", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  engine_share (f, "lan1", "ppp0");
  g_object_unref (f->engine);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  g_key_file_set_int64 (file, "share", "since", g_get_real_time () * 2);
  g_assert_true (g_key_file_save_to_file (file, path, NULL));
  engine_start (f);
  engine_share (f, "lan0", "ppp0");
  end_and_remove (f, "run", "ledger");
  engine_start (f);
  assert_address (f, "lan1", "192.168.137.1/24");
  assert_address (f, "lan0", "192.168.138.1/24");
}

/* The daemon was killed while it started the share: what it had begun is undone, and the
 * share, which was asked for, is started anew. */
static void
test_restart_unfinished (EngineFixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "run", "ledger", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) ledger = NULL;

  engine_share (f, "lan0", "ppp0");
  g_object_unref (f->engine);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  ledger = g_string_new (text);
  g_assert_cmpuint (g_string_replace (ledger, "[applied ", "[target ", 0), ==, 1);
  g_assert_true (g_file_set_contents (path, ledger->str, -1, NULL));
  g_ptr_array_set_size (f->log, 0);
  engine_start (f);
  engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0; "
                        "a lan0 0>closed; b lan0 0>closed; c lan0 0>closed; "
                        "a lan0 closed>ppp0; b lan0 closed>ppp0; c lan0 closed>ppp0");
  engine_assert_state (f, "lan0", "active");
}

/* A share that returns after a reboot and cannot be lets nobody find another way, from
 * the beginning on; and what guards it is repaired though the share is not tried again
 * yet. */
static void
test_reboot_into_failure (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  end_and_remove (f, "run", "ledger");
  fake_step_fail (f->steps[1], 1, 1);
  engine_start (f);
  engine_assert_log (f, "a lan0 0>closed; b lan0 0>closed; c lan0 0>closed; "
                        "a lan0 closed>ppp0; b lan0 closed>ppp0; "
                        "b lan0 ppp0>closed; a lan0 ppp0>closed");
  engine_assert_state (f, "lan0", "failed");
  g_assert_true (engine_file_exists (f, "run/ledger"));

  engine_stop (f, "lan0");
  g_assert_no_error (f->error);
  engine_assert_log (f, "c lan0 closed>0; b lan0 closed>0; a lan0 closed>0");
  g_assert_false (engine_file_exists (f, "run/ledger"));
}

/* The request vanished while no daemon ran: what the ledger says is undone. */
static void
test_restart_without_request (EngineFixture *f, gconstpointer data)
{
  engine_share (f, "lan0", "ppp0");
  end_and_remove (f, "state", "lan0.share");
  engine_start (f);
  engine_assert_log (f, "c lan0 ppp0>0; b lan0 ppp0>0; a lan0 ppp0>0");
  engine_assert_state (f, "lan0", NULL);
}

static void
test_folder_in_place_of_the_ledger (EngineFixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "run", "ledger", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  engine_share (f, "lan0", "ppp0");
  g_assert_no_error (f->error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

/* The disk refuses: nothing is touched. */
static void
test_store_fails (EngineFixture *f, gconstpointer data)
{
  g_autofree char *state = g_build_filename (f->folder, "state", NULL);

  g_assert_true (g_file_set_contents (state, "in the way", -1, NULL));
  engine_share (f, "lan0", "ppp0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_nonnull (strstr (f->error->message, "lan0.share"));
  engine_assert_log (f, "");
  engine_assert_state (f, "lan0", NULL);
  g_assert_false (engine_file_exists (f, "run/ledger"));
}

/* The disk refuses twice: the change, and that it is taken back. When it accepts again,
 * what is written is what is true, and whoever needed nothing was never said to fail. */
static void
test_store_fails_twice (EngineFixture *f, gconstpointer data)
{
  g_autofree char *state = g_build_filename (f->folder, "state", NULL);
  g_autofree char *away = g_build_filename (f->folder, "away", NULL);

  engine_share (f, "lan0", "ppp0");
  g_assert_cmpint (g_rename (state, away), ==, 0);
  g_assert_true (g_file_set_contents (state, "in the way", -1, NULL));
  engine_share (f, "lan1", "ppp0");
  g_assert_error (f->error, CS_ERROR, CS_ERROR_FAILED);
  engine_assert_state (f, "lan0", "active");
  engine_assert_state (f, "lan1", NULL);
  g_assert_cmpint (g_unlink (state), ==, 0);
  g_assert_cmpint (g_rename (away, state), ==, 0);

  engine_stop (f, "lan0");
  g_assert_no_error (f->error);
  g_assert_false (engine_file_exists (f, "state/lan0.share"));
  g_assert_false (engine_file_exists (f, "state/lan1.share"));
}

/* It is tried again after a while, also when a share that failed before would be due. */
static void
test_store_fails_after_a_share (EngineFixture *f, gconstpointer data)
{
  g_autofree char *run = g_build_filename (f->folder, "run", NULL);
  g_autofree char *away = g_build_filename (f->folder, "away", NULL);
  guint snapshots;

  engine_share (f, "lan0", "ppp0");
  fake_step_fail (f->steps[1], 0, 1);
  fake_monitor_set_uplink (f->monitor, FALSE);
  engine_settle (f);
  engine_assert_state (f, "lan0", "failed");
  g_assert_cmpint (g_rename (run, away), ==, 0);
  g_assert_true (g_file_set_contents (run, "in the way", -1, NULL));
  turn (1000);
  snapshots = fake_monitor_get_snapshots (f->monitor);
  turn (500);
  g_assert_cmpuint (fake_monitor_get_snapshots (f->monitor), <=, snapshots + 2);
  g_assert_cmpint (g_unlink (run), ==, 0);
  g_assert_cmpint (g_rename (away, run), ==, 0);
}

static void
test_temporary (EngineFixture *f, gconstpointer data)
{
  const char *options = "{'persistent': <false>}";

  engine_order (f, "lan0", "ppp0", g_variant_new_parsed (options));
  engine_settle (f);
  g_assert_no_error (f->error);
  g_assert_false (engine_file_exists (f, "state/lan0.share"));
  g_assert_true (engine_file_exists (f, "run/requests/lan0.share"));
  g_ptr_array_set_size (f->log, 0);

  engine_share (f, "lan0", "ppp0");
  engine_assert_log (f, "a lan0 ppp0>ppp0; b lan0 ppp0>ppp0; c lan0 ppp0>ppp0");
  g_assert_true (engine_file_exists (f, "state/lan0.share"));
  g_assert_false (engine_file_exists (f, "run/requests"));
}

static void
test_damaged_files (EngineFixture *f, gconstpointer data)
{
  static const char *const bad[] = { "x.share", "lan1.share" };

  engine_share (f, "lan0", "ppp0");
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
  g_test_expect_message ("connshare", G_LOG_LEVEL_WARNING, "skipping *share*");
  g_test_expect_message ("connshare", G_LOG_LEVEL_WARNING, "skipping *share*");
  engine_start (f);
  g_test_assert_expected_messages ();
  engine_assert_state (f, "lan0", "active");
  engine_assert_state (f, "lan1", NULL);
}

/* What only looks like a file of ours is not opened, or not believed. */
static void
test_strange_files (EngineFixture *f, gconstpointer data)
{
  static const char *const commands[] = {
    "mkfifo lan1.share",
    "mkdir lan1.share",
    "mv lan0.share away && ln -s away lan0.share",
    "chmod o+w lan0.share",
    "truncate -s 5M lan0.share",
  };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *script = g_strdup_printf (
          "cd %s/state && rm -rf lan* away && cp ../good lan0.share && %s", f->folder,
          commands[i]);
      const char *argv[] = { "sh", "-c", script, NULL };
      int status;

      if (i == 0)
        {
          g_autofree char *save
              = g_strdup_printf ("cp %s/state/lan0.share %s/good", f->folder, f->folder);
          engine_share (f, "lan0", "ppp0");
          g_assert_true (g_spawn_command_line_sync (save, NULL, NULL, &status, NULL));
        }
      g_clear_object (&f->engine);
      g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                                   NULL, NULL, NULL, &status, NULL));
      g_assert_cmpint (status, ==, 0);
      g_test_expect_message ("connshare", G_LOG_LEVEL_WARNING, "skipping *share*");
      engine_start (f);
      g_test_assert_expected_messages ();
      engine_assert_state (f, "lan0", i < 2 ? "active" : NULL);
      engine_assert_state (f, "lan1", NULL);
    }
}

/* Files that cannot be read just now are not taken for none. */
static void
test_no_descriptors (EngineFixture *f, gconstpointer data)
{
  g_autofree char *state = g_build_filename (f->folder, "state", NULL);
  g_autofree char *run = g_build_filename (f->folder, "run", NULL);
  g_autoptr (CsStore) store = cs_store_new (state, run);
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (CsPlan) applied = NULL;
  g_autoptr (CsPlan) target = NULL;
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) second = NULL;
  gboolean done;

  engine_share (f, "lan0", "ppp0");
  descriptors_take ();
  requests = cs_store_load_requests (store, &first);
  done = cs_store_load_ledger (store, &applied, &target, &second);
  descriptors_give_back ();
  g_assert_null (requests);
  g_assert_false (done);
  g_assert_error (first, CS_ERROR, CS_ERROR_FAILED);
  g_assert_error (second, CS_ERROR, CS_ERROR_FAILED);
  requests = cs_store_load_requests (store, NULL);
  g_assert_cmpuint (requests->len, ==, 1);
}

/* The passphrase that wlan0 has now, owned. */
static char *
get_passphrase (EngineFixture *f)
{
  return g_strdup (engine_get_share (f, "wlan0")->hotspot.passphrase);
}

/* One is made up for each share of a Wi-Fi device, and kept with it. */
static void
test_passphrase (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *again = NULL, *restarted = NULL, *next = NULL;

  fake_monitor_set_more (f->monitor, "; link wlan0 wifi managed channels=6");
  engine_share (f, "wlan0", "ppp0");
  g_assert_no_error (f->error);
  first = get_passphrase (f);
  g_assert_true (cs_passphrase_is_valid (first, FALSE));
  g_assert_cmpstr (engine_get_share (f, "wlan0")->hotspot.ssid, ==, "desk");

  engine_share (f, "wlan0", "auto");
  again = get_passphrase (f);
  g_clear_object (&f->engine);
  engine_start (f);
  restarted = get_passphrase (f);
  g_assert_cmpstr (again, ==, first);
  g_assert_cmpstr (restarted, ==, first);

  engine_stop (f, "wlan0");
  engine_share (f, "wlan0", "ppp0");
  next = get_passphrase (f);
  g_assert_cmpstr (next, !=, first);
}

int
main (int argc, char **argv)
{
  static const EngineTest tests[] = {
    { "/engine-disk/restart", test_restart },
    { "/engine-disk/reboot", test_reboot },
    { "/engine-disk/clock-put-back", test_clock_put_back },
    { "/engine-disk/restart-unfinished", test_restart_unfinished },
    { "/engine-disk/reboot-into-failure", test_reboot_into_failure },
    { "/engine-disk/restart-without-request", test_restart_without_request },
    { "/engine-disk/store-fails", test_store_fails },
    { "/engine-disk/store-fails-twice", test_store_fails_twice },
    { "/engine-disk/store-fails-after-a-share", test_store_fails_after_a_share },
    { "/engine-disk/temporary", test_temporary },
    { "/engine-disk/damaged-files", test_damaged_files },
    { "/engine-disk/strange-files", test_strange_files },
    { "/engine-disk/no-descriptors", test_no_descriptors },
    { "/engine-disk/orphans", test_orphans },
    { "/engine-disk/folder-in-place-of-the-ledger", test_folder_in_place_of_the_ledger },
    { "/engine-disk/orphans-of-the-ledger", test_orphans_of_the_ledger },
    { "/engine-disk/passphrase", test_passphrase },
  };

  g_test_init (&argc, &argv, NULL);
  return engine_run (tests, G_N_ELEMENTS (tests));
}
