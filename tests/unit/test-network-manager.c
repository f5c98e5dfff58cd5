/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of NetworkManager's devices, on a private bus and without a network. */
#include "system/lan/lan-profile.h"
#include "system/watch/nm-view.h"

#include "network.h"
#include "nm-fixture.h"

/* A snapshot with these interfaces, one address each, as NetworkManager sees it. */
static CsSnapshot *
look (NmFixture *f)
{
  static const struct
  {
    const char *name;
    const char *address; /* NULL: none */
  } rows[] = {
    { "lan9" },
    { "cable9" },
    { "ppp9", "10.0.0.1" },
    { "wwan9", "10.0.1.1" },
    { "tun9", "10.0.2.1" },
    { "eth9", "10.0.3.1" },
    { "hot9", "10.0.4.1" },
    { "ext9", "10.0.5.1" },
    { "our9", "10.0.6.1" },
  };
  CsSnapshot *snapshot = cs_snapshot_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsInterface *interface = cs_interface_new (rows[i].name, (int)i + 2);
      CsInterfaceAddress address = { .local.prefix = 24 };

      interface->kind = CS_KIND_ETHERNET;
      if (rows[i].address != NULL
          && cs_address_parse (rows[i].address, &address.local.address))
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
  static const char *const mobile[] = { "2001:db8::53", "::1", NULL };
  static const char *const hotspot[] = { "fe80::53", "2001:db8::1", NULL };
  g_autofree char *uuid = cs_lan_settings_uuid ("our9");
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
  fake_nm_add_active (fake, 3, "mobile", 3, FAKE_NM_IP6 (3));
  fake_nm_add_active (fake, 4, "wired", 4, "'Default': <true>");
  fake_nm_add_active (fake, 5, "hotspot", 5, FAKE_NM_IP6 (5));
  fake_nm_add_active (fake, 6, "ext9", 6, "'StateFlags': <uint32 0x80>");
  fake_nm_add_active (fake, 7, "tun9", 7, "'StateFlags': <uint32 0x80>");
  fake_nm_add_active (fake, 8, "work", 4, "'Vpn': <true>");
  fake_nm_set_method (fake, 5, "shared");
  fake_nm_add_ip4 (fake, 2, "10.0.0.1", "10.0.0.254", "192.0.2.2");
  fake_nm_add_ip4 (fake, 3, "10.0.1.1", "10.0.1.254", "192.0.2.3");
  fake_nm_add_ip4 (fake, 4, "10.0.3.1", "10.0.3.254", "192.0.2.4");
  fake_nm_add_ip4 (fake, 5, "10.0.4.1", "", "127.0.0.1");
  fake_nm_add_ip4 (fake, 6, "10.0.5.1", "", "127.0.0.53");
  fake_nm_add_ip4 (fake, 7, "10.0.2.1", "", "127.0.0.53");
  fake_nm_add_ip4 (fake, 8, "10.0.2.1", "10.0.2.254", "192.0.2.8");
  fake_nm_add_ip6 (fake, 3, mobile);
  fake_nm_add_ip6 (fake, 5, hotspot);
  fake_nm_set_primary (fake, 4);
}

static void
test_devices (NmFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *name;
    CsManaged managed;
    const char *connection;
    const char *gateway;
    const char *dns;
    const char *carries;
    CsKind kind;
    gboolean shared;
  } rows[] = {
    { "lan9", CS_MANAGED_YES, NULL, "", "", NULL, CS_KIND_ETHERNET, FALSE },
    { "cable9", CS_MANAGED_YES, NULL, "", "", "ppp9", CS_KIND_ETHERNET, FALSE },
    { "ppp9", CS_MANAGED_YES, "dsl", "10.0.0.254", "192.0.2.2", NULL, CS_KIND_ETHERNET,
      FALSE },
    { "wwan9", CS_MANAGED_YES, "mobile", "10.0.1.254", "192.0.2.3,2001:db8::53", NULL,
      CS_KIND_MOBILE, FALSE },
    { "eth9", CS_MANAGED_YES, "wired", "10.0.3.254", "192.0.2.4", NULL, CS_KIND_ETHERNET,
      FALSE },
    { "hot9", CS_MANAGED_YES, "hotspot", "", "fe80::53,2001:db8::1", NULL,
      CS_KIND_ETHERNET, TRUE },
    { "ext9", CS_MANAGED_EXTERNAL, "ext9", "", "", NULL, CS_KIND_ETHERNET, FALSE },
    { "our9", CS_MANAGED_YES, "connshare LAN", "", "", NULL, CS_KIND_ETHERNET, FALSE },
    { "tun9", CS_MANAGED_EXTERNAL, "work", "10.0.2.254", "192.0.2.8", NULL, CS_KIND_VPN,
      FALSE },
  };
  g_autoptr (CsSnapshot) snapshot = NULL;

  add_everything (f->fake);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  snapshot = look (f);
  g_assert_true (snapshot->nm_running);
  g_assert_cmpstr (snapshot->primary, ==, "eth9");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CsInterface *interface = cs_snapshot_find (snapshot, rows[i].name);
      g_autofree char *gateway = cs_address_to_string (interface->gateway);
      g_autofree char *dns = addresses_print (interface->dns);

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (interface->managed, ==, rows[i].managed);
      g_assert_cmpstr (interface->connection_id, ==, rows[i].connection);
      g_assert_true ((interface->connection_path == NULL)
                     == (rows[i].connection == NULL));
      g_assert_cmpstr (gateway, ==, rows[i].gateway);
      g_assert_cmpstr (dns, ==, rows[i].dns);
      g_assert_cmpstr (interface->carries, ==, rows[i].carries);
      g_assert_cmpint (interface->kind, ==, rows[i].kind);
      g_assert_cmpint (interface->connection_shared, ==, rows[i].shared);
      g_assert_cmpint (interface->connection_ours, ==,
                       g_str_equal (rows[i].name, "our9"));
      g_assert_null (interface->label);
    }
  fake_nm_stop (f->fake);
}

