/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "ruleset" on a real kernel: what it leaves untouched, what it repairs, and
 * that nothing leaks. The texts have their own test. */
#include "system/nft/nft-worker.h"
#include "system/nft/nft.h"

#include "core/render/ruleset.h"
#include "dbus/errors.h"

#include "private-net.h"
#include "step-call.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Both counters of a LAN. */
#define SET_COUNTERS \
  "nft 'add table inet connshare; add counter inet connshare sent_lan0 { packets 5 " \
  "bytes 500 }; add counter inet connshare received_lan0 { packets 7 bytes 700 }'"

static void
tear_down (void)
{
  g_free (shell ("nft flush ruleset"));
}

static CsSharePlan *
share_lan0 (const char *uplink)
{
  return share_new ("lan0", uplink, "192.168.137.1/24", 13700);
}

static CsSharePlan *
share_lan1 (void)
{
  return share_new ("lan1", "ppp0", "192.168.138.1/24", 13701);
}

/* The table in the kernel is the one that a rebuild from @plan makes; counters aside. */
static void
assert_table (const char *where, const CsSharePlan *first, const CsSharePlan *second)
{
  g_autoptr (CsPlan) plan = cs_plan_new_empty ();
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  if (first != NULL)
    g_ptr_array_add (plan->shares, cs_share_plan_copy (first));
  if (second != NULL)
    g_ptr_array_add (plan->shares, cs_share_plan_copy (second));
  text = cs_ruleset_render (plan);
  g_assert_true (g_file_set_contents ("/run/expected.nft", text, -1, NULL));
  /* in a network of its own; elements and chains come in the order of their making */
  expected = shell ("unshare -n sh -c 'nft -f /run/expected.nft && nft -s list ruleset'"
                    " | tr -s ', \\t\\n' '\\n' | sort");
  assert_shell (where, "nft -s list table inet connshare | tr -s ', \\t\\n' '\\n' | sort",
                expected);
}

static void
test_first_and_last (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = share_lan0 ("ppp0");

  step_must_apply (step, NULL, NULL, share);
  assert_table ("first", share, NULL);
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("last", "nft list ruleset", "");
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("again", "nft list ruleset", "");
}

/* The other share keeps its chains (by handle) and its counters. */
static void
test_small_change (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) first = share_lan0 ("ppp0");
  g_autoptr (CsSharePlan) second = share_lan1 ();
  g_autoptr (CsSharePlan) moved = share_lan1 ();
  g_autofree char *chain = NULL;
  CsCounters counters;
  const char *list = "nft -a list chain inet connshare to_lan0";

  g_free (moved->uplink);
  moved->uplink = g_strdup ("eth1");
  g_free (shell (SET_COUNTERS));
  step_must_apply (step, NULL, NULL, first);
  chain = shell ("%s", list);
  step_must_apply (step, first, NULL, second);
  assert_table ("second", first, second);
  step_must_apply (step, first, second, moved);
  assert_table ("moved", first, moved);
  step_must_apply (step, first, moved, NULL);
  assert_table ("ended", first, NULL);
  assert_shell ("untouched", list, chain);
  g_assert_true (cs_nft_read_counters ("lan0", &counters));
  g_assert_cmpuint (counters.packets_sent, ==, 5);
  g_assert_cmpuint (counters.bytes_sent, ==, 500);
  g_assert_cmpuint (counters.packets_received, ==, 7);
  g_assert_cmpuint (counters.bytes_received, ==, 700);
  g_assert_false (cs_nft_read_counters ("lan1", &counters));
  g_assert_cmpuint (counters.bytes_sent, ==, 0);
  tear_down ();
}

static CsSharePlan *
share_on (CsSharePlan *share, int lan_ifindex, guint uplink_mtu)
{
  share->lan_ifindex = lan_ifindex;
  share->uplink_ifindex = 9;
  share->uplink_mtu = uplink_mtu;
  return share;
}

/* The devices of two LANs change their names, and so both shares claim one for a while.
 */
