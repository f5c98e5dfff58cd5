/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "dnsmasq" with the real program, on a private network and a private bus. */
#include "system/dnsmasq.h"

#include "core/dnsmasq-config.h"
#include "dbus/errors.h"

#include "private-net.h"
#include "step-call.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>

#define RUNTIME   "/run/connshare"
#define DIRECTORY RUNTIME "/dnsmasq-lan0"
#define PID       "cat " DIRECTORY "/pid"
/* Those in this network only: other tests may run. */
#define PROCESSES \
  "for p in $(pgrep -x dnsmasq); do test /proc/$p/ns/net -ef /proc/self/ns/net && " \
  "echo $p; done | wc -l"
/* The same when the one that is being killed has gone. */
#define PROCESSES_LEFT \
  "for i in $(seq 50); do n=$(" PROCESSES "); test $n = 0 && break; sleep 0.1; done; " \
  "echo $n"
/* The name server of the uplink. */
#define UPSTREAM "198.51.100.53"

typedef struct
{
  GTestDBus *bus;              /* (owned) */
  GDBusConnection *connection; /* (owned) */
  CsStep *step;                /* (owned) */
  CsSharePlan *share;          /* (owned) */
  GSocket *upstream;           /* (owned) (nullable) */
  guint changes;
} Fixture;

static void
on_changed (CsStep *step, const char *lan, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (lan, ==, "lan0");
  f->changes++;
}

static void
new_step (Fixture *f)
{
  g_clear_object (&f->step);
  f->step = cs_dnsmasq_step_new (RUNTIME, f->connection);
  g_signal_connect (f->step, "changed", G_CALLBACK (on_changed), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *dns[] = { UPSTREAM, NULL };

  add_link ("lan0");
  add_link ("ppp0");
  private_net_ip ("address add 192.168.137.1/24 dev lan0");
  private_net_ip ("address add " UPSTREAM "/32 dev ppp0");
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (f->bus), TRUE);
  f->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (f->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  f->share = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  f->share->dns = g_strdupv ((char **)dns);
  new_step (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, f->share, NULL);
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
  assert_shell ("torn down", PROCESSES, "0");
  g_clear_object (&f->upstream);
  g_clear_object (&f->step);
  cs_share_plan_unref (f->share);
  g_clear_object (&f->connection);
  g_test_dbus_down (f->bus);
  g_object_unref (f->bus);
  private_net_ip ("link del lan0");
  private_net_ip ("link del ppp0");
}

static GSocket *
bind_udp (const char *address, guint port)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, 0, &error);
  g_autoptr (GSocketAddress) at = g_inet_socket_address_new_from_string (address, port);

  g_assert_no_error (error);
  g_socket_bind (socket, at, FALSE, &error);
  g_assert_no_error (error);
  return socket;
}

/* Asks for "x.test" and returns the RCODE of the answer, or -1 if none comes within
 * @wait microseconds. */
static int
ask (guint port, gint64 wait)
{
  static const guint8 question[] = { 0, 7,   1, 0,   0,   1,   0,   0, 0, 0, 0, 0,
                                     1, 'x', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1 };
  g_autoptr (GSocket) socket = bind_udp ("192.168.137.1", 0);
  g_autoptr (GSocketAddress) server
      = g_inet_socket_address_new_from_string ("192.168.137.1", port);
  g_autoptr (GError) error = NULL;
  guint8 answer[512];

  g_socket_send_to (socket, server, (const char *)question, sizeof question, NULL,
                    &error);
  g_assert_no_error (error);
  if (!g_socket_condition_timed_wait (socket, G_IO_IN, wait, NULL, NULL))
    return -1;
  g_socket_receive (socket, (char *)answer, sizeof answer, NULL, &error);
  g_assert_no_error (error);
  return answer[3] & 0x0f;
}

#define REFUSED 5

/* Whether the uplink's name server gets the question. */
static gboolean
is_asked (Fixture *f)
{
  char buffer[512];
  gboolean asked;

  if (f->upstream == NULL)
    f->upstream = bind_udp (UPSTREAM, 53);
  ask (f->share->dns_port, 100000);
  asked = g_socket_condition_timed_wait (f->upstream, G_IO_IN, 0, NULL, NULL);
  while (g_socket_condition_timed_wait (f->upstream, G_IO_IN, 0, NULL, NULL))
    g_socket_receive (f->upstream, buffer, sizeof buffer, NULL, NULL);
  return asked;
}

static void
await_changes (Fixture *f, guint count)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  while (f->changes < count && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (f->changes, ==, count);
}

static CsSharePlan *
with_uplink (const CsSharePlan *share, const char *uplink)
{
  CsSharePlan *copy = cs_share_plan_copy (share);

  g_free (copy->uplink);
  copy->uplink = g_strdup (uplink);
  return copy;
}

/* --- Cases ----------------------------------------------------------------------- */

