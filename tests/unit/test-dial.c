/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connecting a profile, and what becomes of it: the step "dial" and the log it keeps. */
#include "system/nm/dial.h"
#include "system/lan/lan-profile.h"

#include "nm-fixture.h"
#include "step-call.h"
#include "turn.h"

#include <glib/gstdio.h>

/* What became of a profile in some steps, as NetworkManager tells it: "STATE:REASON" of
 * the active connection, "dREASON" of its device. States: 1 activating, 2 activated,
 * 3 deactivating, 4 deactivated. */
typedef struct
{
  const char *name;
  const char *at_first; /* more properties of the active connection */
  const char *events;
  const char *outcome; /* "hung up", "failed: WORDS", or "" */
} Story;

#define COMING "'State': <uint32 1>"

static const Story stories[] = {
  { "up", COMING, "2:1", "" },
  { "up-all-along", "", "2:1", "" },
  { "disconnected-by-user", "", "3:2 4:2", "hung up" },
  { "device-disconnected-by-user", "", "d39 3:3 4:3", "hung up" },
  { "disconnected-by-user-while-it-comes", COMING, "3:2 4:2", "hung up" },
  { "vpn-disconnected-by-user", "'Vpn': <true>", "3:2 4:2", "hung up" },
  /* the device below is the cable's */
  { "vpn-lost", "'Vpn': <true>", "d39 3:3 4:3", "" },
  { "lost", "", "d40 3:3 4:3", "" },
  { "lost-after-it-came", COMING, "2:1 d40 3:3 4:3", "" },
  { "never-came", COMING, "4:9", "failed: no secrets" },
  { "never-came-by-device", COMING, "d5 4:3", "failed: ip config unavailable" },
  { "never-came-for-no-reason", COMING, "d5 4:0", "failed: ip config unavailable" },
  { "vpn-never-came", COMING ", 'Vpn': <true>, 'Devices': <@ao []>", "4:10",
    "failed: login failed" },
  { "vpn-device-disconnected", COMING ", 'Vpn': <true>, 'Devices': <@ao []>", "4:3",
    "failed: device disconnected" },
  /* what pppd itself said is another test's */
  { "ppp-ended", COMING, "d13 4:3", "failed: pppd ended" },
  { "ppp-not-started", COMING, "d12 4:3", "failed: pppd could not be started" },
  { "of-a-later-version", COMING, "4:4711", "failed: reason 4711" },
  { "failed-then-up", COMING, "4:9 1:1 2:1", "" },
  { "hung-up-then-up", "", "3:2 4:2 1:1 2:1", "" },
};

static char *
print_outcome (NmFixture *f, const char *uuid)
{
  const CsDialOutcome *outcome
      = cs_dial_log_find (cs_network_manager_get_dial_log (f->manager), uuid);

  if (outcome == NULL)
    return g_strdup ("");
  g_assert_true (outcome->hung_up == (outcome->failure == NULL));
  g_assert_true (outcome->hung_up == (outcome->failed_at == 0));
  if (outcome->hung_up)
    return g_strdup ("hung up");
  return g_strdup_printf ("failed: %s", outcome->failure);
}

static void
play (NmFixture *f, const char *event)
{
  g_auto (GStrv) numbers = NULL;
  g_autofree char *properties = NULL;

  if (event[0] != 'd')
    {
      numbers = g_strsplit (event, ":", 2);
      fake_nm_set_state (f->fake, 2, (guint)atoi (numbers[0]), (guint)atoi (numbers[1]));
      return;
    }
  properties = g_strdup_printf (
      "{'State': <uint32 110>, 'StateReason': <(uint32 110, uint32 %s)>}", event + 1);
  fake_nm_change (f->fake, "Devices/2", ".Device", properties);
}

static void
test_story (NmFixture *f, gconstpointer data)
{
  const Story *story = data;
  g_autofree char *uuid = fake_nm_uuid (2);
  g_auto (GStrv) events = g_strsplit (story->events, " ", -1);
  g_autofree char *outcome = NULL;

  fake_nm_add_device (f->fake, 2, "Wired", "eth9", "eth9", 100, 2);
  fake_nm_add_active (f->fake, 2, "Office", 2, story->at_first);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  for (char **event = events; *event; event++)
    play (f, *event);
  nm_fixture_settle (f);
  outcome = print_outcome (f, uuid);
  g_assert_cmpstr (outcome, ==, story->outcome);
  fake_nm_stop (f->fake);
}

static const char *const sayings[][2] = {
  { "CHAP authentication failed",
    "failed: the provider refused the user name or the password" },
  { "Exit.", "failed: pppd ended" },
};

