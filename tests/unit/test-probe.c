/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The probes of a diagnosis, on a network of the test's own: name servers of all kinds,
 * DHCP servers, and a table that somebody has altered. */
#include "core/render/outline.h"
#include "core/render/ruleset.h"
#include "system/probe/dhcp-rival.h"
#include "system/probe/dns-query.h"
#include "system/nft/nft-outline.h"
#include "system/nft/nft-worker.h"
#include "system/nft/nft.h"
#include "system/process/port-owner.h"
#include "system/process/sockets.h"

#include "private-net.h"
#include "step-call.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static const CsAddress server_address = CS_IPV4 (127, 0, 0, 53);

/* --- Name servers --------------------------------------------------------------- */

/* What it does with each question that comes. */
typedef enum
{
  ANSWERS,
  KNOWS_NO_NAME,
  FAILS,
  REFUSES,
  ANSWERS_LATE,   /* the second time only */
  ANSWERS_OTHERS, /* with the wrong identifier, and with too little */
  IS_SILENT,
} Manner;

typedef struct
{
  GSocket *socket; /* (owned) */
  Manner manner;
  guint questions;
} Server;

static gboolean
on_question (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  static const guint8 codes[]
      = { [ANSWERS] = 0, [KNOWS_NO_NAME] = 3, [FAILS] = 2, [REFUSES] = 5 };
  Server *server = user_data;
  g_autoptr (GSocketAddress) from = NULL;
  char message[512];
  gssize size
      = g_socket_receive_from (socket, &from, message, sizeof message, NULL, NULL);
  Manner manner = server->manner;

  g_assert_cmpint (size, >=, 17);
  server->questions++;
  if (manner == IS_SILENT || (manner == ANSWERS_LATE && server->questions == 1))
    return G_SOURCE_CONTINUE;
  message[2] = (char)0x80;
  message[3] = manner < G_N_ELEMENTS (codes) ? (char)codes[manner] : 0;
  if (manner == ANSWERS_OTHERS)
    {
      g_socket_send_to (socket, from, message, 11, NULL, NULL);
      message[0] ^= 1;
    }
  g_socket_send_to (socket, from, message, (gsize)size, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static GSocket *
listen_at (CsAddress address, guint port)
{
  g_autoptr (GInetAddress) inet
      = g_inet_address_new_from_bytes (address.bytes, address.family);
  g_autoptr (GSocketAddress) at = g_inet_socket_address_new (inet, (guint16)port);
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (address.family, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, at, TRUE, &error);
  g_assert_no_error (error);
  return socket;
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(int *)user_data = (int)cs_dns_query_finish (result, NULL);
}

static CsDnsReply
ask (CsAddress address, const char *device, const char *name)
{
  int found = -1;

  cs_dns_query_async (address, 53, device, name, on_reply, &found);
  while (found < 0)
    g_main_context_iteration (NULL, TRUE);
  return (CsDnsReply)found;
}

static void
test_servers (void)
{
  static const struct
  {
    Manner manner;
    const char *name;
    CsDnsReply reply;
  } rows[] = {
    { ANSWERS, "", CS_DNS_REPLY_GOOD },
    { KNOWS_NO_NAME, "name", CS_DNS_REPLY_GOOD },
    { FAILS, "", CS_DNS_REPLY_FAILED },
    { REFUSES, "", CS_DNS_REPLY_REFUSED },
    { ANSWERS_LATE, "name", CS_DNS_REPLY_GOOD },
    { ANSWERS_OTHERS, "", CS_DNS_REPLY_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Server server
          = { .socket = listen_at (server_address, 53), .manner = rows[i].manner };
      GSource *source = g_socket_create_source (server.socket, G_IO_IN, NULL);

      g_source_set_callback (source, G_SOURCE_FUNC (on_question), &server, NULL);
      g_source_attach (source, NULL);
      g_assert_cmpint (ask (server_address, "lo", rows[i].name), ==, rows[i].reply);
      g_source_destroy (source);
      g_source_unref (source);
      g_object_unref (server.socket);
    }
}

/* Of IPv6. */
static void
test_ipv6_server (void)
{
  const CsAddress loopback = { AF_INET6, { [15] = 1 } };
  const CsAddress nobodys = { AF_INET6, { 0xfe, 0x80, [15] = 0x53 } };
  Server server = { .socket = listen_at (loopback, 53), .manner = ANSWERS };
  GSource *source = g_socket_create_source (server.socket, G_IO_IN, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (on_question), &server, NULL);
  g_source_attach (source, NULL);
  g_assert_cmpint (ask (loopback, "lo", ""), ==, CS_DNS_REPLY_GOOD);
  g_assert_cmpint (ask (nobodys, NULL, ""), ==, CS_DNS_REPLY_NO_WAY);
  g_source_destroy (source);
  g_source_unref (source);
  g_object_unref (server.socket);
}

static void
test_no_server (void)
{
  g_autoptr (GSocket) other = listen_at (server_address, 54);

  g_assert_cmpint (ask (server_address, NULL, ""), ==, CS_DNS_REPLY_CLOSED);
  g_assert_cmpint (ask (server_address, "nowhere", ""), ==, CS_DNS_REPLY_NO_WAY);
  g_assert_cmpint (ask ((CsAddress)CS_IPV4 (192, 0, 2, 1), NULL, ""), ==,
                   CS_DNS_REPLY_NO_WAY);
}

/* --- DHCP ----------------------------------------------------------------------- */

typedef struct
{
  guint bound; /* to lan0 */
  guint free;
} Count;

static void
count_socket (const CsSocket *socket, gpointer user_data)
{
  Count *count = user_data;

  g_assert_cmpuint (socket->port, ==, 67);
  count->bound += socket->ifindex == (int)if_nametoindex ("lan0");
  count->free += socket->ifindex == 0;
}

static void
assert_dhcp (guint bound, guint all)
{
  Count count = { 0 };

  g_assert_true (cs_sockets_list (AF_INET, IPPROTO_UDP, 67, count_socket, &count));
  g_assert_cmpuint (count.bound, ==, bound);
  g_assert_cmpuint (count.bound + count.free, ==, all);
}

static GSocket *
new_socket (int family, GSocketType type)
{
  return g_socket_new ((GSocketFamily)family, type, G_SOCKET_PROTOCOL_DEFAULT, NULL);
}

static void
bind_to (GSocket *socket, const char *text, guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (text, port);

  g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
}

static GSocket *
serve_dhcp (const char *device)
{
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, NULL);
  struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons (67) };
  int fd = g_socket_get_fd (socket), on = 1;

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), ==, 0);
  if (device != NULL)
    g_assert_cmpint (
        setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen (device)),
        ==, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&at, sizeof at), ==, 0);
  return socket;
}

