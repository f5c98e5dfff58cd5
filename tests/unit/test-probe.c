/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The probes of a diagnosis, on a network of the test's own: name servers of all kinds,
 * DHCP servers, and a table that somebody has altered. */
#include "core/outline.h"
#include "core/ruleset.h"
#include "system/dhcp-sockets.h"
#include "system/dns-query.h"
#include "system/nft-outline.h"
#include "system/nft.h"
#include "system/port-owner.h"

#include "private-net.h"
#include "step-call.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER 0x7f000035 /* 127.0.0.53 */

/* --- Name servers --------------------------------------------------------------- */

/* What it does with each question that comes. */
typedef enum
{
  ANSWERS,
  KNOWS_NO_NAME,
  FAILS,
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
  static const guint8 codes[] = { [ANSWERS] = 0, [KNOWS_NO_NAME] = 3, [FAILS] = 2 };
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
listen_at (guint32 address, guint port)
{
  struct sockaddr_in native = { .sin_family = AF_INET,
                                .sin_port = htons ((guint16)port),
                                .sin_addr.s_addr = htonl (address) };
  g_autoptr (GSocketAddress) at
      = g_socket_address_new_from_native (&native, sizeof native);
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, at, TRUE, &error);
  g_assert_no_error (error);
  return socket;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(int *)user_data = (int)cs_dns_query_finish (result);
}

static CsAnswer
ask (guint32 address, const char *device, const char *name)
{
  int found = -1;

  cs_dns_query_async (address, 53, device, name, on_answer, &found);
  while (found < 0)
    g_main_context_iteration (NULL, TRUE);
  return (CsAnswer)found;
}

static void
test_servers (void)
{
  static const struct
  {
    Manner manner;
    const char *name;
    CsAnswer answer;
  } rows[] = {
    { ANSWERS, "", CS_ANSWER_GOOD },        { KNOWS_NO_NAME, "name", CS_ANSWER_GOOD },
    { FAILS, "", CS_ANSWER_REFUSED },       { ANSWERS_LATE, "name", CS_ANSWER_GOOD },
    { ANSWERS_OTHERS, "", CS_ANSWER_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Server server = { .socket = listen_at (SERVER, 53), .manner = rows[i].manner };
      GSource *source = g_socket_create_source (server.socket, G_IO_IN, NULL);

      g_source_set_callback (source, G_SOURCE_FUNC (on_question), &server, NULL);
      g_source_attach (source, NULL);
      g_assert_cmpint (ask (SERVER, "lo", rows[i].name), ==, rows[i].answer);
      g_source_destroy (source);
      g_source_unref (source);
      g_object_unref (server.socket);
    }
}

static void
test_no_server (void)
{
  g_autoptr (GSocket) other = listen_at (SERVER, 54);

  g_assert_cmpint (ask (SERVER, NULL, ""), ==, CS_ANSWER_CLOSED);
  g_assert_cmpint (ask (SERVER, "nowhere", ""), ==, CS_ANSWER_NO_WAY);
  g_assert_cmpint (ask (0xc0000201, NULL, ""), ==, CS_ANSWER_NO_WAY);
}

/* --- DHCP ----------------------------------------------------------------------- */

static void
assert_dhcp (guint bound, guint all)
{
  g_autoptr (GHashTable) sockets
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint found;

  g_assert_true (cs_dhcp_sockets_list ((int)if_nametoindex ("lan0"), &found, sockets));
  g_assert_cmpuint (found, ==, bound);
  g_assert_cmpuint (g_hash_table_size (sockets), ==, all);
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
  g_autoptr (GSocket) dns = listen_at (SERVER, 53);
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

/* This process is the only one in sight that has sockets here. */
static void
test_owner (void)
{
  g_autoptr (GSocket) dns = listen_at (SERVER, 53);
  g_autofree char *expected = g_strdup_printf ("test-probe (process %d)", getpid ());
  g_autofree char *owner = cs_port_owner_find (SERVER, 53, 0);
  g_autofree char *other = cs_port_owner_find (SERVER, 53, getpid ());
  g_autofree char *elsewhere = cs_port_owner_find (SERVER + 1, 53, 0);

  g_assert_cmpstr (owner, ==, expected);
  g_assert_null (other);
  g_assert_null (elsewhere);
}

/* --- The table ------------------------------------------------------------------ */

static char *
find_flaw (const CsSharePlan *share)
{
  g_autoptr (CsPlan) plan = cs_plan_new_empty ();
  g_autofree char *ruleset = NULL;
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GHashTable) found = NULL;

  g_ptr_array_add (plan->shares, cs_share_plan_copy (share));
  ruleset = cs_ruleset_render (plan);
  wanted = cs_outline_of_ruleset (ruleset);
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
    { "delete table inet connshare", "chain flow_lan0 is missing" },
    { "flush ruleset", "chain flow_lan0 is missing" },
    { "flush chain inet connshare to_lan0", "chain to_lan0 is missing" },
    { "insert rule inet connshare forward drop",
      "chain forward has 5 instead of 4 rules" },
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
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-query/servers", test_servers);
  g_test_add_func ("/dns-query/no-server", test_no_server);
  g_test_add_func ("/dhcp-sockets", test_dhcp);
  g_test_add_func ("/port-owner", test_owner);
  g_test_add_func ("/outline/table", test_table);
  return g_test_run ();
}
