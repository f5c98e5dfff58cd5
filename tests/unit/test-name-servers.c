/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's name servers, in an /etc of the test's own, and the port that is left for
 * one of ours, on a network of its own. */
#include "core/value/snapshot.h"
#include "system/dnsmasq/dns-port.h"
#include "system/watch/resolv-conf.h"

#include "network.h"
#include "private-net.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void
assert_addresses (const GArray *addresses, const char *expected)
{
  g_autofree char *text = addresses_print (addresses);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_resolv_conf_parse (void)
{
  static const struct
  {
    const char *text;
    const char *servers;
  } rows[] = {
    { "", "" },
    { "nameserver 192.0.2.1\nnameserver 192.0.2.2\n", "192.0.2.1,192.0.2.2" },
    { "# nameserver 192.0.2.1\n;nameserver 192.0.2.1\nsearch test\n", "" },
    { "nameserver\t 192.0.2.1  \r\nnameserver 192.0.2.2 # ISP", "192.0.2.1,192.0.2.2" },
    { "nameserver 127.0.0.53\nnameserver 127.0.1.1\nnameserver 0.0.0.0\n", "" },
    { "nameserver 2001:db8::1\nnameserver fe80::1%eth0\nnameserver 192.0.2.3\n",
      "2001:db8::1,192.0.2.3" },
    { "nameserver ::1\nnameserver ::\nnameserver fe80::1\nnameserver ff02::fb\n"
      "nameserver ::ffff:192.0.2.1\nnameserver 2001:DB8:0::2\n",
      "2001:db8::2" },
    { "nameserver 192.0.2\nnameserver 192.0.2.1x\nnameserver\nnameserver ;\n", "" },
    { "nameservers 192.0.2.1\nnameserver192.0.2.1\n", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GArray) servers = cs_resolv_conf_parse (rows[i].text);

      assert_addresses (servers, rows[i].servers);
    }
}

static void
write_file (const char *path, const char *text)
{
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
on_written (gpointer user_data)
{
  guint *changes = user_data;

  (*changes)++;
}

/* inotify tells at once, so nothing needs waiting for. */
static guint
take_changes (guint *changes)
{
  guint count;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  count = *changes;
  *changes = 0;
  return count;
}

static void
assert_servers (guint *changes, const char *expected)
{
  g_autoptr (GArray) servers = cs_resolv_conf_servers ();

  g_assert_cmpuint (take_changes (changes), >=, 1);
  assert_addresses (servers, expected);
}

static void
test_watch (void)
{
  guint changes = 0;
  g_autoptr (CsResolvConfWatch) watch = cs_resolv_conf_watch (on_written, &changes);

  write_file ("/etc/resolv.conf", "nameserver 192.0.2.1\n");
  assert_servers (&changes, "192.0.2.1");
  g_assert_cmpint (unlink ("/etc/resolv.conf"), ==, 0);
  assert_servers (&changes, "");
  write_file ("/run/resolvconf/resolv.conf", "nameserver 192.0.2.2\n");
  g_assert_cmpint (symlink ("/run/resolvconf/resolv.conf", "/etc/resolv.conf"), ==, 0);
  assert_servers (&changes, "192.0.2.2");
  write_file ("/run/resolvconf/resolv.conf", "nameserver 127.0.0.53\n");
  assert_servers (&changes, "");
  write_file ("/run/systemd/resolve/resolv.conf", "nameserver 192.0.2.3\n");
  write_file ("/run/resolvconf/resolv.conf", "nameserver 127.0.0.53\n\n");
  assert_servers (&changes, "192.0.2.3");
  write_file ("/etc/hosts", "127.0.0.1 localhost\n");
  g_assert_cmpuint (take_changes (&changes), ==, 0);
}

static void
test_own (void)
{
  g_autoptr (GArray) none = NULL, own = NULL;

  unlink ("/etc/resolv.conf");
  none = cs_resolv_conf_own ();
  assert_addresses (none, "");
  write_file ("/etc/resolv.conf", "nameserver 192.0.2.1\nnameserver 127.0.0.1\n"
                                  "nameserver ::\nnameserver ::1\nnameserver fe80::1\n");
  own = cs_resolv_conf_own ();
  assert_addresses (own, "127.0.0.1,::1");
}

/* A program on a port: of type 0 nobody. */
typedef struct
{
  int type;
  const char *address; /* "" is IPv6's wildcard, which takes IPv4 too */
  guint port;
  gboolean reuse;
} Holder;

static int
hold (const Holder *holder)
{
  gboolean six = holder->address[0] == '\0';
  struct sockaddr_in6 wildcard
      = { .sin6_family = AF_INET6, .sin6_port = htons ((guint16)holder->port) };
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_port = htons ((guint16)holder->port) };
  int on = 1, fd = socket (six ? AF_INET6 : AF_INET, holder->type | SOCK_CLOEXEC, 0);
  CsAddress value = { 0 };

  if (holder->reuse)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  g_assert_true (six || cs_address_parse (holder->address, &value));
  memcpy (&address.sin_addr, value.bytes, sizeof address.sin_addr);
  if (six)
    g_assert_cmpint (bind (fd, (struct sockaddr *)&wildcard, sizeof wildcard), ==, 0);
  else
    g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  if (holder->type == SOCK_STREAM)
    g_assert_cmpint (listen (fd, 1), ==, 0);
  return fd;
}

static void
test_dns_port (void)
{
  static const struct
  {
    Holder holders[2];
    guint port;
  } rows[] = {
    { { { 0 } }, 249 },
    { { { SOCK_DGRAM, "0.0.0.0", 53, FALSE }, { SOCK_STREAM, "", 53, TRUE } }, 249 },
    { { { SOCK_DGRAM, "0.0.0.0", 249, FALSE } }, 250 },
    { { { SOCK_DGRAM, "0.0.0.0", 249, TRUE } }, 250 },
    { { { SOCK_DGRAM, "", 249, FALSE } }, 250 },
    { { { SOCK_STREAM, "0.0.0.0", 249, TRUE } }, 250 },
    { { { SOCK_STREAM, "", 249, TRUE } }, 250 },
    { { { SOCK_STREAM, "127.0.0.53", 249, TRUE }, { SOCK_DGRAM, "127.0.0.53", 249, 0 } },
      249 },
    { { { SOCK_DGRAM, "0.0.0.0", 249, 0 }, { SOCK_STREAM, "0.0.0.0", 250, 0 } }, 251 },
  };

  for (int round = 0; round < 2; round++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
        {
          int fds[2] = { -1, -1 };

          for (int k = 0; k < 2; k++)
            if (rows[i].holders[k].type != 0)
              fds[k] = hold (&rows[i].holders[k]);
          g_assert_cmpuint (cs_dns_port_choose (0), ==, rows[i].port);
          for (int k = 0; k < 2; k++)
            if (fds[k] >= 0)
              close (fds[k]);
          if (round == 1)
            break;
        }
      private_net_ip ("link set lo %s", round == 0 ? "down" : "up");
    }
}

static void
test_dns_port_refused (void)
{
  const Holder holder = { SOCK_DGRAM, "192.168.137.1", 250, TRUE };
  const CsAddress gateway = CS_IPV4 (192, 168, 137, 1);
  const CsAddress other = CS_IPV4 (192, 168, 137, 2);
  int fd;

  private_net_ip ("address add 192.168.137.1/24 dev lo");
  g_assert_cmpuint (cs_dns_port_choose (CS_OWN_DNS_BIT (249)), ==, 250);
  fd = hold (&holder);
  g_assert_false (cs_dns_port_is_free (gateway, 250));
  g_assert_true (cs_dns_port_is_free (other, 250));
  close (fd);
  g_assert_true (cs_dns_port_is_free (gateway, 250));
  cs_dns_port_refuse (250);
  cs_dns_port_refuse (53);
  g_assert_cmpuint (cs_dns_port_get_refused (), ==, CS_OWN_DNS_BIT (250));
  g_assert_cmpuint (cs_dns_port_choose (G_MAXUINT32), ==, 249);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resolv-conf/parse", test_resolv_conf_parse);
  g_test_add_func ("/resolv-conf/watch", test_watch);
  g_test_add_func ("/resolv-conf/own", test_own);
  g_test_add_func ("/dns-port/choose", test_dns_port);
  g_test_add_func ("/dns-port/refused", test_dns_port_refused);
  return g_test_run ();
}