static void
test_swapped_devices (gconstpointer data)
{
  guint mtu = GPOINTER_TO_UINT (data);
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) first = share_on (share_lan0 ("ppp0"), 21, mtu);
  g_autoptr (CsSharePlan) second = share_on (share_lan1 (), 22, mtu);
  g_autoptr (CsSharePlan) first_after = share_on (share_lan0 ("ppp0"), 22, mtu);
  g_autoptr (CsSharePlan) second_after = share_on (share_lan1 (), 21, mtu);

  step_must_apply (step, NULL, NULL, first);
  step_must_apply (step, first, NULL, second);
  step_must_apply (step, second, first, first_after);
  assert_table ("half", first_after, second);
  step_must_apply (step, first_after, second, second_after);
  assert_table ("swapped", first_after, second_after);
  assert_shell (
      "short ways",
      "nft list table inet connshare | grep -cE '(established|ipv4) [.] [^ ]+ [.]'", "4");
  tear_down ();
}

/* Whatever was done to the table, the next call makes it whole. */
static void
test_damage (gconstpointer data)
{
  const char *damage = data;
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) first = share_lan0 ("ppp0");
  g_autoptr (CsSharePlan) waiting = share_lan0 (NULL);
  g_autoptr (CsSharePlan) second = share_lan1 ();

  step_must_apply (step, NULL, NULL, first);
  step_must_apply (step, first, NULL, second);
  g_free (shell ("%s", damage));
  step_must_apply (step, second, first, first);
  assert_table ("repaired", first, second);
  g_free (shell ("%s", damage));
  step_must_apply (step, second, first, waiting);
  assert_table ("changed", waiting, second);
  tear_down ();
}

/* After a crash the new share may be in the table already, or half of it. */
static void
test_started_twice (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) first = share_lan0 ("ppp0");
  g_autoptr (CsSharePlan) second = share_lan1 ();

  step_must_apply (step, NULL, NULL, first);
  step_must_apply (step, first, NULL, second);
  step_must_apply (step, first, NULL, second);
  assert_table ("twice", first, second);
  step_must_apply (step, first, second, NULL);
  step_must_apply (step, first, second, NULL);
  assert_table ("ended twice", first, NULL);
  tear_down ();
}

static int
listen_on (guint16 port)
{
  const struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons (port) };
  int sock = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_true (bind (sock, (const struct sockaddr *)&any, sizeof any) == 0);
  return sock;
}

/* The test's time limit ends it. */
static void
wait_for_shell (const char *command, const char *expected)
{
  g_autofree char *output = shell ("%s", command);

  while (!g_str_equal (output, expected))
    {
      g_usleep (10000);
      g_free (output);
      output = shell ("%s", command);
    }
}

/* No flow has to begin: the table gets what was known at once, the rest in a moment. */
static void
test_ports (void)
{
  const char *list = "nft list set inet connshare own_ports | grep -oE '[.] [0-9]+' "
                     "| sort | tr -d '\\n'";
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = share_lan0 ("ppp0");
  int first = listen_on (1194);
  int second;

  step_must_apply (step, NULL, NULL, share);
  wait_for_shell (list, ". 1194"); /* after what an earlier test has had looked up */
  second = listen_on (1195);
  g_free (shell ("nft flush ruleset"));
  step_must_apply (step, NULL, share, share);
  wait_for_shell (list, ". 1194. 1195");
  close (first);
  step_must_apply (step, NULL, share, NULL);
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("of another share", list, ". 1195");
  close (second);
  tear_down ();
}

static void
test_repair_keeps_counters (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = share_lan0 ("ppp0");
  CsCounters counters;

  g_free (shell (SET_COUNTERS));
  step_must_apply (step, NULL, share, share);
  assert_table ("repaired", share, NULL);
  g_assert_true (cs_nft_read_counters ("lan0", &counters));
  g_assert_cmpuint (counters.bytes_sent, ==, 500);
  g_assert_cmpuint (counters.bytes_received, ==, 700);
  tear_down ();
}

static void
test_strangers (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = share_lan0 ("ppp0");
  const char *list = "nft list table ip filter";
  g_autofree char *before = NULL;

  g_free (shell ("nft 'add table ip filter; add chain ip filter FORWARD "
                 "{ type filter hook forward priority 0; policy drop; }'"));
  before = shell ("%s", list);
  step_must_apply (step, NULL, NULL, share);
  step_must_apply (step, NULL, share, share);
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("untouched", "nft list ruleset", before);
  tear_down ();
}

