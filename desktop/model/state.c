/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of reasons; see state.h. */
#include "state.h"

#include "fill.h"

#include <glib/gi18n-lib.h>

/* What a %s in a sentence stands for. */
typedef enum
{
  ABOUT_LAN,
  ABOUT_WAN,
} About;

typedef struct
{
  const char *reason;
  About about;
  const char *sentence;
} Reason;

static const Reason reasons[] = {
  { "uplink-missing", ABOUT_WAN,
    N_ ("Waiting for %s, which is not there. Sharing starts as soon as it appears.") },
  { "uplink-down", ABOUT_WAN,
    N_ ("%s is not connected to the Internet. Sharing starts as soon as it is.") },
  { "uplink-dialing", ABOUT_WAN, N_ ("Connecting %s…") },
  { "uplink-unstable", ABOUT_WAN, N_ ("%s comes and goes. Waiting for it to settle.") },
  { "uplink-unknown", ABOUT_WAN,
    N_ ("%s does not exist any more. Choose another Internet connection.") },
  { "no-primary", ABOUT_WAN,
    N_ ("This computer is offline. Sharing starts as soon as it is online.") },
  { "lan-missing", ABOUT_LAN, N_ ("%s is not there. Plug it in to go on sharing.") },
  { "lan-unavailable", ABOUT_LAN,
    N_ ("%s is switched off. Switch it on to go on sharing.") },
  { "lan-taken", ABOUT_LAN,
    N_ ("%s is used for something else. Turn sharing off and on to take it back.") },
  { "lan-without-address", ABOUT_LAN,
    N_ ("%s has no address. Give it one in the network settings.") },
  { "answers-astray", ABOUT_LAN,
    N_ ("Another program, such as a VPN, keeps answers from reaching %s.") },
  { "clients-astray", ABOUT_LAN,
    N_ ("Another program, such as a VPN, takes what devices on %s send.") },
  { "data-limit", ABOUT_LAN,
    N_ ("Devices on %s have used what the limit allows. Raise it to go on sharing.") },
  { "address-conflict", ABOUT_LAN,
    N_ ("The addresses for devices on %s are used by another network.") },
  { "not-suitable", ABOUT_LAN,
    N_ ("%s cannot be used for sharing. Choose another one.") },
  { "failed", ABOUT_LAN, N_ ("Sharing with %s did not work. Trying again…") },
};

static const char *const hopeless[]
    = { "uplink-unknown",   "lan-taken",      "lan-without-address",
        "answers-astray",   "clients-astray", "not-suitable",
        "address-conflict", "failed",         NULL };

static gboolean
is_blocked (const CsState *state)
{
  return state->blocked_by != NULL && state->blocked_by[0] != NULL;
}

CsMood
cs_state_get_mood (const CsState *state)
{
  if (state->state == NULL)
    return CS_MOOD_OFF;
  if (g_str_equal (state->state, "active"))
    return is_blocked (state) ? CS_MOOD_BAD : CS_MOOD_GOOD;
  if (g_str_equal (state->state, "starting"))
    return CS_MOOD_BUSY;
  if (g_str_equal (state->state, "failed")
      || g_strv_contains (hopeless, state->reason != NULL ? state->reason : ""))
    return CS_MOOD_BAD;
  return CS_MOOD_WAITING;
}

const char *
cs_state_get_title (const CsState *state)
{
  switch (cs_state_get_mood (state))
    {
    case CS_MOOD_OFF:
      return _ ("Sharing Is Off");
    case CS_MOOD_BUSY:
      return _ ("Starting…");
    case CS_MOOD_GOOD:
      return _ ("Sharing");
    case CS_MOOD_WAITING:
      return _ ("Waiting");
    case CS_MOOD_BAD:
    default:
      return _ ("Sharing Does Not Work");
    }
}

static char *
fill (const Reason *reason, const CsState *state)
{
  const char *sentence = _ (reason->sentence);
  const char *name = reason->about == ABOUT_LAN ? state->lan : state->wan;

  return cs_fill (sentence, name);
}

static char *
describe_active (const CsState *state)
{
  if (is_blocked (state))
    return g_strdup_printf (
        _ ("A firewall on this computer (%s) blocks the devices on %s."),
        state->blocked_by[0], state->lan);
  return g_strdup_printf (_ ("Devices on %s use the Internet through %s."), state->lan,
                          *state->uplink != '\0' ? state->uplink : state->wan);
}

char *
cs_state_get_sentence (const CsState *state)
{
  if (state->state == NULL)
    return g_strdup (_ ("No device uses the Internet connection of this computer."));
  if (g_str_equal (state->state, "active"))
    return describe_active (state);
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_strcmp0 (reasons[i].reason, state->reason) == 0)
      return fill (&reasons[i], state);
  if (g_str_equal (state->state, "starting"))
    return g_strdup_printf (_ ("Starting to share with %s…"), state->lan);
  return g_strdup (_ ("Sharing does not work yet. Look at the problems for the cause."));
}
