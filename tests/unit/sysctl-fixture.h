/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "forwarding" between lan0, lan1 and ppp0: four settings as four digits, before
 * a share, during it and after it. */
#pragma once

#include "step-call.h"

typedef struct
{
  const char *name;
  const char *host;    /* as it was before the share */
  const char *plan;    /* what the share has found; '-' is NULL */
  const char *during;  /* expected */
  const char *meddled; /* (nullable) what somebody sets meanwhile */
  const char *end;     /* expected */
} SysctlCase;

/* What the four digits are. */
typedef struct
{
  void (*set_host) (const char *values);
  void (*assert_host) (const char *where, const char *expected);
  CsSharePlan *(*new_share) (const char *lan, const char *values);
} SysctlDigits;

/* One of the digits in a plan. Owned, (nullable). */
char *sysctl_found (char value);

void sysctl_set_up (void);
void sysctl_tear_down (void);

/* A share begins, is applied again, and ends, twice. */
void sysctl_test_case (const SysctlCase *c, const SysctlDigits *digits);
