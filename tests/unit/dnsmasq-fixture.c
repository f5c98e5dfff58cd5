/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links, users and a bus of the test's own; the uplink's name server is a socket. */
#include "dnsmasq-fixture.h"

#include "network.h"
#include "private-net.h"

static void
on_changed (const char *lan, gpointer user_data)
{
  DnsmasqFixture *f = user_data;

  g_assert_cmpstr (lan, ==, "lan0");
  f->changes++;
}

void
dnsmasq_new_step (DnsmasqFixture *f)
{
  g_clear_pointer (&f->step, cs_step_unref);
  f->step = cs_dnsmasq_step_new (RUNTIME, f->connection);
  cs_step_watch (f->step, on_changed, f);
}

static void
set_up (DnsmasqFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add_link ("lan0");
  add_link ("ppp0");
  private_net_ip ("address add 192.168.137.1/24 dev lan0");
  private_net_ip ("address add " UPSTREAM "/32 dev ppp0");
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (f->bus), TRUE);
  f->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (f->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  f->share = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  addresses_read (f->share->dns, UPSTREAM);
  dnsmasq_new_step (f);
}

static void
tear_down (DnsmasqFixture *f, gconstpointer data)
{
  step_must_apply (f->step, NULL, f->share, NULL);
  g_assert_false (g_file_test (DIRECTORY, G_FILE_TEST_EXISTS));
  assert_shell ("torn down", PROCESSES, "0");
  g_clear_object (&f->upstream);
  g_clear_pointer (&f->step, cs_step_unref);
  cs_share_plan_unref (f->share);
  g_clear_object (&f->connection);
  g_test_dbus_down (f->bus);
  g_object_unref (f->bus);
  private_net_ip ("link del lan0");
  private_net_ip ("link del ppp0");
}

GSocket *
dnsmasq_bind (const char *address, guint port)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, 0, &error);
  g_autoptr (GSocketAddress) at = g_inet_socket_address_new_from_string (address, port);

  g_assert_no_error (error);
  g_socket_bind (socket, at, FALSE, &error);
  g_assert_no_error (error);
  return socket;
}

int
dnsmasq_ask (guint port, GSocket *upstream)
{
  static const guint8 question[] = { 0, 7,   1, 0,   0,   1,   0,   0, 0, 0, 0, 0,
                                     1, 'x', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1 };
  g_autoptr (GSocket) socket = dnsmasq_bind ("192.168.137.1", 0);
  g_autoptr (GSocketAddress) server
      = g_inet_socket_address_new_from_string ("192.168.137.1", port);
  g_autoptr (GError) error = NULL;
  guint8 answer[512];

  g_socket_send_to (socket, server, (const char *)question, sizeof question, NULL,
                    &error);
  g_assert_no_error (error);
  for (int i = 0; i < 5000; i++)
    {
      if (upstream != NULL && g_socket_condition_check (upstream, G_IO_IN))
        return ASKED;
      if (g_socket_condition_timed_wait (socket, G_IO_IN, 1000, NULL, NULL))
        {
          g_socket_receive (socket, (char *)answer, sizeof answer, NULL, &error);
          g_assert_no_error (error);
          return answer[3] & 0x0f;
        }
    }
  g_error ("nothing comes of a question");
}

gboolean
dnsmasq_is_asked (DnsmasqFixture *f)
{
  char buffer[512];
  gboolean asked;

  if (f->upstream == NULL)
    f->upstream = dnsmasq_bind (UPSTREAM, 53);
  asked = dnsmasq_ask (f->share->dns_port, f->upstream) == ASKED;
  while (g_socket_condition_check (f->upstream, G_IO_IN))
    g_socket_receive (f->upstream, buffer, sizeof buffer, NULL, NULL);
  return asked;
}

void
dnsmasq_await_changes (DnsmasqFixture *f, guint count)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  while (f->changes < count && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (f->changes, ==, count);
}

int
dnsmasq_run (int argc, char **argv, const DnsmasqTest *tests, gsize count)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_assert_true (g_file_set_contents (
      "/etc/passwd", "root:x:0:0:::\nnobody:x:65534:65534:::\ndnsmasq:x:100:65534:::\n",
      -1, NULL));
  g_assert_true (g_file_set_contents (
      "/etc/group", "root:x:0:\ndip:x:30:\nnogroup:x:65534:\n", -1, NULL));
  for (gsize i = 0; i < count; i++)
    g_test_add (tests[i].path, DnsmasqFixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
