/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which announcements of the kernel's are heard, on a network of its own. */
#include "system/clients/neighborhood.h"

#include "private-net.h"
#include "step-call.h"

#include <net/if.h>
#include <string.h>

static void
on_heard (int ifindex, const CsNeighbor *neighbor, gpointer user_data)
{
  GString *heard = user_data;
  char name[IF_NAMESIZE] = "?";

  g_string_append (heard, if_indextoname ((guint)ifindex, name));
  if (neighbor != NULL)
    {
      g_autofree char *address = cs_address_to_string (neighbor->address);

      g_string_append_printf (heard, " %s", address);
    }
  g_string_append_c (heard, '\n');
}

static void
set_neighbor (const char *link, const char *address, const char *state)
{
  private_net_ip ("neigh replace %s lladdr 02:00:00:00:00:07 dev %s nud %s", address,
                  link, state);
}

/* Announcements come in order: when that of a last one on @link is heard, so are those
 * before it. */
static void
assert_heard (GString *heard, const char *link, const char *expected)
{
  static int number = 100;
  g_autofree char *address = g_strdup_printf ("192.0.2.%d", number++);
  g_autofree char *last = g_strdup_printf ("%s %s\n", link, address);

  set_neighbor (link, address, "stale");
  while (!g_str_has_suffix (heard->str, last))
    g_main_context_iteration (NULL, TRUE);
  g_string_truncate (heard, heard->len - strlen (last));
  g_assert_cmpstr (heard->str, ==, expected);
  g_string_truncate (heard, 0);
}

static void
follow (CsNeighborhood *neighborhood, const char *one, const char *other)
{
  g_autoptr (GArray) ifindexes = g_array_new (FALSE, FALSE, sizeof (int));
  int first = (int)if_nametoindex (one), second = (int)if_nametoindex (other);

  g_array_append_val (ifindexes, first);
  g_array_append_val (ifindexes, second);
  cs_neighborhood_listen (neighborhood, ifindexes);
}

static void
test_listen (void)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (CsNeighborhood) neighborhood = cs_neighborhood_new (on_heard, heard);

  add_link ("lan0");
  add_link ("lan1");
  add_link ("ppp0");
  follow (neighborhood, "lan0", "lan1");
  set_neighbor ("lan1", "192.0.2.1", "reachable");
  set_neighbor ("lan0", "192.0.2.2", "stale");
  assert_heard (heard, "lan0", "lan1 192.0.2.1\nlan0 192.0.2.2\n");
  /* what the kernel does not know yet, and what is elsewhere */
  set_neighbor ("lan0", "192.0.2.2", "delay");
  set_neighbor ("ppp0", "192.0.2.3", "reachable");
  set_neighbor ("ppp0", "192.0.2.3", "stale");
  set_neighbor ("ppp0", "fe80::1", "reachable");
  assert_heard (heard, "lan0", "");
  set_neighbor ("lan0", "192.0.2.2", "failed");
  set_neighbor ("lan1", "fe80::2", "reachable");
  assert_heard (heard, "lan1", "lan0\nlan1 fe80::2\n");
  /* another plan */
  follow (neighborhood, "lan0", "ppp0");
  set_neighbor ("lan1", "192.0.2.1", "stale");
  set_neighbor ("ppp0", "192.0.2.3", "reachable");
  assert_heard (heard, "lan0", "ppp0 192.0.2.3\n");
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/neighborhood/listen", test_listen);
  return g_test_run ();
}
