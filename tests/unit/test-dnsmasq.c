/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dnsmasq of a share from its start to its end, and what keeps it from starting. */
#include "dnsmasq-fixture.h"

#include "core/render/dnsmasq-config.h"
#include "dbus/errors.h"

#include "network.h"
#include "private-net.h"

#include <string.h>
#include <sys/mount.h>

static CsSharePlan *
with_uplink (const CsSharePlan *share, const char *uplink)
{
  CsSharePlan *copy = cs_share_plan_copy (share);

  g_free (copy->uplink);
  copy->uplink = g_strdup (uplink);
  return copy;
}

static void
test_start_and_end (DnsmasqFixture *f, gconstpointer data)
{
  g_autofree char *config = cs_dnsmasq_config_render (f->share);

  step_must_apply (f->step, NULL, NULL, f->share);
  g_strchomp (config);
  assert_shell ("start", "cat " DIRECTORY "/dnsmasq.conf", config);
  assert_shell ("start", "stat -c %a:%U " DIRECTORY, "700:root");
  assert_shell ("start", "stat -c %a:%U " DIRECTORY "/* " LEASES,
                "600:root\n600:root\n600:root\n600:root");
  assert_shell ("user", "ps -o user= -o group= $(" PID ") | tr -s ' '",
                "dnsmasq nogroup");
  assert_shell ("start", PROCESSES, "1");
  assert_shell ("session of its own",
                "pid=$(" PID "); [ $(ps -o sid= $pid) = $pid ] && echo yes", "yes");
  g_assert_true (dnsmasq_is_asked (f));
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("end", PROCESSES, "0");
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (f->changes, ==, 0);
}

/* A share that waits for its uplink: every question is refused, and at once. */
static void
test_servers (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) waiting = with_uplink (f->share, NULL);
  g_autofree char *pid = NULL;

  step_must_apply (f->step, NULL, NULL, waiting);
  g_assert_cmpint (dnsmasq_ask (249, NULL), ==, REFUSED);
  pid = shell (PID);
  step_must_apply (f->step, NULL, waiting, f->share);
  g_assert_true (dnsmasq_is_asked (f));
  step_must_apply (f->step, NULL, f->share, waiting);
  g_assert_cmpint (dnsmasq_ask (249, NULL), ==, REFUSED);
  g_assert_false (dnsmasq_is_asked (f));
  assert_shell ("not restarted", PID, pid);
}

/* The uplink comes back with the same name, address and name server, as another device.
 */
static void
test_new_uplink_device (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) again = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  private_net_ip ("link del ppp0");
  g_assert_cmpint (dnsmasq_ask (249, NULL), ==, REFUSED);
  add_link ("ppp0");
  private_net_ip ("address add " UPSTREAM "/32 dev ppp0");
  again = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  addresses_read (again->dns, UPSTREAM);
  step_must_apply (f->step, NULL, f->share, again);
  g_assert_true (dnsmasq_is_asked (f));
}

static void
test_other_config (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) other = cs_share_plan_copy (f->share);
  g_autofree char *pid = NULL;
  g_autofree char *new_pid = NULL;
  CsAddress first, last;
  g_autofree char *lease = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  cs_dhcp_range (f->share->address, &first, &last);
  lease = cs_address_to_string (first);
  g_free (shell ("echo '9999999999 02:00:00:00:00:01 %s host *' >" LEASES, lease));
  pid = shell (PID);
  other->lan_mtu = 1400;
  step_must_apply (f->step, NULL, f->share, other);
  new_pid = shell (PID);
  g_assert_cmpstr (pid, !=, new_pid);
  assert_shell ("one", PROCESSES, "1");
  g_assert_true (dnsmasq_is_asked (f));
  g_free (shell ("grep -q 02:00:00:00:00:01 " LEASES));
}

/* Without its device a share has no dnsmasq, but keeps the leases. */
static void
test_device_gone (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) absent = cs_share_plan_copy (f->share);

  absent->lan_method = CS_LAN_METHOD_ABSENT;
  step_must_apply (f->step, NULL, NULL, f->share);
  step_must_apply (f->step, NULL, f->share, absent);
  assert_shell ("absent", PROCESSES, "0");
  g_assert_true (g_file_test (LEASES, G_FILE_TEST_EXISTS));
  step_must_apply (f->step, NULL, absent, f->share);
  assert_shell ("back", PROCESSES, "1");
}

/* It waits without a socket of its own, then serves, or goes as if it had never been. */
static void
test_prepared (DnsmasqFixture *f, gconstpointer data)
{
  g_assert_true (cs_step_prepare (f->step, NULL, f->share, NULL));
  assert_shell ("prepared", PROCESSES, "1");
  assert_shell ("deaf", "ss -Hlnu sport = :249 | wc -l", "0");
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("undone", PROCESSES_LEFT, "0");
  g_assert_true (cs_step_prepare (f->step, NULL, f->share, NULL));
  step_must_apply (f->step, NULL, NULL, f->share);
  assert_shell ("applied", PROCESSES, "1");
  assert_shell ("listening", "ss -Hlnu sport = :249 | wc -l", "1");
}

