/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A router that speaks PCP or NAT-PMP, in a network and a process of its own, at the
 * other end of the cable "up0": 192.168.1.1, and it also has 192.168.1.2. */
#pragma once

#include <glib.h>

typedef enum
{
  ROUTER_SPEAKS_PCP,
  ROUTER_SPEAKS_NAT_PMP, /* and says so */
  ROUTER_IS_OLD,         /* likewise, but ignores what else comes */
  ROUTER_IS_MUTE,
  ROUTER_IS_CLOSED, /* nobody has the port */
  ROUTER_REFUSES,   /* by PCP, as the two after it */
  ROUTER_IS_FULL,
  ROUTER_CONFUSES,   /* first comes what is not its reply */
  ROUTER_IS_INEXACT, /* does not know PREFER_FAILURE */
} RouterManner;

#define ROUTER_LOG 64

/* In memory that both processes have. */
typedef struct
{
  int manner; /* RouterManner */
  guint32 lifetime;
  guint32 epoch;
  guint16 skip; /* how far from the port that was asked for the given one is */
  guint8 external[4];
  int announce; /* set to 1: it announces that it was restarted, and sets it to 0 */
  int count;    /* of what it was asked */
  char log[ROUTER_LOG][64];
} FakeRouter;

/* Makes "up0", 192.168.1.20/24, and the router. To be called once, after
 * private_net_enter (). */
FakeRouter *fake_router_start (void);
/* As it was started: it speaks PCP, and has been asked nothing. */
void fake_router_reset (FakeRouter *self);
void fake_router_stop (void);
