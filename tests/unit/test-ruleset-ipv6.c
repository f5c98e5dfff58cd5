/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rendered table with packets of IPv6, in a network of the test's own: a client, this
 * computer, an uplink with the Internet behind it, and a bystander. Everybody has a route
 * to everybody, so that nothing but the filter is in the way. */
#include "plans.h"
#include "private-net.h"

#include "core/render/ruleset.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENT_OWN     "fd64:1:2::2"
#define CLIENT_GLOBAL  "2001:db8:8:a::2"
#define CLIENT_FOREIGN "2001:db8:bad::2"
#define GATEWAY        "fd64:1:2::1"
#define GATEWAY_GLOBAL "2001:db8:8:a::1"
#define UPLINK         "2001:db8:0:1::9"
#define INTERNET       "2001:db8:0:1::1"
#define BYSTANDER      "2001:db8:0:2::1"

/* Long enough for what must arrive, and for what must not. Milliseconds. */
#define PATIENCE 5000
#define SHORTLY  200

static int home;

/* Into the namespace of @name, or back where it is NULL. */
static void
enter (const char *name)
{
  g_autofree char *path = name ? g_strconcat ("/run/netns/", name, NULL) : NULL;
  int fd = path ? open (path, O_RDONLY | O_CLOEXEC) : home;

  g_assert_cmpint (setns (fd, CLONE_NEWNET), ==, 0);
  if (path)
    close (fd);
}

static void
nft_apply (const char *text)
{
  const char *argv[] = { "nft", "-f", "/run/ruleset", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  int status;

  g_assert_true (g_file_set_contents ("/run/ruleset", text, -1, NULL));
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &errors,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (errors, ==, "");
  g_assert_cmpint (status, ==, 0);
}

static struct sockaddr_in6
address_of (const char *text, guint16 port)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons (port) };

  g_assert_cmpint (inet_pton (AF_INET6, text, &address.sin6_addr), ==, 1);
  return address;
}

static int
open_socket (const char *where, int type, const char *local, guint16 port)
{
  struct sockaddr_in6 address = address_of (local, port);
  int fd;

  enter (where);
  fd = socket (AF_INET6, type | SOCK_CLOEXEC, type == SOCK_RAW ? IPPROTO_ICMPV6 : 0);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  enter (NULL);
  return fd;
}

/* What the filter of this computer itself drops is an error here. */
static gboolean
send_to (int fd, const void *data, gsize size, const char *remote, guint16 port)
{
  struct sockaddr_in6 address = address_of (remote, port);

  return sendto (fd, data, size, 0, (struct sockaddr *)&address, sizeof address) >= 0;
}

/* Who has sent what comes within @wait; NULL: nothing comes. @port is nullable. Owned. */
static char *
receive (int fd, int wait, guint16 *port)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  struct sockaddr_in6 address;
  socklen_t size = sizeof address;
  char text[INET6_ADDRSTRLEN];
  char data[64];

  if (poll (&poll_fd, 1, wait) == 0)
    return NULL;
  if (recvfrom (fd, data, sizeof data, 0, (struct sockaddr *)&address, &size) < 0)
    return NULL;
  if (port)
    *port = ntohs (address.sin6_port);
  return g_strdup (inet_ntop (AF_INET6, &address.sin6_addr, text, sizeof text));
}

static guint16 next_port = 20000;

/* A datagram from @local of @from to @remote of @to, which has it from @seen, or not at
 * all (NULL), and whose reply comes back. */
static void
check_udp (const char *from,
           const char *local,
           const char *to,
           const char *remote,
           const char *seen)
{
  guint16 port = next_port++, source = 0;
  int server = open_socket (to, SOCK_DGRAM, remote, port);
  int client = open_socket (from, SOCK_DGRAM, local, port);
  gboolean sent = send_to (client, "?", 1, remote, port);
  g_autofree char *sender
      = sent ? receive (server, seen ? PATIENCE : SHORTLY, &source) : NULL;

  g_test_message ("%s -> %s", local, remote);
  g_assert_cmpstr (sender, ==, seen);
  if (seen)
    for (guint i = 0; i < 3; i++)
      {
        g_autofree char *replier = NULL;
        g_autofree char *again = NULL;

        g_assert_true (send_to (server, "!", 1, sender, source));
        replier = receive (client, PATIENCE, NULL);
        g_assert_cmpstr (replier, ==, remote);
        g_assert_true (send_to (client, "?", 1, remote, port));
        again = receive (server, PATIENCE, NULL);
        g_assert_cmpstr (again, ==, seen);
      }
  close (client);
  close (server);
}

