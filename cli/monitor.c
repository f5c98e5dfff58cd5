/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl monitor: each change of a share, and who joins and leaves it, as it happens.
 * The object manager's client follows the service through restarts: while the service is
 * away its shares stay in place, so only the exit and the start of the service itself are
 * reported. */
#include "client-list.h"
#include "client-news.h"
#include "client.h"
#include "command.h"
#include "describe.h"
#include "dictionary.h"
#include "forward-list.h"
#include "forward-news.h"
#include "json.h"
#include "output.h"

#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

typedef struct
{
  GDBusObjectManager *objects; /* (owned) */
  GHashTable *told;      /* (owned) LAN (owned) -> sentence (owned): last one told */
  CsShareNews *clients;  /* (owned) */
  CsShareNews *forwards; /* (owned) */
  gboolean running;      /* the service */
  gboolean json;
  gboolean ended;
  int status;
} Monitor;

static void
quit (Monitor *self, int status)
{
  self->status = status;
  self->ended = TRUE;
}

/* One object per line for @event: all properties of @share, or the name of a @lan that
 * is no longer shared, or that @details (nullable) are about: a client or a mapping; or
 * none of them if it is about the service. */
static void
tell_json (const char *event, CsDbusShare *share, const char *lan, GVariant *details)
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
  else if (lan != NULL)
    {
      json_builder_set_member_name (builder, "lan");
      json_builder_add_string_value (builder, lan);
    }
  if (details != NULL)
    cs_json_add_dictionary (builder, details);
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

/* the reader of a pipe may be gone */
static void
flush (Monitor *self)
{
  if (fflush (stdout) != 0)
    quit (self, CS_EXIT_FAILED);
}

static void
tell_share (Monitor *self, const char *event, CsDbusShare *share)
{
  g_autofree char *sentence = cs_describe_share (share);
  const char *lan = cs_dbus_share_get_lan (share);

  if (self->json)
    tell_json (event, share, NULL, NULL);
  /* another change, such as of an option, may not show in the text */
  else if (g_strcmp0 (g_hash_table_lookup (self->told, lan), sentence) != 0)
    tell_text (sentence);
  g_hash_table_replace (self->told, g_strdup (lan), g_steal_pointer (&sentence));
  flush (self);
}

static void
tell_end (Monitor *self, const char *lan)
{
  g_autofree char *sentence = g_strdup_printf ("%s is no longer shared", lan);

  if (self->json)
    tell_json ("removed", NULL, lan, NULL);
  else
    tell_text (sentence);
  flush (self);
}

static void
client_cb (const char *lan, gboolean joined, GVariant *client, gpointer user_data)
{
  Monitor *self = user_data;
  const char *verb = joined ? "joined" : "left";
  g_autofree char *address = client != NULL ? cs_client_list_address (client) : NULL;
  g_autofree char *sentence = NULL;

  if (client == NULL)
    sentence = g_strdup_printf ("a client %s %s", verb, lan);
  else
    sentence = g_strdup_printf ("a client %s %s: %s (%s)", verb, lan,
                                cs_client_list_name (client),
                                *address != '\0' ? address : "no address");
  if (self->json)
    tell_json (joined ? "client_joined" : "client_left", NULL, lan, client);
  else
    tell_text (sentence);
  flush (self);
}

static char *
describe_forward (const char *lan, CsForwardEvent event, GVariant *mapping)
{
  const char *client
      = mapping != NULL ? cs_dictionary_get_string (mapping, "client") : "";
  g_autofree char *ports = NULL;
  g_autofree char *sentence = NULL;

  if (event == CS_FORWARD_HIDDEN)
    return g_strdup_printf ("other ports lead to clients of %s now", lan);
  if (event == CS_FORWARD_REMOVED)
    {
      ports = cs_forward_list_ports (mapping);
      return g_strdup_printf ("%s: %s port %s is no longer forwarded to a client", lan,
                              cs_dictionary_get_string (mapping, "protocol"), ports);
    }
  sentence = cs_forward_list_sentence (mapping, lan, client);
  return g_strdup_printf ("%s: %s", lan, sentence);
}

static void
forward_cb (const char *lan, CsForwardEvent event, GVariant *mapping, gpointer user_data)
{
  static const char *const words[] = {
    [CS_FORWARD_ADDED] = "forward_added",
    [CS_FORWARD_CHANGED] = "forward_changed",
    [CS_FORWARD_REMOVED] = "forward_removed",
    [CS_FORWARD_HIDDEN] = "forwards_changed",
  };
  Monitor *self = user_data;
  g_autofree char *sentence = describe_forward (lan, event, mapping);

  if (self->json)
    tell_json (words[event], NULL, lan, mapping);
  else
    tell_text (sentence);
  flush (self);
}

static void
tell_running (Monitor *self, gboolean running)
{
  if (self->running == running)
    return;
  self->running = running;
  if (self->json)
    tell_json (running ? "service_started" : "service_stopped", NULL, NULL, NULL);
  else
    tell_text (running ? "connshared is running"
                       : "connshared has exited; shares stay as they are");
  flush (self);
}

/* Reports what was shared before the service exited but is not now that it has
 * returned. */
static void
tell_missed_ends (Monitor *self)
{
  g_autoptr (GPtrArray) shares = cs_client_list_shares (self->objects);
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &lan, NULL))
    {
      gboolean found = FALSE;

      for (guint i = 0; i < shares->len; i++)
        found |= g_strcmp0 (cs_dbus_share_get_lan (shares->pdata[i]), lan) == 0;
      if (found)
        continue;
      tell_end (self, lan);
      cs_share_news_forget (self->clients, lan);
      cs_share_news_forget (self->forwards, lan);
      g_hash_table_iter_remove (&iter);
    }
}