/* As the last lines of the journal say. */
static void
test_pppd (NmFixture *f, gconstpointer data)
{
  const char *const *row = data; /* line, outcome */
  g_autofree char *uuid = fake_nm_uuid (2);
  g_autofree char *program = g_build_filename (f->directory, "journalctl", NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\n"
                                             "case \"$*\" in *--identifier=pppd*)\n"
                                             "echo '%s';;\nesac\n",
                                             row[0]);
  g_autofree char *before = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = g_strconcat (f->directory, ":", before, NULL);
  g_autofree char *outcome = NULL;

  g_assert_true (g_file_set_contents_full (program, script, -1, G_FILE_SET_CONTENTS_NONE,
                                           0755, NULL));
  g_setenv ("PATH", path, TRUE);
  fake_nm_add_device (f->fake, 2, "Wired", "eth9", "eth9", 100, 2);
  fake_nm_add_active (f->fake, 2, "Office", 2, COMING);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  play (f, "d13");
  play (f, "4:3");
  for (guint i = 0; i < 100 && g_strcmp0 (outcome, row[1]) != 0; i++)
    {
      turn (20);
      g_free (outcome);
      outcome = print_outcome (f, uuid);
    }
  g_assert_cmpstr (outcome, ==, row[1]);
  fake_nm_stop (f->fake);
  g_setenv ("PATH", before, TRUE);
  g_remove (program);
}

/* lan0 is the LAN of a share, eth9 is none. Profile 2 is down unless @active says
 * otherwise. */
typedef struct
{
  const char *name;
  guint dial;                 /* number of the profile, 0: none */
  const char *bound;          /* (nullable) interface of profile 2 */
  const char *active;         /* (nullable) state of profile 2's active connection */
  guint lan_state, eth_state; /* of the devices; 0: there is none */
  const char *activation;     /* (nullable) expected */
  const char *outcome;
  gboolean external; /* eth9 is up by somebody else */
} Call;

#define GONE "'State': <uint32 4>"

static const Call calls[] = {
  { "nothing", 0, NULL, GONE, 0, 30, NULL, "" },
  { "unknown", 7, NULL, GONE, 0, 30, NULL, "" },
  { "down", 2, NULL, GONE, 0, 30, "2 on any", "" },
  { "coming", 2, NULL, "'State': <uint32 1>", 0, 30, NULL, "" },
  { "up", 2, NULL, "'State': <uint32 2>", 0, 30, NULL, "" },
  { "going", 2, NULL, "'State': <uint32 3>", 0, 30, "2 on any", "" },
  /* not the LAN */
  { "bound", 2, "eth9", GONE, 100, 30, "2 on any", "" },
  { "no-lan", 2, NULL, GONE, 0, 100, "2 on any", "" },
  { "free", 2, NULL, GONE, 100, 30, "2 on 9", "" },
  { "in-use", 2, NULL, GONE, 100, 100, "2 on 9", "" },
  { "unplugged", 2, NULL, GONE, 100, 20, NULL,
    "failed: the only device for it, lan0, is a LAN" },
  { "others", 2, NULL, GONE, 100, 100, NULL,
    "failed: the only device for it, lan0, is a LAN", TRUE },
  { "only-lan", 2, NULL, GONE, 100, 0, NULL,
    "failed: the only device for it, lan0, is a LAN" },
  { "bound-to-lan", 2, "lan0", GONE, 100, 30, NULL,
    "failed: the only device for it, lan0, is a LAN" },
};

static CsSharePlan *
make_share (guint dial)
{
  CsSharePlan *share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);

  share->dial = dial != 0 ? fake_nm_uuid (dial) : NULL;
  return share;
}

static void
assert_activation (NmFixture *f, const char *expected)
{
  g_autofree char *activation = NULL;

  nm_fixture_settle (f);
  activation = fake_nm_take_activation (f->fake);
  g_assert_cmpstr (activation, ==, expected);
}

static void
test_call (NmFixture *f, gconstpointer data)
{
  const Call *call = data;
  g_autoptr (CsSharePlan) share = make_share (call->dial);
  g_autoptr (CsStep) step = NULL;
  g_autofree char *uuid = fake_nm_uuid (2);
  g_autofree char *outcome = NULL;

  if (call->lan_state != 0)
    fake_nm_add_device (f->fake, 1, "Wired", "lan0", "lan0", call->lan_state, 0);
  if (call->eth_state != 0)
    fake_nm_add_device (f->fake, 9, "Wired", "eth9", "eth9", call->eth_state,
                        call->external ? 9 : 0);
  if (call->external)
    fake_nm_add_active (f->fake, 9, "eth9", 9, "'StateFlags': <uint32 0x80>");
  fake_nm_add_profile (f->fake, 2, "Office", call->bound);
  fake_nm_add_active (f->fake, 2, "Office", 0, call->active);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  step = cs_dial_step_new (f->manager);
  step_must_apply (step, NULL, NULL, share);
  assert_activation (f, call->activation);
  assert_activation (f, NULL);
  outcome = print_outcome (f, uuid);
  g_assert_cmpstr (outcome, ==, call->outcome);
  fake_nm_stop (f->fake);
}

/* A failure counts until a device is ready that the profile could use. */
typedef struct
{
  const char *name;
  const char *bound; /* (nullable) interface of the profile */
  guint reason;      /* of its end */
  guint states[3];   /* of the device, one after the other */
  const char *outcome;
} Retry;