/* "STATE INTERFACE", and what became of it; "-" for what it has not. */
static char *
print_profile (const CsProfile *profile)
{
  static const char *const states[] = { [CS_PROFILE_DOWN] = "down",
                                        [CS_PROFILE_GOING] = "going",
                                        [CS_PROFILE_COMING] = "coming",
                                        [CS_PROFILE_UP] = "up" };

  g_assert_true ((profile->failure != NULL) == (profile->failed_at != 0));
  return g_strdup_printf ("%s %s%s%s%s", states[profile->state],
                          profile->interface != NULL ? profile->interface : "-",
                          profile->hung_up ? " hung-up" : "",
                          profile->failure != NULL ? " failed: " : "",
                          profile->failure != NULL ? profile->failure : "");
}

static void
test_profiles (NmFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *id;
    guint active;
    guint state, reason; /* that it gets; 0: stays as it is */
    const char *profile;
  } rows[] = {
    { "offline", 0, 0, 0, "down -" },
    { "dsl", 2, 0, 0, "up ppp9" },
    { "mobile", 3, 0, 0, "up wwan9" },
    { "work", 8, 0, 0, "up tun9" },
    { "wired", 4, 1, 1, "coming eth9" },
    { "wired", 4, 2, 1, "up eth9" },
    { "mobile", 3, 3, 2, "going wwan9 hung-up" },
    { "mobile", 3, 4, 2, "down - hung-up" },
    { "late", 10, 4, 9, "down - failed: no secrets" },
  };

  add_everything (f->fake);
  fake_nm_add_profile (f->fake, 11, "offline", NULL);
  fake_nm_add_active (f->fake, 10, "late", 4, "'State': <uint32 1>");
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = NULL;
      g_autofree char *profile = NULL;

      f->changes = 0;
      if (rows[i].state != 0)
        {
          fake_nm_set_state (f->fake, rows[i].active, rows[i].state, rows[i].reason);
          nm_fixture_await_change (f);
        }
      snapshot = look (f);
      profile = print_profile (cs_snapshot_find_profile (snapshot, rows[i].id));
      g_test_message ("%s", rows[i].id);
      g_assert_cmpstr (profile, ==, rows[i].profile);
    }
  fake_nm_stop (f->fake);
}

/* Between two connections, after the user's end of one, while networking is off, and when
 * NetworkManager has connected it by itself. */
