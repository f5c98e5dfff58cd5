/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of NetworkManager's devices, on a private bus and without a network. */
#include "system/lan-profile.h"
#include "system/network-manager.h"
#include "system/nm-view.h"

#include "fake-nm.h"

#include <glib/gstdio.h>

typedef struct
{
  GTestDBus *bus;            /* (owned) */
  char *directory;           /* (owned) of service files */
  GDBusConnection *client;   /* (owned) */
  GDBusConnection *server;   /* (owned) */
  FakeNm *fake;              /* (owned) */
  CsNetworkManager *manager; /* (owned) (nullable) */
  guint changes;
} Fixture;

static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the main loop for so long. */
static void
turn (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
await_change (Fixture *f)
{
  for (int i = 0; i < 500 && f->changes == 0; i++)
    turn (10);
  g_assert_cmpuint (f->changes, >=, 1);
  turn (50);
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

/* The bus can start NetworkManager: it would leave a file "started". */
static void
set_up (Fixture *f, gconstpointer data)
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

static void
tear_down (Fixture *f, gconstpointer data)
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
  Fixture *f = user_data;

  f->changes++;
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Fixture *f = user_data;

  f->manager = cs_network_manager_new_finish (result, &error);
  g_assert_no_error (error);
}

static void
follow (Fixture *f, gboolean running)
{
  cs_network_manager_new_async (f->client, NULL, on_ready, f);
  while (f->manager == NULL
         || nm_client_get_nm_running (cs_network_manager_get_client (f->manager))
                != running)
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (f->manager, "changed", G_CALLBACK (on_changed), f);
}

/* A snapshot with these interfaces, one address each, as NetworkManager sees it. */
static CsSnapshot *
look (Fixture *f)
{
  static const struct
  {
    const char *name;
    guint32 address;
  } rows[] = {
    { "lan9", 0 },           { "cable9", 0 },        { "ppp9", 0x0a000001 },
    { "wwan9", 0x0a000101 }, { "tun9", 0x0a000201 }, { "eth9", 0x0a000301 },
    { "hot9", 0x0a000401 },  { "ext9", 0x0a000501 }, { "our9", 0x0a000601 },
  };
  CsSnapshot *snapshot = cs_snapshot_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsInterface *interface = cs_interface_new (rows[i].name, (int)i + 2);
      CsAddress address = { .local = { rows[i].address, 24 } };

      interface->kind = CS_KIND_ETHERNET;
      if (rows[i].address != 0)
        g_array_append_val (interface->addresses, address);
      g_ptr_array_add (snapshot->interfaces, interface);
    }
  cs_nm_view_fill (cs_network_manager_get_client (f->manager),
                   cs_network_manager_get_dial_log (f->manager), snapshot);
  return snapshot;
}

static void
add_everything (FakeNm *fake)
{
  g_autofree char *uuid = cs_lan_profile_uuid ("our9");
  g_autofree char *ours = g_strdup_printf ("'Uuid': <'%s'>", uuid);

  fake_nm_add_device (fake, 9, "Wired", "our9", "our9", 100, 9);
  fake_nm_add_active (fake, 9, "connshare LAN", 9, ours);
  fake_nm_add_ip4 (fake, 9, "10.0.6.1", "", "127.0.0.1");
  fake_nm_add_device (fake, 1, "Wired", "lan9", "", 30, 0);
  fake_nm_add_device (fake, 2, "Wired", "cable9", "ppp9", 100, 2);
  fake_nm_add_device (fake, 3, "Modem", "cdc-wdm9", "wwan9", 100, 3);
  fake_nm_add_device (fake, 4, "Wired", "eth9", "eth9", 100, 4);
  fake_nm_add_device (fake, 5, "Wired", "hot9", "hot9", 100, 5);
  fake_nm_add_device (fake, 6, "Wired", "ext9", "ext9", 100, 6);
  fake_nm_add_device (fake, 7, "Tun", "tun9", "tun9", 100, 7);
  fake_nm_add_device (fake, 8, "Ppp", "ppp9", "", 10, 0);
  fake_nm_add_active (fake, 2, "dsl", 2, "");
  fake_nm_add_active (fake, 3, "mobile", 3, "");
  fake_nm_add_active (fake, 4, "wired", 4, "'Default': <true>");
  fake_nm_add_active (fake, 5, "hotspot", 5, "");
  fake_nm_add_active (fake, 6, "ext9", 6, "'StateFlags': <uint32 0x80>");
  fake_nm_add_active (fake, 7, "tun9", 7, "'StateFlags': <uint32 0x80>");
  fake_nm_add_active (fake, 8, "work", 4, "'Vpn': <true>");
  fake_nm_set_method (fake, 5, "shared");
  fake_nm_add_ip4 (fake, 2, "10.0.0.1", "10.0.0.254", "192.0.2.2");
  fake_nm_add_ip4 (fake, 3, "10.0.1.1", "10.0.1.254", "192.0.2.3");
  fake_nm_add_ip4 (fake, 4, "10.0.3.1", "10.0.3.254", "192.0.2.4");
  fake_nm_add_ip4 (fake, 5, "10.0.4.1", "", "2001:db8::1");
  fake_nm_add_ip4 (fake, 6, "10.0.5.1", "", "127.0.0.53");
  fake_nm_add_ip4 (fake, 7, "10.0.2.1", "", "127.0.0.53");
  fake_nm_add_ip4 (fake, 8, "10.0.2.1", "10.0.2.254", "192.0.2.8");
  fake_nm_set_primary (fake, 4);
}

