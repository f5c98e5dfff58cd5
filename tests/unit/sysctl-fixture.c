/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sysctl-fixture.h"

#include "system/routing/sysctl.h"

char *
sysctl_found (char value)
{
  return value == '-' ? NULL : g_strdup_printf ("%c", value);
}

void
sysctl_set_up (void)
{
  add_link ("lan0");
  add_link ("lan1");
  add_link ("ppp0");
}

void
sysctl_tear_down (void)
{
  g_free (
      shell ("for link in lan0 lan1 ppp0; do ip link del $link 2>/dev/null; done; true"));
}

void
sysctl_test_case (const SysctlCase *c, const SysctlDigits *digits)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  sysctl_set_up ();
  digits->set_host (c->host);
  share = digits->new_share ("lan0", c->plan);
  step_must_apply (step, NULL, NULL, share);
  digits->assert_host (c->name, c->during);
  step_must_apply (step, NULL, share, share);
  digits->assert_host (c->name, c->during);
  if (c->meddled != NULL)
    digits->set_host (c->meddled);
  step_must_apply (step, NULL, share, NULL);
  digits->assert_host (c->name, c->end);
  step_must_apply (step, NULL, share, NULL);
  digits->assert_host (c->name, c->end);
  sysctl_tear_down ();
}
