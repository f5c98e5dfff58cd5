/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the step finds when the service starts: its own dnsmasq, remains of one, and what
 * only looks like it. */
#include "dnsmasq-fixture.h"

#include "core/render/dnsmasq-config.h"
#include "system/dnsmasq/dnsmasq-files.h"

#include <glib/gstdio.h>

/* The service was restarted: the dnsmasq is found, kept, told again, and watched. */
static void
test_found_again (DnsmasqFixture *f, gconstpointer data)
{
  g_autofree char *pid = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  pid = shell (PID);
  dnsmasq_new_step (f);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("kept", PID, pid);
  assert_shell ("kept", PROCESSES, "1");
  g_assert_true (dnsmasq_is_asked (f));
  g_free (shell ("kill -KILL %s", pid));
  dnsmasq_await_changes (f, 1);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("once", PROCESSES, "1");
  g_assert_true (dnsmasq_is_asked (f));
}

static void
test_found_at_end (DnsmasqFixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, NULL, f->share);
  dnsmasq_new_step (f);
  step_must_apply (f->step, NULL, f->share, NULL);
  assert_shell ("end", PROCESSES, "0");
}

/* What the note names has ended, and another process has its number: neither ended nor
 * waited for. */
static void
test_foreign_pid (DnsmasqFixture *f, gconstpointer data)
{
  g_autofree char *before = g_strdup_printf (
      "%d (dnsmasq) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0\n", getpid ());

  step_must_apply (f->step, NULL, NULL, f->share);
  g_free (shell ("kill -KILL $(" PID ")"));
  dnsmasq_await_changes (f, 1);
  g_assert_true (g_file_set_contents (DIRECTORY "/process", before, -1, NULL));
  dnsmasq_new_step (f);
  step_must_apply (f->step, NULL, f->share, NULL);
}

/* Anybody's process may look like ours: it is not ended, and nobody waits for it. */
static void
test_imitation (DnsmasqFixture *f, gconstpointer data)
{
  g_autofree char *pid
      = shell ("setsid perl -e 'sleep 60' x --conf-file=" DIRECTORY "/dnsmasq.conf "
               "--enable-dbus=org.connshare1.dnsmasq.lan_lan0 >/dev/null 2>&1 & echo $!");
  gint64 begin = g_get_monotonic_time ();

  step_must_apply (f->step, NULL, NULL, f->share);
  dnsmasq_new_step (f);
  step_must_apply (f->step, NULL, f->share, NULL);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 2 * G_USEC_PER_SEC);
  g_free (shell ("kill %s", pid));
}

/* It was killed, and what serves a connection for it lives on, in its session. */
static void
test_remains (DnsmasqFixture *f, gconstpointer data)
{
  g_autofree char *pid = NULL;

  step_must_apply (f->step, NULL, NULL, f->share);
  pid = shell ("perl -e 'use IO::Socket; $s = IO::Socket::INET->new (PeerAddr => "
               "\"192.168.137.1:249\") or die; sleep 60' >/dev/null 2>&1 & echo $!");
  assert_shell ("child",
                "for i in $(seq 50); do n=$(" PROCESSES
                "); test $n = 2 && break; sleep 0.1; "
                "done; echo $n",
                "2");
  g_free (shell ("kill -KILL $(" PID ")"));
  dnsmasq_await_changes (f, 1);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("once", PROCESSES, "1");
  g_assert_true (dnsmasq_is_asked (f));
  g_free (shell ("kill %s", pid));
}

/* One of an earlier version, with a note of its own. */
static void
test_old_version (DnsmasqFixture *f, gconstpointer data)
{
  g_autofree char *config = cs_dnsmasq_config_render (f->share);
  char **parts = g_strsplit (config, "pid-file", 2);
  g_autofree char *old = g_strjoinv ("pid-file=" DIRECTORY "/pid", parts);

  g_strfreev (parts);
  g_assert_cmpint (g_mkdir_with_parents (DIRECTORY, 0755), ==, 0);
  g_assert_true (g_file_set_contents (DIRECTORY "/dnsmasq.conf", old, -1, NULL));
  g_free (shell ("setsid dnsmasq --conf-file=" DIRECTORY "/dnsmasq.conf"));
  assert_shell ("old", PROCESSES, "1");
  dnsmasq_new_step (f);
  step_must_apply (f->step, NULL, f->share, f->share);
  assert_shell ("new", PROCESSES, "1");
  assert_shell ("new", "stat -c %a " DIRECTORY, "700");
  g_assert_true (dnsmasq_is_asked (f));
}

static void
test_swept (DnsmasqFixture *f, gconstpointer data)
{
  static const char *const lans[] = { "lan0", NULL };

  g_free (shell ("touch " LEASES " /var/lib/misc/dnsmasq.leases "
                 "/var/lib/misc/dnsmasq.connshare-.leases"));
  cs_dnsmasq_files_sweep (RUNTIME, lans);
  assert_shell ("shared", "ls /var/lib/misc",
                "dnsmasq.connshare-lan0.leases\ndnsmasq.leases");
  cs_dnsmasq_files_sweep (RUNTIME, lans + 1);
  assert_shell ("swept", "ls /var/lib/misc", "dnsmasq.leases");
}

int
main (int argc, char **argv)
{
  static const DnsmasqTest tests[] = {
    { "/dnsmasq-found/again", test_found_again },
    { "/dnsmasq-found/at the end", test_found_at_end },
    { "/dnsmasq-found/foreign pid", test_foreign_pid },
    { "/dnsmasq-found/imitation", test_imitation },
    { "/dnsmasq-found/remains", test_remains },
    { "/dnsmasq-found/old version", test_old_version },
    { "/dnsmasq-found/swept", test_swept },
  };

  return dnsmasq_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
