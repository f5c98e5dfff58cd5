/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer of the kernel, as the main loop's ones do not count while the computer sleeps,
 * and know nothing of a clock that is set (timerfd_create(2)). */
#include "month-clock.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct _CsMonthClock
{
  void (*changed) (gpointer);
  gpointer user_data;
  int fd;
  guint fd_source; /* of .fd, or 0 */
};

static gint64
next_month (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) begin = g_date_time_new_local (
      g_date_time_get_year (now), g_date_time_get_month (now), 1, 0, 0, 0);
  g_autoptr (GDateTime) next = g_date_time_add_months (begin, 1);

  return g_date_time_to_unix (next);
}

static void
wait_for_it (CsMonthClock *self)
{
  const struct itimerspec at = { .it_value.tv_sec = next_month () };

  timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  CsMonthClock *self = user_data;
  guint64 times;

  if (read (fd, &times, sizeof times) < 0 && errno != ECANCELED)
    return G_SOURCE_CONTINUE;
  wait_for_it (self);
  self->changed (self->user_data);
  return G_SOURCE_CONTINUE;
}

CsMonthClock *
cs_month_clock_new (void (*changed) (gpointer), gpointer user_data)
{
  CsMonthClock *self = g_new0 (CsMonthClock, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->fd < 0)
    {
      g_warning ("cannot wait for the next month: %s", g_strerror (errno));
      return self;
    }
  self->fd_source = g_unix_fd_add (self->fd, G_IO_IN, on_readable, self);
  wait_for_it (self);
  return self;
}

void
cs_month_clock_free (CsMonthClock *self)
{
  g_clear_handle_id (&self->fd_source, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}
