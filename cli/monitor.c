/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl monitor: each change of a share, as it happens. The object manager's client
 * follows the service through restarts: while the service is away its shares stay in
 * place, so that only the coming and going of the service itself is told. */
#include "client.h"
#include "command.h"
#include "describe.h"
#include "json.h"
#include "output.h"

#include <glib-unix.h>
#include <stdio.h>

typedef struct
{
  GMainLoop *loop;             /* (owned) */
  GDBusObjectManager *objects; /* (owned) */
  GHashTable *told; /* (owned) LAN (owned) -> sentence (owned): last one told */
  gboolean json;
  int status;
} Monitor;

static void
quit (Monitor *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

/* One object a line for @event, with all of @share's properties, or only its names when
 * it is gone. */
static void
tell_json (Monitor *self, const char *event, CsDbusShare *share)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%f%:z");
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "time");
  json_builder_add_string_value (builder, time);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, event);
  if (share != NULL)
    cs_describe_add_json (builder, share);
  json_builder_end_object (builder);
  line = cs_json_to_line (builder);
  fputs (line, stdout);
}

static void
tell_text (const char *sentence)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *line = cs_output_line (sentence);

  printf ("%s.%03d %s\n", time, g_date_time_get_microsecond (now) / 1000, line);
}

static void
tell (Monitor *self, const char *event, CsDbusShare *share, const char *sentence)
{
  if (self->json)
    tell_json (self, event, share);
  else
    tell_text (sentence);
  /* who reads from a pipe has gone */
  if (fflush (stdout) != 0)
    quit (self, CS_EXIT_FAILED);
}

static void
tell_share (Monitor *self, const char *event, CsDbusShare *share)
{
  g_autofree char *sentence = cs_describe_share (share);
  const char *lan = cs_dbus_share_get_lan (share);
  const char *last = g_hash_table_lookup (self->told, lan);

  /* a change that is none in words, such as another option */
  if (!self->json && g_strcmp0 (last, sentence) == 0)
    return;
  tell (self, event, share, sentence);
  g_hash_table_replace (self->told, g_strdup (lan), g_steal_pointer (&sentence));
}

static gboolean
service_runs (Monitor *self)
{
  g_autofree char *owner = g_dbus_object_manager_client_get_name_owner (
      G_DBUS_OBJECT_MANAGER_CLIENT (self->objects));

  return owner != NULL;
}

static void
object_added_cb (GDBusObjectManager *objects, GDBusObject *object, gpointer user_data)
{
  g_autoptr (CsDbusShare) share = cs_dbus_object_get_share (CS_DBUS_OBJECT (object));

  if (share != NULL)
    tell_share (user_data, "added", share);
}

static void
object_removed_cb (GDBusObjectManager *objects, GDBusObject *object, gpointer user_data)
{
  Monitor *self = user_data;
  g_autoptr (CsDbusShare) share = cs_dbus_object_get_share (CS_DBUS_OBJECT (object));
  g_autofree char *sentence = NULL;

  if (share == NULL || !service_runs (self))
    return;
  sentence = g_strdup_printf ("%s is no longer shared", cs_dbus_share_get_lan (share));
  g_hash_table_remove (self->told, cs_dbus_share_get_lan (share));
  tell (self, "removed", share, sentence);
}

static void
properties_changed_cb (GDBusObjectManagerClient *objects,
                       GDBusObjectProxy *object,
                       GDBusProxy *interface,
                       GVariant *changed,
                       const char *const *invalidated,
                       gpointer user_data)
{
  if (CS_DBUS_IS_SHARE (interface))
    tell_share (user_data, "changed", CS_DBUS_SHARE (interface));
}

static void
name_owner_cb (GDBusObjectManager *objects, GParamSpec *property, gpointer user_data)
{
  Monitor *self = user_data;

  if (service_runs (self))
    tell (self, "service_started", NULL, "connshared is running");
  else
    tell (self, "service_stopped", NULL, "connshared has ended; shares stay as they are");
}

static void
bus_closed_cb (GDBusConnection *bus, gboolean by_peer, GError *error, gpointer user_data)
{
  fprintf (stderr, "sharectl: the system bus has gone\n");
  quit (user_data, CS_EXIT_NO_SERVICE);
}

static gboolean
signal_cb (gpointer user_data)
{
  quit (user_data, CS_EXIT_DONE);
  return G_SOURCE_CONTINUE;
}

static void
run (Monitor *self)
{
  g_autoptr (GPtrArray) shares = cs_client_list_shares (self->objects);
  GDBusConnection *bus = g_dbus_object_manager_client_get_connection (
      G_DBUS_OBJECT_MANAGER_CLIENT (self->objects));

  self->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, signal_cb, self);
  g_unix_signal_add (SIGTERM, signal_cb, self);
  g_signal_connect (bus, "closed", G_CALLBACK (bus_closed_cb), self);
  g_signal_connect (self->objects, "object-added", G_CALLBACK (object_added_cb), self);
  g_signal_connect (self->objects, "object-removed", G_CALLBACK (object_removed_cb),
                    self);
  g_signal_connect (self->objects, "interface-proxy-properties-changed",
                    G_CALLBACK (properties_changed_cb), self);
  g_signal_connect (self->objects, "notify::name-owner", G_CALLBACK (name_owner_cb),
                    self);

  if (!service_runs (self) && !self->json)
    tell_text ("connshared is not running; waiting for it");
  for (guint i = 0; i < shares->len; i++)
    tell_share (self, "added", shares->pdata[i]);
  fflush (stdout);
  g_main_loop_run (self->loop);
}

int
cs_command_monitor (const CsCommand *command, char **arguments)
{
  Monitor self = { NULL };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.json, "Print JSON, one object a line",
      NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  if (!cs_command_parse (command, entries, arguments, 0, 0, &words))
    return CS_EXIT_USAGE;
  self.objects = cs_client_watch (&error);
  if (self.objects == NULL)
    return cs_command_failed (error);

  self.told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  run (&self);
  g_hash_table_unref (self.told);
  g_object_unref (self.objects);
  g_main_loop_unref (self.loop);
  return self.status;
}