static void
test_start_and_end (Fixture *f, gconstpointer data)
{
  g_autofree char *config = cs_dnsmasq_config_render (f->share, DIRECTORY);

  step_must_apply (f->step, NULL, NULL, f->share);
  g_strchomp (config);
  assert_shell ("start", "cat " DIRECTORY "/dnsmasq.conf", config);
  assert_shell ("start", "stat -c %a:%U " DIRECTORY, "755:root");
  assert_shell ("start", PROCESSES, "1");
  assert_shell ("session of its own",
                "pid=$(" PID "); [ $(ps -o sid= $pid) = $pid ] && echo yes", "yes");
  g_assert_true (is_asked (f));
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("end", PROCESSES, "0");
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (f->changes, ==, 0);
}

/* A share that waits for its uplink: every question is refused, and at once. */
static void
test_servers (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) waiting = with_uplink (f->share, NULL);
  g_autofree char *pid = NULL;

  step_must_apply (f->step, NULL, NULL, waiting);
  g_assert_cmpint (ask (53, G_USEC_PER_SEC), ==, REFUSED);
  pid = shell (PID);
  step_must_apply (f->step, NULL, waiting, f->share);
  g_assert_true (is_asked (f));
  step_must_apply (f->step, NULL, f->share, waiting);
  g_assert_cmpint (ask (53, G_USEC_PER_SEC), ==, REFUSED);
  g_assert_false (is_asked (f));
  assert_shell ("not restarted", PID, pid);
}

/* The uplink comes back with the same name, address and name server, as another device.
 */
static void
test_new_uplink_device (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) again = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  private_net_ip ("link del ppp0");
  g_assert_cmpint (ask (53, G_USEC_PER_SEC), ==, REFUSED);
  add_link ("ppp0");
  private_net_ip ("address add " UPSTREAM "/32 dev ppp0");
  again = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  again->dns = g_strdupv (f->share->dns);
  step_must_apply (f->step, NULL, f->share, again);
  g_assert_true (is_asked (f));
}

/* The service was restarted: the dnsmasq is found, kept, told again, and watched. */
static void
test_found_again (Fixture *f, gconstpointer data)
{
  g_autofree char *pid = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  pid = shell (PID);
  new_step (f);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("kept", PID, pid);
  assert_shell ("kept", PROCESSES, "1");
  g_assert_true (is_asked (f));
  g_free (shell ("kill -KILL %s", pid));
  await_changes (f, 1);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("once", PROCESSES, "1");
  g_assert_true (is_asked (f));
}

static void
test_found_at_end (Fixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, NULL, f->share);
  new_step (f);
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("end", PROCESSES, "0");
}

/* A pid file that names a process which is none of ours. */
static void
test_foreign_pid (Fixture *f, gconstpointer data)
{
  g_autofree char *own = g_strdup_printf ("%d\n", getpid ());

  step_must_apply (f->step, NULL, NULL, f->share);
  g_free (shell ("kill -KILL $(" PID ")"));
  await_changes (f, 1);
  g_assert_true (g_file_set_contents (DIRECTORY "/pid", own, -1, NULL));
  step_must_apply (f->step, NULL, f->share, NULL);
}

/* That of a container which shares in a network of its own: it has the same paths, and is
 * no concern of ours. */
static void
test_foreign_network (Fixture *f, gconstpointer data)
{
  g_autofree char *pid
      = shell ("unshare -n perl -e 'sleep 60' x --conf-file=" DIRECTORY
               "/dnsmasq.conf >/dev/null 2>&1 & while test /proc/$!/ns/net -ef "
               "/proc/self/ns/net; do sleep 0.01; done; echo $!");

  g_assert_cmpint (g_mkdir_with_parents (DIRECTORY, 0755), ==, 0);
  new_step (f);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("ours", PROCESSES, "1");
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("end", PROCESSES, "0");
  g_free (shell ("grep -q perl /proc/%s/cmdline && kill %s", pid, pid));
}

static void
test_other_config (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) other = cs_share_plan_copy (f->share);
  g_autofree char *pid = NULL;
  g_autofree char *new_pid = NULL;
  guint32 first, last;
  g_autofree char *lease = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  cs_dhcp_range (f->share->address, &first, &last);
  lease = cs_ipv4_to_string (first);
  g_free (shell ("echo '9999999999 02:00:00:00:00:01 %s host *' >" DIRECTORY "/leases",
                 lease));
  pid = shell (PID);
  other->lan_mtu = 1400;
  step_must_apply (f->step, NULL, f->share, other);
  new_pid = shell (PID);
  g_assert_cmpstr (pid, !=, new_pid);
  assert_shell ("one", PROCESSES, "1");
  g_assert_true (is_asked (f));
  g_free (shell ("grep -q 02:00:00:00:00:01 " DIRECTORY "/leases"));
}

/* Without its device a share has no dnsmasq, but keeps the leases. */
static void
test_device_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) absent = cs_share_plan_copy (f->share);

  absent->lan_method = CS_LAN_ABSENT;
  step_must_apply (f->step, NULL, NULL, f->share);
  step_must_apply (f->step, NULL, f->share, absent);
  assert_shell ("absent", PROCESSES, "0");
  g_assert_true (g_file_test (DIRECTORY "/leases", G_FILE_TEST_EXISTS));
  step_must_apply (f->step, NULL, absent, f->share);
  assert_shell ("back", PROCESSES, "1");
}

