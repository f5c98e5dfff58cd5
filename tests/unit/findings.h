/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnoses for tables of tests: facts in words, findings as text. */
#pragma once

#include "network.h"
#include "plans.h"

#include "core/check/diagnose.h"

/* The network before lan0 is shared via ppp0 (OLD), and afterwards (GOOD); and what is
 * found then, before there is a client (NOBODY). */
#define PPP0     "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1 dns=9.9.9.9,9.9.9.10;"
#define LAN_RULE "rule 13700 pref=5000 iif=lan0;"
#define RULES_OF(uplink, address) \
  LAN_RULE "rule 13700 pref=5001 oif=" uplink ";" \
           "rule 13700 pref=4999 iif=" uplink " goto=5001;" \
           "rule 13700 pref=5003 iif=" uplink " blackhole;" \
           "rule 13700 pref=33000 from=" address ";"
#define RULES     RULES_OF ("ppp0", "10.64.0.9")
#define LANS_RULE "rule 13699 pref=5002;"
#define ROUTE     "route default dev ppp0 via 10.64.64.64 onlink table 13700;"
#define END \
  "unreachable default metric 4278198272 table 13700;" \
  "blackhole 192.168.137.0/24 metric 4278198272 table 13699;" LANS_RULE
#define WAY    "route 192.168.137.0/24 dev lan0 table 13699;"
#define REST   PPP0 RULES ROUTE END
#define OLD    "link lan0;" PPP0
#define GOOD   "link lan0 addr=192.168.137.1/24 fwd=1;" WAY REST
#define SHARED "info shared lan0: lan0 is shared via ppp0; "
#define NOBODY SHARED "no client has asked for an address yet"

typedef struct
{
  const char *requests;
  const char *before; /* what the plan was made in */
  const char *now;    /* NULL: the same */
  const char *facts;
  const char *findings;
} FindingRow;

/* Diagnoses @plan in the network @now. Facts are "KEY[=VALUE]; ..."; findings
 * "SEVERITY CODE SUBJECT: MESSAGE", and " [REMEDY]" if there is one, a line each. */
void assert_findings (const CsPlan *plan,
                      const CsSnapshot *now,
                      const char *facts,
                      const char *expected);
/* What @check alone finds about @share (nullable: the host). */
void assert_findings_of (void (*check) (CsWalk *walk),
                         const CsSharePlan *share,
                         const CsPlan *plan,
                         const CsSnapshot *now,
                         const char *facts,
                         const char *expected);
void assert_finding_row (const FindingRow *row, const CsPlan *plan);
void assert_finding_rows (const FindingRow *rows, gsize count);
