/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "dnsmasq" with the real program, on a private network and a private bus: lan0
 * is shared via ppp0, whose name server is at UPSTREAM. */
#pragma once

#include "system/dnsmasq/dnsmasq.h"

#include "step-call.h"

#define RUNTIME   "/run/connshare"
#define DIRECTORY RUNTIME "/dnsmasq-lan0"
#define PID       "cut -d' ' -f1 " DIRECTORY "/process"
#define LEASES    "/var/lib/misc/dnsmasq.connshare-lan0.leases"
/* Those in this network only: other tests may run. */
#define PROCESSES \
  "for p in $(pgrep -x dnsmasq); do test /proc/$p/ns/net -ef /proc/self/ns/net && " \
  "echo $p; done | wc -l"
/* The same when the one that is being killed has gone. */
#define PROCESSES_LEFT \
  "for i in $(seq 50); do n=$(" PROCESSES "); test $n = 0 && break; sleep 0.1; done; " \
  "echo $n"
/* The name server of the uplink. */
#define UPSTREAM "198.51.100.53"

typedef struct
{
  GTestDBus *bus;              /* (owned) */
  GDBusConnection *connection; /* (owned) */
  CsStep *step;                /* (owned) */
  CsSharePlan *share;          /* (owned) */
  GSocket *upstream;           /* (owned) (nullable) */
  guint changes;
} DnsmasqFixture;

typedef struct
{
  const char *path;
  void (*test) (DnsmasqFixture *f, gconstpointer data);
} DnsmasqTest;

/* Runs these, each with a fixture of its own; what main () returns. */
int dnsmasq_run (int argc, char **argv, const DnsmasqTest *tests, gsize count);

/* A step that knows nothing yet, as after a restart of the service. */
void dnsmasq_new_step (DnsmasqFixture *f);
/* A UDP socket. */
GSocket *dnsmasq_bind (const char *address, guint port);

#define REFUSED 5
#define ASKED   -1

/* Asks for "x.test" and returns the RCODE of the answer; ASKED if @upstream (nullable),
 * the uplink's name server, gets the question. */
int dnsmasq_ask (guint port, GSocket *upstream);
/* Whether the uplink's name server gets the question. */
gboolean dnsmasq_is_asked (DnsmasqFixture *f);

/* Runs the main loop until so many deaths have been announced, and no more. */
void dnsmasq_await_changes (DnsmasqFixture *f, guint count);
