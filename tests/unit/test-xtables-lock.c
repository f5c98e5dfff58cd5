/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that take the lock of the older iptables are noticed, whatever becomes of its
 * file. inotify tells at once, so nothing needs waiting for. */
#include "private-net.h"

#include "system/filters/xtables-lock.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define LOCK "/run/xtables.lock"

static void
on_run (gpointer user_data)
{
  (*(guint *)user_data)++;
}

static gboolean
is_told (guint *runs)
{
  gboolean told;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  told = *runs > 0;
  *runs = 0;
  return told;
}

static int
take_lock (void)
{
  int fd = open (LOCK, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

/* It is told at the end, when the work is done; and of a new file at once, as the end may
 * be past. */
static void
assert_run_is_told (guint *runs, gboolean is_new)
{
  int fd = take_lock ();

  g_assert_true (is_told (runs) == is_new);
  close (fd);
  g_assert_true (is_told (runs));
}

static void
test_lock (void)
{
  guint runs = 0;
  g_autoptr (CsXtablesLock) watch = cs_xtables_lock_watch (on_run, &runs);

  g_assert_cmpint (g_mkdir ("/run/lock", 0755), ==, 0);
  g_assert_false (is_told (&runs));
  assert_run_is_told (&runs, TRUE);
  assert_run_is_told (&runs, FALSE);

  g_assert_cmpint (unlink (LOCK), ==, 0);
  is_told (&runs);
  assert_run_is_told (&runs, TRUE);
  g_assert_cmpint (rename (LOCK, LOCK ".old"), ==, 0);
  is_told (&runs);
  assert_run_is_told (&runs, TRUE);
  assert_run_is_told (&runs, FALSE);
}

static void
test_lock_that_is_there (void)
{
  guint runs = 0;
  g_autoptr (CsXtablesLock) watch = NULL;

  close (take_lock ());
  watch = cs_xtables_lock_watch (on_run, &runs);
  g_assert_false (is_told (&runs));
  assert_run_is_told (&runs, FALSE);
  g_assert_cmpint (g_rename (LOCK, LOCK ".old"), ==, 0);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xtables-lock/watch", test_lock);
  g_test_add_func ("/xtables-lock/is-there", test_lock_that_is_there);
  return g_test_run ();
}