/* An echo request from the Internet. */
static void
check_echo (const char *remote, gboolean answered)
{
  struct icmp6_filter filter;
  struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
  int fd = open_socket ("internet", SOCK_RAW, INTERNET, 0);
  g_autofree char *replier = NULL;

  ICMP6_FILTER_SETBLOCKALL (&filter);
  ICMP6_FILTER_SETPASS (ICMP6_ECHO_REPLY, &filter);
  setsockopt (fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  echo.icmp6_id = htons (next_port++);
  g_assert_true (send_to (fd, &echo, sizeof echo, remote, 0));
  replier = receive (fd, answered ? PATIENCE : SHORTLY, NULL);
  g_assert_cmpstr (replier, ==, answered ? remote : NULL);
  close (fd);
}

static void
add_address (GArray *list, const char *text)
{
  g_autoptr (GError) error = NULL;
  CsCidr cidr;

  cs_cidr_parse (text, &cidr, &error);
  g_assert_no_error (error);
  g_array_append_val (list, cidr);
}

/* With the real numbers of the interfaces, for the short path. */
static CsPlan *
make_plan (CsIpv6Mode mode)
{
  CsPlan *plan = plan_in ("lan0 via eth1",
                          "link lan0; link eth1 addr=192.0.2.2/24 gw=192.0.2.1", NULL);
  CsSharePlan *share = plan->shares->pdata[0];

  share->lan_ifindex = (int)if_nametoindex ("lan0");
  share->uplink_ifindex = (int)if_nametoindex ("eth1");
  share->ipv6.mode = mode;
  if (mode == CS_IPV6_OFF)
    return plan;
  share->ipv6.found_uplink_forced = g_strdup ("0");
  add_address (share->ipv6.addresses, GATEWAY "/64");
  add_address (share->uplink_addresses, UPLINK "/128");
  if (mode != CS_IPV6_MASQUERADE)
    add_address (share->ipv6.addresses, GATEWAY_GLOBAL "/64");
  return plan;
}

static void
apply (const CsPlan *plan)
{
  g_autofree char *text = cs_ruleset_render (plan);

  nft_apply (text);
}

static void
test_masquerade (void)
{
  g_autoptr (CsPlan) plan = make_plan (CS_IPV6_MASQUERADE);

  apply (plan);
  check_udp ("client", CLIENT_OWN, "internet", INTERNET, UPLINK);
  check_udp ("client", CLIENT_FOREIGN, "internet", INTERNET, NULL);
  check_udp ("client", CLIENT_OWN, "bystander", BYSTANDER, NULL);
  check_udp ("internet", INTERNET, "client", CLIENT_OWN, NULL);
  check_udp ("internet", INTERNET, "bystander", BYSTANDER, NULL);
  check_echo (CLIENT_OWN, FALSE);
  check_udp (NULL, UPLINK, "internet", INTERNET, UPLINK);
  check_udp (NULL, GATEWAY, "internet", INTERNET, NULL);
  check_udp (NULL, GATEWAY, "client", CLIENT_OWN, GATEWAY);
  check_udp ("client", CLIENT_OWN, NULL, GATEWAY, CLIENT_OWN);
  check_udp ("internet", INTERNET, NULL, GATEWAY, NULL);
  check_udp ("internet", INTERNET, NULL, UPLINK, INTERNET);
}

static void
test_delegated (void)
{
  g_autoptr (CsPlan) plan = make_plan (CS_IPV6_DELEGATED);

  apply (plan);
  check_udp ("client", CLIENT_GLOBAL, "internet", INTERNET, CLIENT_GLOBAL);
  check_udp ("client", CLIENT_FOREIGN, "internet", INTERNET, NULL);
  check_udp ("client", CLIENT_OWN, "internet", INTERNET, UPLINK);
  check_udp ("client", CLIENT_GLOBAL, "bystander", BYSTANDER, NULL);
  check_udp ("internet", INTERNET, "client", CLIENT_GLOBAL, NULL);
  check_udp ("internet", INTERNET, "client", CLIENT_OWN, NULL);
  check_udp ("internet", INTERNET, "bystander", BYSTANDER, NULL);
  check_echo (CLIENT_GLOBAL, TRUE);
  check_echo (CLIENT_OWN, FALSE);
  check_udp (NULL, GATEWAY_GLOBAL, "internet", INTERNET, GATEWAY_GLOBAL);
  check_udp (NULL, GATEWAY, "internet", INTERNET, NULL);
  check_udp (NULL, GATEWAY_GLOBAL, "bystander", BYSTANDER, NULL);
  check_udp ("internet", INTERNET, NULL, GATEWAY_GLOBAL, NULL);
}

/* What is not masqueraded although it has to be, or takes another way, does not leave
 * even if the share's own chain lets it. */
static void
test_last_chain (void)
{
  g_autoptr (CsPlan) plan = make_plan (CS_IPV6_DELEGATED);

  apply (plan);
  nft_apply ("flush chain inet connshare from6_lan0\n"
             "add rule inet connshare from6_lan0 accept\n"
             "flush chain inet connshare postrouting6\n");
  check_udp ("client", CLIENT_OWN, "internet", INTERNET, NULL);
  check_udp ("client", CLIENT_GLOBAL, "bystander", BYSTANDER, NULL);
  check_udp ("client", CLIENT_GLOBAL, "internet", INTERNET, CLIENT_GLOBAL);
}

/* A share without IPv6 keeps it from its LAN, and from nobody else. */
static void
test_none (void)
{
  g_autoptr (CsPlan) plan = make_plan (CS_IPV6_OFF);

  apply (plan);
  check_udp ("client", CLIENT_GLOBAL, "internet", INTERNET, NULL);
  check_udp ("internet", INTERNET, "client", CLIENT_GLOBAL, NULL);
  check_udp ("internet", INTERNET, "bystander", BYSTANDER, INTERNET);
}

static void
test_strangers (void)
{
  g_autoptr (CsPlan) plan = make_plan (CS_IPV6_MASQUERADE);
  CsSharePlan *share = plan->shares->pdata[0];

  g_clear_pointer (&share->ipv6.found_uplink_forced, g_free);
  apply (plan);
  check_udp ("bystander", BYSTANDER, "internet", INTERNET, BYSTANDER);
  share->ipv6.found_all_forwarding = g_strdup ("0");
  apply (plan);
  check_udp ("bystander", BYSTANDER, "internet", INTERNET, NULL);
  check_udp ("client", CLIENT_OWN, "internet", INTERNET, UPLINK);
}

/* Queries go to the port of the share's own name server. */
static void
test_names (void)
{
  g_autoptr (CsPlan) plan = make_plan (CS_IPV6_DELEGATED);
  CsSharePlan *share = plan->shares->pdata[0];
  static const char *const gateways[] = { GATEWAY, GATEWAY_GLOBAL };
  int server = open_socket (NULL, SOCK_DGRAM, GATEWAY, (guint16)share->dns_port);

  apply (plan);
  for (gsize i = 0; i < G_N_ELEMENTS (gateways); i++)
    {
      int client = open_socket ("client", SOCK_DGRAM, CLIENT_OWN, next_port++);
      g_autofree char *asker = NULL;
      g_autofree char *replier = NULL;
      guint16 port;

      g_assert_true (send_to (client, "?", 1, gateways[i], 53));
      asker = receive (server, PATIENCE, &port);
      g_assert_cmpstr (asker, ==, CLIENT_OWN);
      g_assert_true (send_to (server, "!", 1, asker, port));
      replier = receive (client, PATIENCE, NULL);
      g_assert_cmpstr (replier, ==, gateways[i]);
      close (client);
    }
  close (server);
}

/* A table that is replaced again and again loses nothing of a flow. */
static void
test_rebuild (gconstpointer data)
{
  CsIpv6Mode mode = GPOINTER_TO_UINT (data);
  g_autoptr (CsPlan) plan = make_plan (mode);
  g_autofree char *text = cs_ruleset_render (plan);
  const char *argv[]
      = { "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do nft -f /run/ruleset; done", NULL };
  const char *local = mode == CS_IPV6_MASQUERADE ? CLIENT_OWN : CLIENT_GLOBAL;
  guint16 port = next_port++;
  int server = open_socket ("internet", SOCK_DGRAM, INTERNET, port);
  int client = open_socket ("client", SOCK_DGRAM, local, port);
  guint sent = 0, lost = 0;
  GPid pid;

  nft_apply (text);
  g_assert_true (g_spawn_async (NULL, (char **)argv, NULL,
                                G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                NULL, &pid, NULL));
  while (waitpid (pid, NULL, WNOHANG) == 0)
    {
      g_autofree char *sender = NULL;
      g_autofree char *replier = NULL;
      guint16 source = 0;

      sent++;
      g_assert_true (send_to (client, "?", 1, INTERNET, port));
      sender = receive (server, SHORTLY, &source);
      if (sender && send_to (server, "!", 1, sender, source))
        replier = receive (client, SHORTLY, NULL);
      lost += !replier;
    }
  g_test_message ("%u sent", sent);
  g_assert_cmpuint (sent, >, 100);
  g_assert_cmpuint (lost, ==, 0);
  close (client);
  close (server);
}

static void
make_network (void)
{
  private_net_ip_batch ("netns add client\nnetns add internet\nnetns add bystander\n"
                        "link add lan0 type veth peer name eth0 netns client\n"
                        "link add eth1 type veth peer name eth0 netns internet\n"
                        "link add eth2 type veth peer name eth0 netns bystander\n"
                        "addr add " GATEWAY "/64 dev lan0 nodad\n"
                        "addr add " GATEWAY_GLOBAL "/64 dev lan0 nodad\n"
                        "addr add " UPLINK "/64 dev eth1 nodad\n"
                        "addr add 2001:db8:0:2::9/64 dev eth2 nodad\n"
                        "link set lan0 up\nlink set eth1 up\nlink set eth2 up\n"
                        "route add 2001:db8:bad::/64 dev lan0\n");
  private_net_ip ("-n client addr add " CLIENT_OWN "/64 dev eth0 nodad");
  private_net_ip ("-n client addr add " CLIENT_GLOBAL "/64 dev eth0 nodad");
  private_net_ip ("-n client addr add " CLIENT_FOREIGN "/64 dev eth0 nodad");
  private_net_ip ("-n client link set eth0 up");
  private_net_ip ("-n client route add default via " GATEWAY);
  private_net_ip ("-n internet addr add " INTERNET "/64 dev eth0 nodad");
  private_net_ip ("-n internet link set eth0 up");
  private_net_ip ("-n internet route add default via " UPLINK);
  private_net_ip ("-n bystander addr add " BYSTANDER "/64 dev eth0 nodad");
  private_net_ip ("-n bystander link set eth0 up");
  private_net_ip ("-n bystander route add default via 2001:db8:0:2::9");
  g_assert_true (g_file_set_contents_full ("/proc/sys/net/ipv6/conf/all/forwarding", "1",
                                           -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  home = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  make_network ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ruleset-ipv6/masquerade", test_masquerade);
  g_test_add_func ("/ruleset-ipv6/delegated", test_delegated);
  g_test_add_func ("/ruleset-ipv6/last-chain", test_last_chain);
  g_test_add_func ("/ruleset-ipv6/none", test_none);
  g_test_add_func ("/ruleset-ipv6/strangers", test_strangers);
  g_test_add_func ("/ruleset-ipv6/names", test_names);
  g_test_add_data_func ("/ruleset-ipv6/rebuild/masquerade",
                        GUINT_TO_POINTER (CS_IPV6_MASQUERADE), test_rebuild);
  g_test_add_data_func ("/ruleset-ipv6/rebuild/delegated",
                        GUINT_TO_POINTER (CS_IPV6_DELEGATED), test_rebuild);
  return g_test_run ();
}