static const Retry retries[] = {
  { "plugged", NULL, 9, { 20, 30 }, "" },
  { "plugged-bound", "eth9", 9, { 20, 30 }, "" },
  { "managed-again", NULL, 9, { 10, 20, 30 }, "" },
  { "unplugged", NULL, 9, { 20 }, "failed: no secrets" },
  { "another", "eth8", 9, { 20, 30 }, "failed: no secrets" },
  { "failed", NULL, 9, { 120, 30 }, "failed: no secrets" },
  { "hung-up", NULL, 2, { 20, 30 }, "hung up" },
};

static void
test_retry (NmFixture *f, gconstpointer data)
{
  const Retry *retry = data;
  g_autofree char *uuid = fake_nm_uuid (2);
  g_autofree char *outcome = NULL;
  guint old = 100;

  fake_nm_add_device (f->fake, 9, "Wired", "eth9", "eth9", 100, 2);
  fake_nm_add_profile (f->fake, 2, "Office", retry->bound);
  fake_nm_add_active (f->fake, 2, "Office", 9, COMING);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  fake_nm_set_state (f->fake, 2, 4, retry->reason);
  for (gsize i = 0; i < G_N_ELEMENTS (retry->states) && retry->states[i] != 0; i++)
    {
      fake_nm_set_device_state (f->fake, 9, retry->states[i], old, 0);
      old = retry->states[i];
    }
  nm_fixture_settle (f);
  outcome = print_outcome (f, uuid);
  g_assert_cmpstr (outcome, ==, retry->outcome);
  fake_nm_stop (f->fake);
}

static void
start_office (NmFixture *f)
{
  fake_nm_add_device (f->fake, 9, "Wired", "eth9", "eth9", 30, 0);
  fake_nm_add_active (f->fake, 2, "Office", 0, GONE);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
}

/* Two shares want it, or one is applied again before there is an answer. */
static void
test_once (NmFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) share = make_share (2);
  g_autoptr (CsStep) step = NULL;

  start_office (f);
  step = cs_dial_step_new (f->manager);
  step_must_apply (step, NULL, NULL, share);
  step_must_apply (step, NULL, share, share);
  assert_activation (f, "2 on any");
  assert_activation (f, NULL);
  step_must_apply (step, NULL, share, share);
  assert_activation (f, "2 on any");
  fake_nm_stop (f->fake);
}

/* The end of a share hangs nobody up. */
static void
test_end (NmFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) share = make_share (2);
  g_autoptr (CsStep) step = NULL;

  start_office (f);
  step = cs_dial_step_new (f->manager);
  step_must_apply (step, NULL, share, NULL);
  assert_activation (f, NULL);
  fake_nm_stop (f->fake);
}

/* A refusal is told, and no reason not to try again. */
static void
test_refused (NmFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) share = make_share (2);
  g_autoptr (CsStep) step = NULL;
  g_autofree char *first = NULL;
  g_autofree char *then = NULL;

  start_office (f);
  fake_nm_refuse (f->fake, "No suitable device found (device eth1 not available because "
                           "profile is not compatible with device (no name)).");
  step = cs_dial_step_new (f->manager);
  f->changes = 0;
  step_must_apply (step, NULL, NULL, share);
  nm_fixture_await_change (f);
  assert_activation (f, "2 on any");
  first = print_outcome (f, share->dial);
  g_assert_cmpstr (first, ==, "failed: No suitable device found");

  fake_nm_refuse (f->fake, NULL);
  step_must_apply (step, NULL, share, share);
  then = print_outcome (f, share->dial);
  g_assert_cmpstr (then, ==, "");
  assert_activation (f, "2 on any");
  fake_nm_stop (f->fake);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (NmFixture *, gconstpointer);
  } tests[] = {
    { "/dial/once", test_once },
    { "/dial/end", test_end },
    { "/dial/refused", test_refused },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strconcat ("/dial/log/", stories[i].name, NULL);

      g_test_add (path, NmFixture, &stories[i], nm_fixture_set_up, test_story,
                  nm_fixture_tear_down);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *path = g_strconcat ("/dial/call/", calls[i].name, NULL);

      g_test_add (path, NmFixture, &calls[i], nm_fixture_set_up, test_call,
                  nm_fixture_tear_down);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (retries); i++)
    {
      g_autofree char *path = g_strconcat ("/dial/retry/", retries[i].name, NULL);

      g_test_add (path, NmFixture, &retries[i], nm_fixture_set_up, test_retry,
                  nm_fixture_tear_down);
    }
  g_test_add ("/dial/pppd/says", NmFixture, &sayings[0], nm_fixture_set_up, test_pppd,
              nm_fixture_tear_down);
  g_test_add ("/dial/pppd/does-not-say", NmFixture, &sayings[1], nm_fixture_set_up,
              test_pppd, nm_fixture_tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, NmFixture, NULL, nm_fixture_set_up, tests[i].test,
                nm_fixture_tear_down);
  return g_test_run ();
}
