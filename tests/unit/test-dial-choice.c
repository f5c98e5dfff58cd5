/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device for a profile, where lan0 and lan1 are LANs. */
#include "core/plan/dial.h"

#include <string.h>

/* Devices that fit, "NAME" or "NAME:free" or "NAME:busy"; expected: the device, "any", or
 * "LAN!" where only that fits. */
typedef struct
{
  const char *devices, *expected;
} Case;

static const Case cases[] = {
  { "", "any" },
  { "eth9:free", "any" },
  { "eth9", "any" },
  { "eth8:busy eth9:busy", "any" },
  { "lan0:free", "lan0!" },
  { "lan0:free eth9", "lan0!" },
  { "lan0:busy lan1:free", "lan1!" },
  { "lan0:free eth9:free", "eth9" },
  { "eth9:free lan0:free", "eth9" },
  { "lan0 eth8 eth9:busy", "eth9" },
  { "lan0 eth8:busy eth9:free", "eth9" },
  { "lan0 eth8:free eth9:free", "eth8" },
  { "lan0 eth8:busy eth9:busy", "eth8" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_auto (GStrv) words = g_strsplit (c->devices, " ", -1);
  g_autoptr (GArray) devices = g_array_new (FALSE, FALSE, sizeof (CsDialDevice));
  g_autoptr (CsPlan) plan = cs_plan_new_empty ();
  g_autofree char *chosen = NULL;
  const char *device, *lan;

  g_ptr_array_add (plan->shares, cs_share_plan_new ("lan0"));
  g_ptr_array_add (plan->shares, cs_share_plan_new ("lan1"));
  for (guint i = 0; words[i]; i++)
    {
      char *how = strchr (words[i], ':');
      const CsDialDevice each
          = { words[i], how != NULL, how != NULL && g_str_equal (how, ":free") };

      if (how != NULL)
        *how = '\0';
      g_array_append_val (devices, each);
    }
  if (!cs_dial_choose (devices, plan, &device, &lan))
    chosen = g_strconcat (lan, "!", NULL);
  else
    chosen = g_strdup (device != NULL ? device : "any");
  g_assert_cmpstr (chosen, ==, c->expected);
}

/* Only what the last run says counts. */
static void
test_pppd (void)
{
  static const struct
  {
    const char *lines, *words;
  } rows[] = {
    { "", NULL },
    { "pppd 2.4.9 started by root, uid 0\nUsing interface ppp0\nConnect: ppp0 <--> wan0\n"
      "CHAP authentication failed: E=691\nModem hangup\nConnection terminated.",
      "the provider refused the user name or the password" },
    { "PAP authentication failed", "the provider refused the user name or the password" },
    { "Timeout waiting for PADO packets\nUnable to complete PPPoE Discovery",
      "no access concentrator answers on the line" },
    { "Timeout waiting for PADS packets\nUnable to complete PPPoE Discovery",
      "the access concentrator does not open a session" },
    { "LCP: timeout sending Config-Requests\nConnection terminated.",
      "the other side does not answer" },
    { "No response to 5 echo-requests\nModem hangup",
      "the other side stopped answering" },
    { "pppd 2.4.9 started by root, uid 0\nCHAP authentication failed\n"
      "pppd 2.4.9 started by root, uid 0\nModem hangup",
      "the other side hung up" },
    { "pppd 2.4.9 started by root, uid 0\nTerminating on signal 15", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (cs_dial_words_of_pppd (rows[i].lines), ==, rows[i].words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/dial-choice/%zu", i);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/dial-choice/pppd", test_pppd);
  return g_test_run ();
}