static void
test_dhcp (void)
{
  g_autoptr (GSocket) dns = listen_at (server_address, 53);
  g_autoptr (GSocket) elsewhere = NULL;
  g_autoptr (GSocket) ours = NULL;
  g_autoptr (GSocket) everywhere = NULL;

  add_link ("lan0");
  assert_dhcp (0, 0);
  elsewhere = serve_dhcp ("lo");
  assert_dhcp (0, 0);
  ours = serve_dhcp ("lan0");
  assert_dhcp (1, 1);
  everywhere = serve_dhcp (NULL);
  assert_dhcp (1, 2);
  private_net_ip ("link del lan0");
}

static int
listen_to_packets (const char *device)
{
  struct sockaddr_ll at = { .sll_family = AF_PACKET,
                            .sll_protocol = htons (ETH_P_IP),
                            .sll_ifindex = device ? (int)if_nametoindex (device) : 0 };
  int fd = socket (AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&at, sizeof at), ==, 0);
  return fd;
}

static void
assert_rival (gboolean missing, gboolean rival)
{
  g_autoptr (CsFacts) facts = cs_facts_new ();
  CsShareFacts *found = cs_facts_get_share (facts, "lan0");
  g_autoptr (CsSharePlan) share = share_new ("lan0", "ppp0", "10.0.137.1/24", 13700);

  share->lan_ifindex = (int)if_nametoindex ("lan0");
  cs_dhcp_rival_find (share, found);
  g_assert_cmpint (found->dhcp_missing, ==, missing);
  g_assert_cmpint (found->dhcp_owner != NULL, ==, rival);
}

/* As ISC dhcpd and Kea serve: by packet sockets, with one of UDP for no purpose. */
static void
test_rival (void)
{
  static const struct
  {
    const char *address;      /* of the UDP socket */
    const char *listening[2]; /* interfaces */
    gboolean rival;
  } rows[] = {
    { "0.0.0.0", { NULL }, TRUE },         { "255.255.255.255", { NULL }, TRUE },
    { "10.0.137.1", { NULL }, TRUE },      { "127.0.0.1", { NULL }, FALSE },
    { "0.0.0.0", { "other0" }, FALSE },    { "0.0.0.0", { "other0", "lan0" }, TRUE },
    { "0.0.0.0", { "other0", "" }, TRUE },
  };

  add_link ("lan0");
  add_link ("other0");
  private_net_ip ("address add 10.0.137.1/24 dev lan0");
  assert_rival (TRUE, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GSocket) udp = new_socket (AF_INET, G_SOCKET_TYPE_DATAGRAM);
      int fds[2] = { -1, -1 };

      bind_to (udp, rows[i].address, 67);
      for (guint k = 0; k < 2 && rows[i].listening[k]; k++)
        fds[k] = listen_to_packets (*rows[i].listening[k] ? rows[i].listening[k] : NULL);
      g_test_message ("%s %s", rows[i].address,
                      rows[i].listening[0] ? rows[i].listening[0] : "");
      assert_rival (TRUE, rows[i].rival);
      for (guint k = 0; k < 2 && fds[k] >= 0; k++)
        close (fds[k]);
    }
  private_net_ip ("link del lan0");
  private_net_ip ("link del other0");
}

