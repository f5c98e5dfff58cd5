/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "radvd" with the real program, on a private network. lan0's other end hears
 * what clients would. */
#include "system/radvd/radvd.h"

#include "private-net.h"
#include "step-call.h"

#include <glib/gstdio.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <unistd.h>

#define RUNTIME   "/run/connshare"
#define DIRECTORY RUNTIME "/radvd-lan0"
#define PID       "cut -d' ' -f1 " DIRECTORY "/process"
/* Those in this network only: other tests may run. */
#define PROCESSES \
  "for p in $(pgrep -x radvd); do test /proc/$p/ns/net -ef /proc/self/ns/net && " \
  "echo $p; done | wc -l"

/* How long a message may take, milliseconds: what is meant is 100, on an idle machine. */
#define SOON 2000

typedef struct
{
  CsStep *step;       /* (owned) */
  CsSharePlan *share; /* (owned) */
  int fd;
  guint changes;
} Fixture;

static void
on_changed (const char *lan, gpointer user_data)
{
  ((Fixture *)user_data)->changes++;
}

static void
new_step (Fixture *f)
{
  g_clear_pointer (&f->step, cs_step_unref);
  f->step = cs_radvd_step_new (RUNTIME);
  cs_step_watch (f->step, on_changed, f);
}

static int
listen_at (const char *interface)
{
  const struct sockaddr_ll place = { .sll_family = AF_PACKET,
                                     .sll_protocol = htons (ETH_P_IPV6),
                                     .sll_ifindex = (int)if_nametoindex (interface) };
  int fd = socket (AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (const struct sockaddr *)&place, sizeof place), ==, 0);
  return fd;
}

static CsSharePlan *
new_share (void)
{
  CsSharePlan *share = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  CsCidr own;

  g_assert_true (cs_cidr_parse ("fd00:1:2:3::1/64", &own, NULL));
  g_array_append_val (share->ipv6.addresses, own);
  share->ipv6.mode = CS_IPV6_MASQUERADE;
  return share;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  add_link ("lan0");
  add_link ("ppp0");
  /* as the step "LAN IPv6" does: radvd is heard by this computer, too */
  g_free (shell ("echo 0 >/proc/sys/net/ipv6/conf/lan0/accept_ra"));
  private_net_ip ("address add fd00:1:2:3::1/64 dev lan0 nodad");
  private_net_ip ("address add fe80::fd00:1:2:3/64 dev lan0 nodad");
  f->share = new_share ();
  f->fd = listen_at ("lan0-far");
  new_step (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, f->share, NULL);
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
  assert_shell ("torn down", PROCESSES, "0");
  g_clear_pointer (&f->step, cs_step_unref);
  cs_share_plan_unref (f->share);
  close (f->fd);
  private_net_ip ("link del lan0");
  private_net_ip ("link del ppp0");
}

/* The lifetime of the router that the next one tells; -1: there is none within the
 * time. */