static void
test_taken (NmFixture *f, gconstpointer data)
{
  static const struct
  {
    guint state, reason; /* of the device */
    guint active;        /* state of its active connection, 0: as it is */
    guint flags;         /* of that */
    gboolean changing, disconnected, asleep, automatic;
  } rows[] = {
    { 100, 0, 0, 12, FALSE, FALSE, FALSE, FALSE },
    { 110, 60, 3, 12, TRUE, FALSE, FALSE, FALSE },
    { 30, 60, 4, 12, TRUE, FALSE, FALSE, FALSE },
    { 40, 0, 0, 12, TRUE, FALSE, FALSE, FALSE },
    { 40, 0, 1, 12, FALSE, FALSE, FALSE, FALSE },
    { 100, 0, 2, 12, FALSE, FALSE, FALSE, FALSE },
    { 100, 0, 2, 76, FALSE, FALSE, FALSE, TRUE },
    { 110, 39, 3, 12, TRUE, FALSE, FALSE, FALSE },
    { 30, 39, 4, 12, FALSE, TRUE, FALSE, FALSE },
    { 20, 40, 0, 12, FALSE, FALSE, FALSE, FALSE },
    { 30, 40, 0, 12, FALSE, FALSE, FALSE, FALSE },
    { 10, 37, 0, 12, FALSE, FALSE, TRUE, FALSE },
    { 10, 3, 0, 12, FALSE, FALSE, FALSE, FALSE },
  };

  add_everything (f->fake);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *properties = g_strdup_printf (
          "{'State': <uint32 %u>, 'StateReason': <(uint32 %u, uint32 %u)>}",
          rows[i].state, rows[i].state, rows[i].reason);
      g_autofree char *flags
          = g_strdup_printf ("{'StateFlags': <uint32 %u>}", rows[i].flags);
      g_autoptr (CsSnapshot) snapshot = NULL;
      const CsInterface *interface;

      fake_nm_change (f->fake, "Devices/4", ".Device", properties);
      fake_nm_change (f->fake, "ActiveConnection/4", ".Connection.Active", flags);
      if (rows[i].active != 0)
        fake_nm_set_state (f->fake, 4, rows[i].active, 1);
      nm_fixture_settle (f);
      snapshot = look (f);
      interface = cs_snapshot_find (snapshot, "eth9");
      g_test_message ("%u %u %u", rows[i].state, rows[i].reason, rows[i].active);
      g_assert_cmpint (interface->changing, ==, rows[i].changing);
      g_assert_cmpint (interface->disconnected, ==, rows[i].disconnected);
      g_assert_cmpint (interface->asleep, ==, rows[i].asleep);
      g_assert_cmpint (interface->connection_auto, ==, rows[i].automatic);
    }
  fake_nm_stop (f->fake);
}

/* Each row: which active connection is primary, and the interface that follows. A VPN
 * that has the default route is NetworkManager's primary connection itself. */
static void
test_primary (NmFixture *f, gconstpointer data)
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
  nm_fixture_follow (f, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *primary
          = g_strdup_printf ("{'PrimaryConnection': <objectpath '%s'>}", rows[i].primary);
      g_autoptr (CsSnapshot) snapshot = NULL;

      f->changes = 0;
      fake_nm_change (f->fake, "", "", primary);
      nm_fixture_await_change (f);
      snapshot = look (f);
      g_assert_cmpstr (snapshot->primary, ==, rows[i].expected);
    }
  fake_nm_stop (f->fake);
}

static void
test_news (NmFixture *f, gconstpointer data)
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
  nm_fixture_follow (f, TRUE);
  nm_fixture_settle (f);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s %s", rows[i].object, rows[i].properties);
      f->changes = 0;
      fake_nm_change (f->fake, rows[i].object, rows[i].interface, rows[i].properties);
      if (rows[i].news)
        nm_fixture_await_change (f);
      else
        nm_fixture_settle (f);
      g_assert_cmpuint (f->changes, ==, rows[i].news ? 1 : 0);
    }
  fake_nm_stop (f->fake);
}

static void
assert_not_started (NmFixture *f)
{
  g_autofree char *path = g_build_filename (f->directory, "started", NULL);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
assert_running (NmFixture *f, gboolean running)
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
test_absent (NmFixture *f, gconstpointer data)
{
  add_everything (f->fake);
  nm_fixture_follow (f, FALSE);
  nm_fixture_settle (f);
  assert_running (f, FALSE);
  for (int i = 0; i < 2; i++)
    {
      f->changes = 0;
      fake_nm_start (f->fake);
      nm_fixture_await_change (f);
      assert_running (f, TRUE);
      f->changes = 0;
      fake_nm_change (f->fake, "Devices/4", ".Device",
                      "{'State': <uint32 100>, 'StateReason': <(uint32 100, uint32 0)>}");
      fake_nm_change (f->fake, "Devices/1", ".Device",
                      "{'State': <uint32 40>, 'StateReason': <(uint32 40, uint32 0)>}");
      nm_fixture_await_change (f);
      f->changes = 0;
      fake_nm_stop (f->fake);
      nm_fixture_await_change (f);
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
    void (*test) (NmFixture *, gconstpointer);
  } tests[] = {
    { "/network-manager/devices", test_devices },
    { "/network-manager/profiles", test_profiles },
    { "/network-manager/taken", test_taken },
    { "/network-manager/primary", test_primary },
    { "/network-manager/news", test_news },
    { "/network-manager/absent", test_absent },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, NmFixture, NULL, nm_fixture_set_up, tests[i].test,
                nm_fixture_tear_down);
  return g_test_run ();
}
