/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnm is done with its calls before the bus goes. */
#include "nm-fixture.h"

#include "turn.h"

#include <glib/gstdio.h>

static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

/* A bus keeps the order of what one sends to another. */
static void
ping (NmFixture *f)
{
  gboolean answered = FALSE;

  g_dbus_connection_call (f->client, g_dbus_connection_get_unique_name (f->server), "/",
                          "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_pong, &answered);
  while (!answered)
    g_main_context_iteration (NULL, TRUE);
}

void
nm_fixture_settle (NmFixture *f)
{
  ping (f);
  turn (50);
  ping (f);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
nm_fixture_await_change (NmFixture *f)
{
  for (int i = 0; i < 3000 && f->changes == 0; i++)
    turn (10);
  g_assert_cmpuint (f->changes, >=, 1);
  nm_fixture_settle (f);
}

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
nm_fixture_set_up (NmFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;

  f->directory = g_dir_make_tmp ("connshare-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (f->directory, "nm.service", NULL);
  text = g_strdup_printf ("[D-BUS Service]\nName=org.freedesktop.NetworkManager\n"
                          "Exec=/bin/touch %s/started\n",
                          f->directory);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_add_service_dir (f->bus, f->directory);
  g_test_dbus_up (f->bus);
  f->client = connect_to (f->bus);
  f->server = connect_to (f->bus);
  f->fake = fake_nm_new (f->server);
}

static void
on_watcher_gone (gpointer user_data, GObject *watcher)
{
  *(gboolean *)user_data = TRUE;
}

void
nm_fixture_tear_down (NmFixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->directory, "nm.service", NULL);
  gboolean idle = f->manager == NULL;

  if (f->manager != NULL)
    {
      NMClient *client = cs_network_manager_get_client (f->manager);

      /* libnm ends its calls in the main loop */
      g_object_weak_ref (nm_client_get_context_busy_watcher (client), on_watcher_gone,
                         &idle);
      g_object_unref (f->manager);
    }
  while (!idle)
    g_main_context_iteration (NULL, TRUE);
  fake_nm_free (f->fake);
  g_dbus_connection_close_sync (f->client, NULL, NULL);
  g_dbus_connection_close_sync (f->server, NULL, NULL);
  turn (10);
  g_object_unref (f->client);
  g_object_unref (f->server);
  g_test_dbus_down (f->bus);
  g_object_unref (f->bus);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (f->directory), ==, 0);
  g_free (f->directory);
}

static void
on_changed (CsNetworkManager *manager, gpointer user_data)
{
  NmFixture *f = user_data;

  f->changes++;
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  NmFixture *f = user_data;

  f->manager = cs_network_manager_new_finish (result, &error);
  g_assert_no_error (error);
}

void
nm_fixture_follow (NmFixture *f, gboolean running)
{
  cs_network_manager_new_async (f->client, NULL, on_ready, f);
  while (f->manager == NULL
         || nm_client_get_nm_running (cs_network_manager_get_client (f->manager))
                != running)
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (f->manager, "changed", G_CALLBACK (on_changed), f);
}
