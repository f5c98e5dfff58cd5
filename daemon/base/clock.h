/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock that goes on while the computer sleeps, in microseconds: for what others grant
 * for a time. */
#pragma once

#include <glib.h>
#include <time.h>

static inline gint64
cs_clock_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}