/* Something runs already: it is left alone until its turn. */
static void
test_prepare_while_running (DnsmasqFixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, NULL, f->share);
  g_assert_false (cs_step_prepare (f->step, f->share, f->share, NULL));
  assert_shell ("running", PROCESSES, "1");
}

static void
test_keep_lan (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) keep = cs_share_plan_copy (f->share);

  keep->lan_method = CS_LAN_METHOD_KEEP;
  keep->address = (CsCidr){ 0 };
  step_must_apply (f->step, NULL, NULL, keep);
  assert_shell ("keep", PROCESSES, "0");
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
}

/* NetworkManager has the DHCP port itself. */
static void
test_names_only (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) adopted = cs_share_plan_copy (f->share);
  g_autoptr (GSocket) other = dnsmasq_bind ("0.0.0.0", 67);

  adopted->lan_method = CS_LAN_METHOD_KEEP;
  step_must_apply (f->step, NULL, NULL, adopted);
  assert_shell ("names", PROCESSES, "1");
  assert_shell ("no DHCP", "grep -c dhcp " DIRECTORY "/dnsmasq.conf || true", "0");
  step_must_apply (f->step, NULL, adopted, NULL);
}

static void
test_port_taken (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (GSocket) other = dnsmasq_bind ("192.168.137.1", 249);
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf (
      "port 249 on \"lan0\" is taken by test-dnsmasq (process %d): stop that program, or "
      "let it listen on other interfaces only",
      getpid ());

  g_assert_false (step_apply (f->step, NULL, NULL, f->share, &error));
  g_assert_cmpstr (error->message, ==, expected);
  assert_shell ("none", PROCESSES, "0");
}

static void
test_dhcp_port_taken (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (GSocket) other = dnsmasq_bind ("0.0.0.0", 67);
  g_autoptr (GError) error = NULL;

  g_assert_false (step_apply (f->step, NULL, NULL, f->share, &error));
  g_assert_true (
      g_str_has_prefix (error->message, "port 67 on \"lan0\" is taken by test-"));
}

static void
test_refused (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) wrong = cs_share_plan_copy (f->share);
  g_autoptr (GError) error = NULL;

  wrong->dns_port = 70000;
  g_assert_false (step_apply (f->step, NULL, NULL, wrong, &error));
  g_assert_cmpstr (error->message, ==, "dnsmasq says: error at line 7 of stdin");
}

static void
test_no_program (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* in the namespace of this process; it cannot be executed */
  g_assert_cmpint (mount ("/dev/null", "/usr/sbin/dnsmasq", NULL, MS_BIND, NULL), ==, 0);
  g_assert_false (step_apply (f->step, NULL, NULL, f->share, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "dnsmasq-base"));
  g_clear_error (&error);
  g_assert_false (cs_step_prepare (f->step, NULL, f->share, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED);
  g_assert_cmpint (umount ("/usr/sbin/dnsmasq"), ==, 0);
}

/* One that dies at once is started again at once, but then has to live. */
static void
test_dies_at_once (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 3; i++)
    {
      step_must_apply (f->step, NULL, i == 1 ? NULL : f->share, f->share);
      g_free (shell ("kill -KILL $(" PID ")"));
      dnsmasq_await_changes (f, i);
    }
  g_free (shell ("touch /run/killing; (while [ -e /run/killing ]; do kill -KILL $(" PID
                 "); sleep 0.2; "
                 "done) >/dev/null 2>&1 &"));
  /* one may die before it serves, or before it is on trial */
  while (step_apply (f->step, NULL, f->share, f->share, &error)
         || strstr (error->message, " times in a row") == NULL)
    g_clear_error (&error);
  g_free (shell ("rm /run/killing"));
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_null (strstr (error->message, " 0 times in a row"));
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("lives", PROCESSES, "1");
}

int
main (int argc, char **argv)
{
  static const DnsmasqTest tests[] = {
    { "/dnsmasq/start and end", test_start_and_end },
    { "/dnsmasq/servers", test_servers },
    { "/dnsmasq/new uplink device", test_new_uplink_device },
    { "/dnsmasq/other configuration", test_other_config },
    { "/dnsmasq/device gone", test_device_gone },
    { "/dnsmasq/prepared", test_prepared },
    { "/dnsmasq/prepare-while-running", test_prepare_while_running },
    { "/dnsmasq/keep-lan", test_keep_lan },
    { "/dnsmasq/names only", test_names_only },
    { "/dnsmasq/port taken", test_port_taken },
    { "/dnsmasq/DHCP port taken", test_dhcp_port_taken },
    { "/dnsmasq/refused", test_refused },
    { "/dnsmasq/no program", test_no_program },
    { "/dnsmasq/dies at once", test_dies_at_once },
  };

  return dnsmasq_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