/* This process is the only one in sight that has sockets here. */
static void
test_owner (void)
{
  g_autoptr (GSocket) dns = listen_at (server_address, 53);
  g_autofree char *expected = g_strdup_printf ("test-probe (process %d)", getpid ());
  const CsAddress beside = CS_IPV4 (127, 0, 0, 54);
  g_autofree char *owner = cs_port_owner_find (server_address, 53, 0);
  g_autofree char *other = cs_port_owner_find (server_address, 53, getpid ());
  g_autofree char *elsewhere = cs_port_owner_find (beside, 53, 0);

  g_assert_cmpstr (owner, ==, expected);
  g_assert_null (other);
  g_assert_null (elsewhere);
}

static void
assert_owned (CsAddress address, guint port, gboolean owned)
{
  g_autofree char *owner = cs_port_owner_find (address, port, 0);

  g_assert_cmpint (owner != NULL, ==, owned);
}

/* One that listens, of either family, also at the wildcard address; but none that talks
 * to somebody else, or has just the port yet. */
static void
test_takers (void)
{
  const CsAddress other = CS_IPV4 (127, 0, 0, 54);
  g_autoptr (GSocket) tcp = new_socket (AF_INET, G_SOCKET_TYPE_STREAM);
  g_autoptr (GSocket) tcp6 = new_socket (AF_INET6, G_SOCKET_TYPE_STREAM);
  g_autoptr (GSocket) busy = new_socket (AF_INET, G_SOCKET_TYPE_DATAGRAM);
  g_autoptr (GSocketAddress) peer
      = g_inet_socket_address_new_from_string ("127.0.0.1", 9);

  bind_to (tcp, "127.0.0.53", 5301);
  assert_owned (server_address, 5301, FALSE);
  g_assert_true (g_socket_listen (tcp, NULL));
  assert_owned (server_address, 5301, TRUE);
  assert_owned (other, 5301, FALSE);
  bind_to (tcp6, "::", 5302);
  g_assert_true (g_socket_listen (tcp6, NULL));
  assert_owned (other, 5302, TRUE);
  bind_to (busy, "127.0.0.53", 5303);
  assert_owned (server_address, 5303, TRUE);
  g_assert_true (g_socket_connect (busy, peer, NULL, NULL));
  assert_owned (server_address, 5303, FALSE);
}

/* --- The table ------------------------------------------------------------------ */

static char *
find_flaw (const CsSharePlan *share)
{
  g_autoptr (CsPlan) plan = cs_plan_new_empty ();
  g_autoptr (CsOutline) wanted = NULL;
  g_autoptr (CsOutline) found = NULL;

  g_ptr_array_add (plan->shares, cs_share_plan_copy (share));
  wanted = cs_ruleset_outline (plan, 0);
  found = cs_nft_outline_read (wanted);
  g_assert_nonnull (found);
  return cs_outline_compare (wanted, found);
}

static void
test_table (void)
{
  static const struct
  {
    const char *command; /* of nft, on the table as planned */
    const char *flaw;
  } rows[] = {
    { "list ruleset", NULL },
    { "add table inet mine; add chain inet mine forward", NULL },
    { "delete table inet connshare", "chain arrivals is missing" },
    { "flush ruleset", "chain arrivals is missing" },
    { "flush chain inet connshare to_lan0", "chain to_lan0 is missing" },
    { "insert rule inet connshare forward drop",
      "chain forward has 15 instead of 14 rules" },
    { "add chain inet connshare more; add rule inet connshare more drop",
      "chain more is not one of ours" },
    { "flush set inet connshare masqueraded",
      "set masqueraded has 0 instead of 1 elements" },
    { "add element inet connshare lan_networks { 10.1.0.0/16 }",
      "set lan_networks has 2 instead of 1 elements" },
    { "flush map inet connshare answers", "set answers has 0 instead of 1 elements" },
    { "flush map inet connshare from_lan", "set from_lan has 0 instead of 1 elements" },
  };
  g_autoptr (CsStep) step = cs_nft_step_new ();
  g_autoptr (CsSharePlan) share = share_new ("lan0", "ppp0", "10.0.137.1/24", 13700);

  share->lan_ifindex = 8;
  share->uplink_ifindex = 9;
  share->uplink_mtu = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *flaw = NULL;

      step_must_apply (step, NULL, i > 0 ? share : NULL, share);
      output = shell ("nft '%s'", rows[i].command);
      flaw = find_flaw (share);
      g_test_message ("%s", rows[i].command);
      g_assert_cmpstr (flaw, ==, rows[i].flaw);
    }
  step_must_apply (step, NULL, share, NULL);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  cs_nft_worker_init (NFT_WORKER);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-query/servers", test_servers);
  g_test_add_func ("/dns-query/ipv6-server", test_ipv6_server);
  g_test_add_func ("/dns-query/no-server", test_no_server);
  g_test_add_func ("/dhcp-sockets", test_dhcp);
  g_test_add_func ("/dhcp-rival", test_rival);
  g_test_add_func ("/port-owner", test_owner);
  g_test_add_func ("/port-takers", test_takers);
  g_test_add_func ("/outline/table", test_table);
  return g_test_run ();
}