static int
hear (Fixture *f, int limit)
{
  struct pollfd poll_fd = { .fd = f->fd, .events = POLLIN };
  gint64 end = g_get_monotonic_time () + limit * G_TIME_SPAN_MILLISECOND;

  for (gint64 left = limit; left >= 0;
       left = (end - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND)
    {
      guint8 frame[2048] = { 0 };

      if (poll (&poll_fd, 1, (int)left) == 1 && read (f->fd, frame, sizeof frame) > 62
          && frame[20] == IPPROTO_ICMPV6 && frame[54] == 134)
        return frame[60] << 8 | frame[61];
    }
  return -1;
}

/* Reads all that has come. */
static void
ignore_rest (Fixture *f)
{
  while (hear (f, 100) >= 0)
    ;
}

static CsSharePlan *
waiting (const Fixture *f)
{
  CsSharePlan *share = cs_share_plan_copy (f->share);

  g_clear_pointer (&share->uplink, g_free);
  share->ipv6.mode = CS_IPV6_NONE;
  return share;
}

/* Each change is sent at once, however soon it comes, and the end is, too. */
static void
test_life (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) down = waiting (f);
  g_autofree char *pid = NULL;
  gint64 begin;

  step_must_apply (f->step, NULL, NULL, f->share);
  g_assert_cmpint (hear (f, SOON), ==, 1800);
  pid = shell (PID);
  assert_shell ("user", "ps -o user= -p $(" PID ")", "radvd");
  assert_shell ("rights", "grep CapEff /proc/$(" PID ")/status | cut -f2",
                "0000000000002000");
  step_must_apply (f->step, NULL, f->share, f->share);
  for (int i = 0; i < 4; i++)
    {
      ignore_rest (f);
      begin = g_get_monotonic_time ();
      step_must_apply (f->step, NULL, i % 2 ? down : f->share, i % 2 ? f->share : down);
      g_assert_cmpint (hear (f, SOON), ==, i % 2 ? 1800 : 0);
      g_test_message ("%d us", (int)(g_get_monotonic_time () - begin));
    }
  assert_shell ("kept", PID, pid);
  ignore_rest (f);
  step_must_apply (f->step, NULL, f->share, NULL);
  g_assert_cmpint (hear (f, SOON), ==, 0);
  assert_shell ("end", PROCESSES, "0");
  step_must_apply (f->step, NULL, f->share, NULL);
  g_assert_cmpuint (f->changes, ==, 0);
}

/* What it announces stays on the wire. */
static void
test_no_change_of_host (Fixture *f, gconstpointer data)
{
  f->share->lan_mtu = 1400;
  step_must_apply (f->step, NULL, NULL, f->share);
  g_assert_cmpint (hear (f, SOON), ==, 1800);
  assert_shell ("MTU", "cat /proc/sys/net/ipv6/conf/lan0/mtu", "1500");
}

/* The service was restarted. */
static void
test_found_again (Fixture *f, gconstpointer data)
{
  g_autofree char *pid = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  pid = shell (PID);
  new_step (f);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("kept", PID, pid);
  new_step (f);
}

static void
await_change (Fixture *f)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  while (f->changes == 0 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (f->changes, ==, 1);
}

static void
test_killed (Fixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, NULL, f->share);
  g_assert_cmpint (hear (f, SOON), ==, 1800);
  g_free (shell ("kill -KILL $(" PID ")"));
  await_change (f);
  ignore_rest (f);
  step_must_apply (f->step, NULL, f->share, f->share);
  g_assert_cmpint (hear (f, SOON), ==, 1800);
}

/* The addresses were flushed, and are back. */
static void
test_flushed (Fixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, NULL, f->share);
  g_assert_cmpint (hear (f, SOON), ==, 1800);
  private_net_ip ("-6 address flush dev lan0");
  ignore_rest (f);
  private_net_ip ("address add fd00:1:2:3::1/64 dev lan0 nodad");
  private_net_ip ("address add fe80::fd00:1:2:3/64 dev lan0 nodad");
  g_assert_cmpint (hear (f, 20000), ==, 1800);
}

/* A share without IPv6 has nothing of it. */
static void
test_without (Fixture *f, gconstpointer data)
{
  g_array_set_size (f->share->ipv6.addresses, 0);
  step_must_apply (f->step, NULL, NULL, f->share);
  assert_shell ("none", PROCESSES, "0");
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/radvd/life", test_life },
    { "/radvd/no change of the host", test_no_change_of_host },
    { "/radvd/found again", test_found_again },
    { "/radvd/killed", test_killed },
    { "/radvd/flushed", test_flushed },
    { "/radvd/without IPv6", test_without },
  };

  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_assert_true (g_file_set_contents (
      "/etc/passwd", "root:x:0:0:::\nnobody:x:65534:65534:::\nradvd:x:101:65534:::\n", -1,
      NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