static void
test_refused (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = share_lan0 ("ppp0");
  g_autoptr (GError) error = NULL;

  g_free (share->uplink);
  share->uplink = g_strdup ("a name that is too long");
  g_assert_false (step_apply (step, NULL, NULL, share, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "nftables refused the ruleset: "));
  g_assert_null (strchr (error->message, '\n'));
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("undone", "nft list ruleset", "");
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

static void
test_rounds (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) first = share_lan0 ("ppp0");
  g_autoptr (CsSharePlan) second = share_lan1 ();
  guint descriptors = 0;

  step_must_apply (step, NULL, NULL, first);
  for (guint i = 0; i < 50; i++)
    {
      CsCounters counters;

      step_must_apply (step, first, NULL, second);
      step_must_apply (step, first, second, NULL);
      g_assert_true (cs_nft_read_counters ("lan0", &counters));
      if (i == 0)
        descriptors = count_descriptors ();
    }
  /* the look at the ports that followed the first may have had one at that time */
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  tear_down ();
}

typedef struct
{
  gboolean over; /* atomic */
  guint sent, refused;
} Sender;

/* As the name server answers a client. */
static gpointer
send_to_client (gpointer data)
{
  Sender *sender = data;
  const struct sockaddr_in client = { .sin_family = AF_INET,
                                      .sin_port = htons (9),
                                      .sin_addr.s_addr = inet_addr ("192.168.137.20") };
  int sock = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  for (; !g_atomic_int_get (&sender->over); sender->sent++)
    if (sendto (sock, "", 1, 0, (const struct sockaddr *)&client, sizeof client) < 0
        && errno == EPERM)
      sender->refused++;
  close (sock);
  return NULL;
}

static void
test_nothing_is_lost (void)
{
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  Sender sender = { .over = FALSE };
  GThread *thread;

  add_link ("lan0");
  private_net_ip ("address add 192.168.137.1/24 dev lan0");
  private_net_ip ("neighbor add 192.168.137.20 lladdr 02:00:00:00:00:20 dev lan0");
  share = share_lan0 ("ppp0");
  step_must_apply (step, NULL, NULL, share);
  thread = g_thread_new ("sender", send_to_client, &sender);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (CsStep) next = cs_nft_step_new (); /* which makes the table anew */

      step_must_apply (next, NULL, share, share);
    }
  g_atomic_int_set (&sender.over, TRUE);
  g_thread_join (thread);
  g_assert_cmpuint (sender.sent, >, 1000);
  g_assert_cmpuint (sender.refused, ==, 0);
  private_net_ip ("link delete lan0");
  tear_down ();
}

int
main (int argc, char **argv)
{
  static const char *const damages[][2] = {
    { "flushed ruleset", "nft flush ruleset" },
    { "flushed table", "nft flush table inet connshare" },
    { "flushed chain", "nft flush chain inet connshare from_lan0" },
    { "flushed map", "nft flush map inet connshare from_lan" },
    { "strange rule", "nft insert rule inet connshare forward drop" },
  };

  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  cs_nft_worker_init (NFT_WORKER);
  g_test_add_func ("/nft/first and last", test_first_and_last);
  g_test_add_func ("/nft/small change", test_small_change);
  g_test_add_data_func ("/nft/swapped devices/small uplink", GUINT_TO_POINTER (1400),
                        test_swapped_devices);
  g_test_add_data_func ("/nft/swapped devices/same MTU", GUINT_TO_POINTER (0),
                        test_swapped_devices);
  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/nft/%s", damages[i][0]);

      g_test_add_data_func (path, damages[i][1], test_damage);
    }
  g_test_add_func ("/nft/started twice", test_started_twice);
  g_test_add_func ("/nft/ports", test_ports);
  g_test_add_func ("/nft/repair keeps counters", test_repair_keeps_counters);
  g_test_add_func ("/nft/strangers", test_strangers);
  g_test_add_func ("/nft/refused", test_refused);
  g_test_add_func ("/nft/rounds", test_rounds);
  g_test_add_func ("/nft/nothing is lost", test_nothing_is_lost);
  return g_test_run ();
}
