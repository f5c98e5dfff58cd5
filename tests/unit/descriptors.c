/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limit becomes the lowest number that is free. */
#include "descriptors.h"

#include <glib.h>
#include <sys/resource.h>
#include <unistd.h>

static struct rlimit before;

void
descriptors_take (void)
{
  struct rlimit limit;
  int next = dup (STDIN_FILENO);

  g_assert_cmpint (next, >=, 0);
  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = (rlim_t)next;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

void
descriptors_give_back (void)
{
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
}
