/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object manager's client says when there is something new; between two drawings,
 * any number of such signals is one. On a terminal a drawing replaces the one before. */
#include "clients-watch.h"

#include "client-list.h"
#include "client.h"
#include "command.h"
#include "output.h"

#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#define PERIOD_S 2
#define HOME     "\033[H\033[2J" /* clears the terminal */

typedef struct
{
  GDBusObjectManager *objects; /* unowned */
  const char *lan;             /* (nullable) */
  CsClientsPrint print;
  gboolean json;
  gboolean stale;
  gboolean ended; /* the reader is gone */
} Watch;

static void
stale_cb (Watch *self)
{
  self->stale = TRUE;
}

static gboolean
period_cb (gpointer user_data)
{
  stale_cb (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
reader_gone_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;

  self->ended = TRUE;
  return G_SOURCE_REMOVE;
}

/* Nothing is printed as JSON while the service does not run: that would say that there
 * are no clients. */
static gboolean
draw (Watch *self, CsCall *call, GDBusCallFlags flags, GError **error)
{
  gboolean running = cs_client_is_running (self->objects);
  g_autoptr (GPtrArray) shares = cs_client_list_shares (self->objects);
  g_autoptr (GPtrArray) lists = NULL;

  if (running && self->lan != NULL && !cs_client_keep_share (shares, self->lan, error))
    return FALSE;
  lists = cs_client_list_get_all (shares, call, flags, error);
  if (lists == NULL)
    return FALSE;
  if (!self->json && isatty (STDOUT_FILENO))
    fputs (HOME, stdout);
  if (running)
    self->print (shares, lists, self->json);
  else if (!self->json)
    printf ("connshared is not running; waiting for it\n");
  if (fflush (stdout) != 0)
    self->ended = TRUE;
  return TRUE;
}

/* The exit status of a drawing; what has ended meanwhile is no failure. */
static int
draw_again (Watch *self, CsCall *call)
{
  g_autoptr (GError) error = NULL;

  self->stale = FALSE;
  if (draw (self, call, G_DBUS_CALL_FLAGS_NONE, &error) || cs_call_is_interrupted (call)
      || !cs_client_is_running (self->objects)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return CS_EXIT_DONE;
  return cs_command_failed (error);
}

static int
draw_first (Watch *self, GDBusCallFlags flags)
{
  g_autoptr (CsCall) call = cs_call_new_for_flags (flags);
  g_autoptr (GError) error = NULL;

  draw (self, call, flags, &error);
  return cs_call_finish (call, error);
}

static int
run (Watch *self, GDBusCallFlags flags)
{
  /* before the first drawing, so that no signal finds nobody who catches it */
  g_autoptr (CsCall) call = cs_call_new_without_agent ();
  int status = draw_first (self, flags);

  while (status == CS_EXIT_DONE && !self->ended && !cs_call_is_interrupted (call))
    if (self->stale)
      status = draw_again (self, call);
    else
      g_main_context_iteration (NULL, TRUE);
  return self->ended ? CS_EXIT_FAILED : status;
}

int
cs_clients_watch (const char *lan,
                  gboolean json,
                  GDBusCallFlags flags,
                  CsClientsPrint print)
{
  static const char *const signals[]
      = { "object-added", "object-removed", "notify::name-owner",
          "interface-proxy-signal", "interface-proxy-properties-changed" };
  Watch self = { .lan = lan, .json = json, .print = print };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusObjectManager) objects = cs_client_watch (&error);

  if (objects == NULL)
    return cs_command_failed (error);
  self.objects = objects;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (objects, signals[i], G_CALLBACK (stale_cb), &self);
  g_timeout_add_seconds (PERIOD_S, period_cb, &self);
  g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_HUP, reader_gone_cb, &self);
  return run (&self, flags);
}