static void
test_devices (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *name;
    CsManaged managed;
    const char *connection;
    guint32 gateway;
    const char *dns;
    const char *carries;
    CsKind kind;
    gboolean shared;
  } rows[] = {
    { "lan9", CS_MANAGED_YES, NULL, 0, NULL, NULL, CS_KIND_ETHERNET, FALSE },
    { "cable9", CS_MANAGED_YES, NULL, 0, NULL, "ppp9", CS_KIND_ETHERNET, FALSE },
    { "ppp9", CS_MANAGED_YES, "dsl", 0x0a0000fe, "192.0.2.2", NULL, CS_KIND_ETHERNET,
      FALSE },
    { "wwan9", CS_MANAGED_YES, "mobile", 0x0a0001fe, "192.0.2.3", NULL, CS_KIND_MOBILE,
      FALSE },
    { "eth9", CS_MANAGED_YES, "wired", 0x0a0003fe, "192.0.2.4", NULL, CS_KIND_ETHERNET,
      FALSE },
    { "hot9", CS_MANAGED_YES, "hotspot", 0, NULL, NULL, CS_KIND_ETHERNET, TRUE },
    { "ext9", CS_MANAGED_EXTERNAL, "ext9", 0, NULL, NULL, CS_KIND_ETHERNET, FALSE },
    { "our9", CS_MANAGED_YES, "connshare LAN", 0, NULL, NULL, CS_KIND_ETHERNET, FALSE },
    { "tun9", CS_MANAGED_EXTERNAL, "work", 0x0a0002fe, "192.0.2.8", NULL, CS_KIND_VPN,
      FALSE },
  };
  g_autoptr (CsSnapshot) snapshot = NULL;

  add_everything (f->fake);
  fake_nm_start (f->fake);
  follow (f, TRUE);
  snapshot = look (f);
  g_assert_true (snapshot->nm_running);
  g_assert_cmpstr (snapshot->primary, ==, "eth9");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsInterface *interface = cs_snapshot_find (snapshot, rows[i].name);

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (interface->managed, ==, rows[i].managed);
      g_assert_cmpstr (interface->connection_id, ==, rows[i].connection);
      g_assert_true ((interface->connection_path == NULL)
                     == (rows[i].connection == NULL));
      g_assert_cmphex (interface->gateway, ==, rows[i].gateway);
      g_assert_cmpstr (interface->dns == NULL ? NULL : interface->dns[0], ==,
                       rows[i].dns);
      g_assert_true (interface->dns == NULL || interface->dns[1] == NULL);
      g_assert_cmpstr (interface->carries, ==, rows[i].carries);
      g_assert_cmpint (interface->kind, ==, rows[i].kind);
      g_assert_cmpint (interface->connection_shared, ==, rows[i].shared);
      g_assert_cmpint (interface->connection_ours, ==,
                       g_str_equal (rows[i].name, "our9"));
      g_assert_null (interface->label);
    }
  fake_nm_stop (f->fake);
}

/* Each row: which active connection is primary, and the interface that follows. A VPN
 * that has the default route is NetworkManager's primary connection itself. */
static void
test_primary (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *primary;
    const char *expected;
  } rows[] = {
    { "/", NULL },
    { "/org/freedesktop/NetworkManager/ActiveConnection/2", "ppp9" },
    { "/org/freedesktop/NetworkManager/ActiveConnection/3", "wwan9" },
    { "/org/freedesktop/NetworkManager/ActiveConnection/4", "eth9" },
    { "/org/freedesktop/NetworkManager/ActiveConnection/8", "tun9" },
  };

  add_everything (f->fake);
  fake_nm_start (f->fake);
  follow (f, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *primary
          = g_strdup_printf ("{'PrimaryConnection': <objectpath '%s'>}", rows[i].primary);
      g_autoptr (CsSnapshot) snapshot = NULL;

      f->changes = 0;
      fake_nm_change (f->fake, "", "", primary);
      await_change (f);
      snapshot = look (f);
      g_assert_cmpstr (snapshot->primary, ==, rows[i].expected);
    }
  fake_nm_stop (f->fake);
}

