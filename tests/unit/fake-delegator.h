/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A DHCPv6 server that delegates prefixes, in a network and a process of its own, at the
 * other end of the cable "up0". */
#pragma once

#include <glib.h>

typedef enum
{
  DELEGATOR_DELEGATES,
  DELEGATOR_IS_MUTE,
  DELEGATOR_TAKES_BACK, /* what it has just offered, as the best of servers */
  DELEGATOR_FORGETS,    /* knows no prefix, and delegates none again */
  DELEGATOR_CONFUSES,   /* first comes what is not its reply */
} DelegatorManner;

typedef struct
{
  guint8 network[8]; /* a /60 */
  guint32 preferred, valid;
} DelegatorPrefix;

/* In memory that both processes have. */
typedef struct
{
  int manner; /* DelegatorManner */
  guint32 renew;
  DelegatorPrefix prefixes[2]; /* the second only where it is valid */
  int floods;                  /* a thousand useless messages a second */
  int ready;
  int asked;        /* how often */
  int asked_by[16]; /* type of message -> how often */
} FakeDelegator;

/* Makes "up0" and the server. To be called once, after private_net_enter (). */
FakeDelegator *fake_delegator_start (void);
/* As it was started: it delegates 2001:db8:77::/60 for two hours. */
void fake_delegator_reset (FakeDelegator *self);
/* Another "up0" in place of the one that there is. */
void fake_delegator_plug (void);
void fake_delegator_stop (void);