static void
object_added_cb (GDBusObjectManager *objects, GDBusObject *object, gpointer user_data)
{
  Monitor *self = user_data;
  g_autoptr (CsDbusShare) share = cs_dbus_object_get_share (CS_DBUS_OBJECT (object));

  if (share == NULL)
    return;
  tell_running (self, TRUE);
  tell_share (self, "added", share);
  cs_share_news_look (self->clients, share);
  cs_share_news_look (self->forwards, share);
}

static void
object_removed_cb (GDBusObjectManager *objects, GDBusObject *object, gpointer user_data)
{
  Monitor *self = user_data;
  g_autoptr (CsDbusShare) share = cs_dbus_object_get_share (CS_DBUS_OBJECT (object));

  if (share == NULL || !self->running)
    return;
  tell_end (self, cs_dbus_share_get_lan (share));
  cs_share_news_forget (self->clients, cs_dbus_share_get_lan (share));
  cs_share_news_forget (self->forwards, cs_dbus_share_get_lan (share));
  g_hash_table_remove (self->told, cs_dbus_share_get_lan (share));
}

static void
properties_changed_cb (GDBusObjectManagerClient *objects,
                       GDBusObjectProxy *object,
                       GDBusProxy *interface,
                       GVariant *changed,
                       const char *const *invalidated,
                       gpointer user_data)
{
  Monitor *self = user_data;

  if (!CS_DBUS_IS_SHARE (interface))
    return;
  tell_share (self, "changed", CS_DBUS_SHARE (interface));
  if (g_variant_lookup (changed, "ClientCount", "u", NULL))
    cs_share_news_look (self->clients, CS_DBUS_SHARE (interface));
}

static void
signal_of_share_cb (GDBusObjectManagerClient *objects,
                    GDBusObjectProxy *object,
                    GDBusProxy *interface,
                    const char *sender,
                    const char *signal,
                    GVariant *arguments,
                    gpointer user_data)
{
  Monitor *self = user_data;

  if (!CS_DBUS_IS_SHARE (interface))
    return;
  if (g_str_equal (signal, "ClientsChanged"))
    cs_share_news_look (self->clients, CS_DBUS_SHARE (interface));
  if (g_str_equal (signal, "ForwardsChanged"))
    cs_share_news_look (self->forwards, CS_DBUS_SHARE (interface));
}

/* Emitted before the objects are removed when the service exits, and after they are
 * added when it starts. */
static void
name_owner_cb (GDBusObjectManager *objects, GParamSpec *property, gpointer user_data)
{
  Monitor *self = user_data;

  tell_running (self, cs_client_is_running (objects));
  if (self->running)
    tell_missed_ends (self);
  else
    {
      cs_share_news_forget_all (self->clients);
      cs_share_news_forget_all (self->forwards);
    }
}

static void
bus_closed_cb (GDBusConnection *bus, gboolean by_peer, GError *error, gpointer user_data)
{
  fprintf (stderr, "sharectl: lost the connection to the system bus\n");
  quit (user_data, CS_EXIT_NO_SERVICE);
}

/* The end of a pipeline must not have to wait for the next change. */
static gboolean
reader_gone_cb (int fd, GIOCondition condition, gpointer user_data)
{
  quit (user_data, CS_EXIT_FAILED);
  return G_SOURCE_REMOVE;
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

  g_unix_signal_add (SIGINT, signal_cb, self);
  g_unix_signal_add (SIGTERM, signal_cb, self);
  g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_HUP, reader_gone_cb, self);
  g_signal_connect (bus, "closed", G_CALLBACK (bus_closed_cb), self);
  g_signal_connect (self->objects, "object-added", G_CALLBACK (object_added_cb), self);
  g_signal_connect (self->objects, "object-removed", G_CALLBACK (object_removed_cb),
                    self);
  g_signal_connect (self->objects, "interface-proxy-properties-changed",
                    G_CALLBACK (properties_changed_cb), self);
  g_signal_connect (self->objects, "interface-proxy-signal",
                    G_CALLBACK (signal_of_share_cb), self);
  g_signal_connect (self->objects, "notify::name-owner", G_CALLBACK (name_owner_cb),
                    self);

  self->running = cs_client_is_running (self->objects);
  if (shares->len == 0 && !self->json)
    tell_text (self->running ? "nothing is shared"
                             : "connshared is not running; waiting for it");
  for (guint i = 0; i < shares->len; i++)
    {
      tell_share (self, "added", shares->pdata[i]);
      cs_share_news_look (self->clients, shares->pdata[i]);
      cs_share_news_look (self->forwards, shares->pdata[i]);
    }
  flush (self);
  while (!self->ended)
    g_main_context_iteration (NULL, TRUE);
}

int
cs_command_monitor (const CsCommand *command, char **arguments)
{
  Monitor self = { NULL };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.json, "Print JSON, one object per line",
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
  self.clients = cs_client_news_new (client_cb, &self);
  self.forwards = cs_forward_news_new (forward_cb, &self);
  run (&self);
  cs_share_news_free (self.clients);
  cs_share_news_free (self.forwards);
  g_hash_table_unref (self.told);
  g_object_unref (self.objects);
  return self.status;
}