/* It waits without a socket of its own, then serves, or goes as if it had never been. */
static void
test_prepared (Fixture *f, gconstpointer data)
{
  g_assert_true (cs_step_prepare (f->step, NULL, f->share));
  assert_shell ("prepared", PROCESSES, "1");
  assert_shell ("deaf", "ss -Hlnu sport = :53 | wc -l", "0");
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("undone", PROCESSES_LEFT, "0");
  g_assert_true (cs_step_prepare (f->step, NULL, f->share));
  step_must_apply (f->step, NULL, NULL, f->share);
  assert_shell ("applied", PROCESSES, "1");
  assert_shell ("listening", "ss -Hlnu sport = :53 | wc -l", "1");
}

/* Something runs already: it is left alone until its turn. */
static void
test_prepare_while_running (Fixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, NULL, f->share);
  g_assert_false (cs_step_prepare (f->step, f->share, f->share));
  assert_shell ("running", PROCESSES, "1");
}

static void
test_keep_lan (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) keep = cs_share_plan_copy (f->share);

  keep->lan_method = CS_LAN_KEEP;
  step_must_apply (f->step, NULL, NULL, keep);
  assert_shell ("keep", PROCESSES, "0");
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
}

static void
test_port_taken (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocket) other = bind_udp ("0.0.0.0", 53);
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf (
      "Port 53 on \"lan0\" is taken by test-dnsmasq (process %d): stop that program, or "
      "let it listen on other interfaces only",
      getpid ());

  g_assert_false (step_apply (f->step, NULL, NULL, f->share, &error));
  g_assert_cmpstr (error->message, ==, expected);
  assert_shell ("none", PROCESSES, "0");
}

static void
test_dhcp_port_taken (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocket) other = bind_udp ("0.0.0.0", 67);
  g_autoptr (GError) error = NULL;

  g_assert_false (step_apply (f->step, NULL, NULL, f->share, &error));
  g_assert_true (
      g_str_has_prefix (error->message, "Port 67 on \"lan0\" is taken by test-"));
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) wrong = cs_share_plan_copy (f->share);
  g_autoptr (GError) error = NULL;

  wrong->dns_port = 70000;
  g_assert_false (step_apply (f->step, NULL, NULL, wrong, &error));
  g_assert_cmpstr (error->message, ==,
                   "dnsmasq says: error at line 8 of " DIRECTORY "/dnsmasq.conf");
}

static void
test_no_program (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* in the namespace of this process; it cannot be executed */
  g_assert_cmpint (mount ("/dev/null", "/usr/sbin/dnsmasq", NULL, MS_BIND, NULL), ==, 0);
  g_assert_false (step_apply (f->step, NULL, NULL, f->share, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "dnsmasq-base"));
  g_assert_cmpint (umount ("/usr/sbin/dnsmasq"), ==, 0);
}

/* One that dies at once is started again at once, but then has to live. */
static void
test_dies_at_once (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 3; i++)
    {
      step_must_apply (f->step, NULL, i == 1 ? NULL : f->share, f->share);
      g_free (shell ("kill -KILL $(" PID ")"));
      await_changes (f, i);
    }
  g_free (shell ("(sleep 0.2; kill -KILL $(" PID ")) >/dev/null 2>&1 &"));
  g_assert_false (step_apply (f->step, NULL, f->share, f->share, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "4 times in a row"));
  g_assert_cmpuint (f->changes, ==, 3);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("lives", PROCESSES, "1");
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_assert_true (g_file_set_contents (
      "/etc/passwd", "root:x:0:0:::\nnobody:x:65534:65534:::\ndnsmasq:x:100:65534:::\n",
      -1, NULL));
  add ("/dnsmasq/start and end", test_start_and_end);
  add ("/dnsmasq/servers", test_servers);
  add ("/dnsmasq/new uplink device", test_new_uplink_device);
  add ("/dnsmasq/found again", test_found_again);
  add ("/dnsmasq/found at the end", test_found_at_end);
  add ("/dnsmasq/foreign pid", test_foreign_pid);
  add ("/dnsmasq/foreign network", test_foreign_network);
  add ("/dnsmasq/other configuration", test_other_config);
  add ("/dnsmasq/device gone", test_device_gone);
  add ("/dnsmasq/prepared", test_prepared);
  add ("/dnsmasq/prepare-while-running", test_prepare_while_running);
  add ("/dnsmasq/keep-lan", test_keep_lan);
  add ("/dnsmasq/port taken", test_port_taken);
  add ("/dnsmasq/DHCP port taken", test_dhcp_port_taken);
  add ("/dnsmasq/refused", test_refused);
  add ("/dnsmasq/no program", test_no_program);
  add ("/dnsmasq/dies at once", test_dies_at_once);
  return g_test_run ();
}
