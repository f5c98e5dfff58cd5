/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes are asked for: what of a server's answers counts, and how often it is asked.
 */
#include "system/delegation/prefix-client.h"

#include "core/value/cidr.h"

#include "fake-delegator.h"
#include "private-net.h"

#include <glib/gstdio.h>
#include <net/if.h>
#include <string.h>
#include <sys/resource.h>

#define SOLICIT 1
#define REQUEST 3
#define REBIND  6

/* Seconds, on a machine that has much else to do; and messages, of which one or two are
 * sent again then. */
#define PATIENCE 20
#define FEW      4

static FakeDelegator *far;

typedef struct
{
  CsPrefixClient *client; /* (owned) */
} Fixture;

static void
on_changed (gpointer user_data)
{
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fake_delegator_reset (far);
  fixture->client = cs_prefix_client_new ("/run/prefixes", "up0", on_changed, fixture);
}

static void
want (Fixture *fixture)
{
  cs_prefix_client_set_wanted (fixture->client, (int)if_nametoindex ("up0"));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cs_prefix_client_set_wanted (fixture->client, 0);
  cs_prefix_client_free (fixture->client);
  g_unlink ("/run/prefixes/up0" CS_PREFIX_CLIENT_FILE);
}

static char *
list (Fixture *fixture)
{
  const GArray *prefixes = cs_prefix_client_get_prefixes (fixture->client);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < prefixes->len; i++)
    {
      g_autofree char *one = cs_cidr_to_string (g_array_index (prefixes, CsCidr, i));

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", one);
    }
  return g_string_free (text, FALSE);
}

static gboolean
on_end (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pass (guint milliseconds)
{
  gboolean ended = FALSE;

  g_timeout_add (milliseconds, on_end, &ended);
  while (!ended)
    g_main_context_iteration (NULL, TRUE);
}

static void
await (Fixture *fixture, const char *prefixes, guint seconds)
{
  for (guint i = 0; i < seconds * 20; i++)
    {
      g_autofree char *now = list (fixture);

      if (g_str_equal (now, prefixes))
        return;
      pass (50);
    }
  g_assert_cmpstr (list (fixture), ==, prefixes);
}

static void
assert_way (const char *to, const char *interface)
{
  g_autofree char *line = g_strdup_printf ("ip -6 route get %s", to);
  g_autofree char *output = NULL;
  g_autofree char *pattern = g_strdup_printf ("* dev %s *", interface);

  g_assert_true (g_spawn_command_line_sync (line, &output, NULL, NULL, NULL));
  g_test_message ("%s", output);
  g_assert_true (g_pattern_match_simple (pattern, output));
}

static void
test_delegation (Fixture *fixture, gconstpointer data)
{
  want (fixture);
  await (fixture, "2001:db8:77::/60", PATIENCE);
  g_assert_cmpint (far->asked_by[SOLICIT], <=, 2);
  g_assert_cmpint (far->asked, <=, FEW);
}

static void
test_confusion (Fixture *fixture, gconstpointer data)
{
  far->manner = DELEGATOR_CONFUSES;
  want (fixture);
  await (fixture, "2001:db8:77::/60", PATIENCE);
  g_assert_cmpint (far->asked, <=, FEW);
}

/* It is not asked again at once. */
static void
test_taken_back (Fixture *fixture, gconstpointer data)
{
  far->manner = DELEGATOR_TAKES_BACK;
  want (fixture);
  pass (4000);
  g_assert_cmpint (far->asked, <=, FEW);
}

static void
test_flood (Fixture *fixture, gconstpointer data)
{
  struct rusage before, after;

  far->manner = DELEGATOR_IS_MUTE;
  far->floods = 1;
  want (fixture);
  pass (1000);
  getrusage (RUSAGE_SELF, &before);
  pass (3000);
  getrusage (RUSAGE_SELF, &after);
  g_test_message ("%ld ms user, %ld ms system in 3 s",
                  (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000
                      + (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000,
                  (after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000
                      + (after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1000);
  far->manner = DELEGATOR_DELEGATES;
  await (fixture, "2001:db8:77::/60", PATIENCE);
}

/* Each prefix has an end of its own, which may be before what there is to renew. */
static void
test_end (Fixture *fixture, gconstpointer data)
{
  far->renew = 1000;
  far->prefixes[1] = far->prefixes[0];
  far->prefixes[1].network[7] = 0x80;
  far->prefixes[0].preferred = far->prefixes[0].valid = 10;
  want (fixture);
  await (fixture, "2001:db8:77:80::/60 2001:db8:77::/60", PATIENCE);
  await (fixture, "2001:db8:77:80::/60", PATIENCE);
  g_assert_cmpint (far->asked, <=, FEW);
}

static void
start_again (Fixture *fixture, DelegatorManner manner)
{
  want (fixture);
  await (fixture, "2001:db8:77::/60", PATIENCE);
  cs_prefix_client_set_wanted (fixture->client, 0);
  fake_delegator_reset (far);
  far->manner = manner;
  want (fixture);
  await (fixture, "2001:db8:77::/60", 1);
}

/* What another network may have delegated counts for ten seconds. */
static void
test_return (Fixture *fixture, gconstpointer data)
{
  start_again (fixture, DELEGATOR_IS_MUTE);
  await (fixture, "", PATIENCE);
  g_assert_cmpint (far->asked_by[REBIND], <=, 6);
}

/* No longer if a server that does not know it leaves it at that. */
static void
test_forgotten (Fixture *fixture, gconstpointer data)
{
  start_again (fixture, DELEGATOR_FORGETS);
  await (fixture, "", PATIENCE);
  g_assert_cmpint (far->asked_by[REBIND], <=, 2);
}

/* This computer may have it already, by whatever way and at whatever metric. */
static void
test_other_route (Fixture *fixture, gconstpointer data)
{
  private_net_ip ("-6 route add 2001:db8:77::/60 dev up0 proto dhcp metric 5000");
  want (fixture);
  await (fixture, "2001:db8:77::/60", PATIENCE);
  assert_way ("2001:db8:77::1", "up0");
  cs_prefix_client_set_wanted (fixture->client, 0);
  assert_way ("2001:db8:77::1", "up0");
  private_net_ip ("-6 route del 2001:db8:77::/60 dev up0");
}

/* Another interface of that name, as a line that is dialled again. */
static void
test_other_interface (Fixture *fixture, gconstpointer data)
{
  far->manner = DELEGATOR_IS_MUTE;
  want (fixture);
  pass (500);
  fake_delegator_plug ();
  far->manner = DELEGATOR_DELEGATES;
  want (fixture);
  await (fixture, "2001:db8:77::/60", PATIENCE);
}

#define ADD(name, function) \
  g_test_add ("/prefix-client/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  far = fake_delegator_start ();
  ADD ("delegation", test_delegation);
  ADD ("confusion", test_confusion);
  ADD ("taken-back", test_taken_back);
  ADD ("flood", test_flood);
  ADD ("end", test_end);
  ADD ("return", test_return);
  ADD ("forgotten", test_forgotten);
  ADD ("other-route", test_other_route);
  ADD ("other-interface", test_other_interface);
  status = g_test_run ();
  fake_delegator_stop ();
  return status;
}