static void
test_news (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *object;
    const char *interface;
    const char *properties;
    gboolean news;
  } rows[] = {
    { "", "", "{'Connectivity': <uint32 4>}", FALSE },
    { "", "", "{'State': <uint32 50>, 'Metered': <uint32 4>}", FALSE },
    { "Devices/4", ".Device.Statistics", "{'TxBytes': <uint64 1>}", FALSE },
    { "Devices/4", ".Device.Wired", "{'Speed': <uint32 100>}", FALSE },
    { "Devices/4", ".Device", "{'Ip4Connectivity': <uint32 1>}", FALSE },
    { "Devices/4", ".Device", "{'Mtu': <uint32 1400>}", FALSE },
    { "ActiveConnection/4", ".Connection.Active", "{'Default': <false>}", FALSE },
    { "IP4Config/4", ".IP4Config", "{'RouteData': <@aa{sv} []>}", FALSE },
    { "IP4Config/4", ".IP4Config", "{'Gateway': <'10.0.3.253'>}", TRUE },
    { "IP4Config/8", ".IP4Config", "{'Gateway': <'10.0.2.253'>}", TRUE },
    { "IP4Config/4", ".IP4Config", "{'NameserverData': <[{'address': <'192.0.2.77'>}]>}",
      TRUE },
    { "ActiveConnection/8", ".Connection.Active", "{'StateFlags': <uint32 4>}", TRUE },
    { "ActiveConnection/4", ".Connection.Active", "{'State': <uint32 3>}", TRUE },
    { "Devices/4", ".Device",
      "{'State': <uint32 110>, 'StateReason': <(uint32 110, uint32 0)>}", TRUE },
    { "Devices/2", ".Device", "{'IpInterface': <'ppp8'>}", TRUE },
    { "", "", "{'PrimaryConnection': <objectpath '/'>}", TRUE },
    { "", "", "{'ActiveConnections': <@ao []>}", TRUE },
    { "", "", "{'Devices': <@ao []>}", TRUE },
    { "Settings", ".Settings", "{'Connections': <@ao []>}", TRUE },
  };

  add_everything (f->fake);
  fake_nm_start (f->fake);
  follow (f, TRUE);
  turn (50);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s %s", rows[i].object, rows[i].properties);
      f->changes = 0;
      fake_nm_change (f->fake, rows[i].object, rows[i].interface, rows[i].properties);
      if (rows[i].news)
        await_change (f);
      else
        turn (50);
      g_assert_cmpuint (f->changes, ==, rows[i].news ? 1 : 0);
    }
  fake_nm_stop (f->fake);
}

static void
assert_not_started (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->directory, "started", NULL);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
assert_running (Fixture *f, gboolean running)
{
  g_autoptr (CsSnapshot) snapshot = look (f);
  const CsInterface *interface = cs_snapshot_find (snapshot, "eth9");

  g_assert_cmpint (snapshot->nm_running, ==, running);
  g_assert_cmpstr (snapshot->primary, ==, running ? "eth9" : NULL);
  g_assert_cmpint (interface->managed, ==, running ? CS_MANAGED_YES : CS_MANAGED_NO);
  g_assert_cmpstr (interface->connection_id, ==, running ? "wired" : NULL);
}

/* Absent at start, then it comes, goes and returns; it is never started by us. */
static void
test_absent (Fixture *f, gconstpointer data)
{
  add_everything (f->fake);
  follow (f, FALSE);
  turn (100);
  assert_running (f, FALSE);
  for (int i = 0; i < 2; i++)
    {
      f->changes = 0;
      fake_nm_start (f->fake);
      await_change (f);
      assert_running (f, TRUE);
      f->changes = 0;
      fake_nm_change (f->fake, "Devices/4", ".Device",
                      "{'State': <uint32 100>, 'StateReason': <(uint32 100, uint32 0)>}");
      fake_nm_change (f->fake, "Devices/1", ".Device",
                      "{'State': <uint32 40>, 'StateReason': <(uint32 40, uint32 0)>}");
      await_change (f);
      f->changes = 0;
      fake_nm_stop (f->fake);
      await_change (f);
      assert_running (f, FALSE);
    }
  assert_not_started (f);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/network-manager/devices", test_devices },
    { "/network-manager/primary", test_primary },
    { "/network-manager/news", test_news },
    { "/network-manager/absent", test_absent },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
