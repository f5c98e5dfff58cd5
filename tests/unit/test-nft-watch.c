/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the watch hears of a real kernel's packet filter. */
#include "private-net.h"
#include "step-call.h"
#include "turn.h"

#include "system/nft/nft-commit.h"
#include "system/nft/nft-watch.h"
#include "system/nft/nft-worker.h"

static guint heard;

static void
on_changed (gpointer user_data)
{
  heard++;
}

/* Long enough for news to come in; returns how often they were told. */
static guint
wait_for_news (void)
{
  heard = 0;
  turn (100);
  return heard;
}

static guint32
commit (const char *commands)
{
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();
  g_autoptr (GError) error = NULL;
  guint32 generation = 0;

  g_assert_true (cs_nft_is_committing ());
  cs_nft_commit (commands, &generation, &error);
  g_assert_no_error (error);
  return generation;
}

static void
run (const char *command)
{
  g_free (shell ("%s", command));
}

static CsNftWatch *
watch_new (void)
{
  g_autoptr (GError) error = NULL;
  CsNftWatch *watch = cs_nft_watch_new (on_changed, NULL, &error);

  g_assert_no_error (error);
  return watch;
}

static void
test_own (void)
{
  g_autoptr (CsNftWatch) watch = watch_new ();

  commit ("add table inet connshare; add chain inet connshare c");
  commit ("add rule inet connshare c drop");
  g_assert_cmpuint (wait_for_news (), ==, 0);
  g_assert_null (cs_nft_watch_get_intruder (watch));
  run ("nft flush ruleset");
}

static void
test_others (void)
{
  g_autoptr (CsNftWatch) watch = watch_new ();
  g_autoptr (CsFirewall) none = NULL;
  g_autoptr (CsFirewall) same = NULL;
  g_autoptr (CsFirewall) some = NULL;

  cs_nft_note_rebuild (commit ("add table inet connshare"));
  none = cs_nft_watch_get_firewall (watch);
  same = cs_nft_watch_get_firewall (watch);
  g_assert_true (none == same);
  run ("nft 'table ip mine { chain c { type filter hook input priority 0; drop; }; }'");
  g_assert_cmpuint (wait_for_news (), ==, 1);
  g_assert_null (cs_nft_watch_get_intruder (watch));
  some = cs_nft_watch_get_firewall (watch);
  g_assert_null (cs_firewall_find (none, "ip mine", "c"));
  g_assert_nonnull (cs_firewall_find (some, "ip mine", "c"));
  run ("nft flush ruleset");
}

/* Such a table goes without a word. */
static void
test_table_of_a_process (void)
{
  g_autoptr (CsNftWatch) watch = watch_new ();
  g_autoptr (GSubprocess) owner = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, "nft",
      "-i", NULL);
  GOutputStream *commands = g_subprocess_get_stdin_pipe (owner);
  static const char text[]
      = "add table ip mine { flags owner; }\n"
        "add chain ip mine c { type filter hook input priority 0; }\n";
  g_autoptr (CsFirewall) some = NULL;
  g_autoptr (CsFirewall) none = NULL;

  g_assert_true (
      g_output_stream_write_all (commands, text, strlen (text), NULL, NULL, NULL));
  for (int i = 0; i < 3000 && (some == NULL || some->chains->len == 0); i++)
    {
      turn (10);
      cs_firewall_unref (some);
      some = cs_nft_watch_get_firewall (watch);
    }
  g_assert_nonnull (cs_firewall_find (some, "ip mine", "c"));
  g_assert_true (g_output_stream_close (commands, NULL, NULL));
  g_assert_true (g_subprocess_wait (owner, NULL, NULL));
  none = cs_nft_watch_get_firewall (watch);
  g_assert_null (cs_firewall_find (none, "ip mine", "c"));
}

static void
test_intruder (gconstpointer command)
{
  g_autoptr (CsNftWatch) watch = watch_new ();

  cs_nft_note_rebuild (commit ("table inet connshare {"
                               " set s { type ipv4_addr; elements = { 192.0.2.1 } };"
                               " chain c { counter; }; }"));
  g_assert_cmpuint (wait_for_news (), ==, 0);
  run (command);
  g_assert_cmpuint (wait_for_news (), ==, 1);
  g_assert_cmpstr (cs_nft_watch_get_intruder (watch), ==, "nft");
  cs_nft_note_rebuild (commit ("add table inet connshare"));
  g_assert_cmpuint (wait_for_news (), ==, 0);
  g_assert_null (cs_nft_watch_get_intruder (watch));
  run ("nft flush ruleset");
}

/* The announcement of a flow: the quota is renewed for the next one. Twice, as that it is
 * there is announced too. */
static void
test_flow (void)
{
  const char *list = "nft list quota inet connshare new_flow | grep -o 'over.*'";
  g_autoptr (CsNftWatch) watch = watch_new ();

  commit ("table inet connshare {\n"
          "quota new_flow { over 1 bytes; }\n"
          "chain c { type filter hook output priority 0; quota name \"new_flow\"; }\n"
          "}");
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *now = shell ("ping -c 1 127.0.0.1 >/dev/null && %s", list);

      while (!g_str_equal (now, "over 1 bytes"))
        {
          turn (100);
          g_free (now);
          now = shell ("%s", list);
        }
    }
  run ("nft flush ruleset");
}

/* What a limit allows is used up, by packets; that its quotas are made is no news. */
static void
test_limit (void)
{
  g_autoptr (CsNftWatch) watch = watch_new ();

  commit ("table inet connshare {\n"
          "quota limit_lan0 { over 1 bytes; }\n"
          "chain c { type filter hook output priority 0; quota name \"limit_lan0\"; }\n"
          "}");
  g_assert_cmpuint (wait_for_news (), ==, 0);
  run ("ping -c 1 127.0.0.1 >/dev/null");
  while (heard == 0)
    turn (10);
  g_assert_null (cs_nft_watch_get_intruder (watch));
  run ("nft flush ruleset");
}

static void
test_refusal (void)
{
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();
  g_autoptr (GError) error = NULL;

  g_assert_false (cs_nft_commit ("delete table inet connshare", NULL, &error));
  g_assert_nonnull (strstr (error->message, "No such file or directory"));
}

int
main (int argc, char **argv)
{
  static const char *const commands[][2] = {
    { "ruleset", "nft flush ruleset" },
    { "table", "nft delete table inet connshare" },
    { "rules", "nft flush table inet connshare" },
    { "rule", "nft add rule inet connshare c drop" },
    { "element", "nft add element inet connshare s { 192.0.2.2 }" },
    { "among others", "nft 'add table ip mine; add chain inet connshare d'" },
  };

  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  cs_nft_worker_init (NFT_WORKER);
  g_test_add_func ("/nft-watch/own", test_own);
  g_test_add_func ("/nft-watch/others", test_others);
  g_test_add_func ("/nft-watch/table of a process", test_table_of_a_process);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *path = g_strdup_printf ("/nft-watch/%s", commands[i][0]);

      g_test_add_data_func (path, commands[i][1], test_intruder);
    }
  g_test_add_func ("/nft-watch/flow", test_flow);
  g_test_add_func ("/nft-watch/limit", test_limit);
  g_test_add_func ("/nft-watch/refusal", test_refusal);
  return g_test_run ();
}
