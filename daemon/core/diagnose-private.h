/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of the diagnosis: the walk, and its checks. Each check adds what it finds
 * and knows nothing of the others. */
#pragma once

#include "diagnose.h"

#define CS_JOURNAL "\"journalctl -u connshared\""

typedef struct
{
  const CsPlan *plan;
  const CsSnapshot *snapshot;
  CsFacts *facts;
  GPtrArray *findings; /* of CsFinding (owned) */

  /* of the share that is walked now */
  const CsSharePlan *share;  /* (nullable) none yet */
  const CsShareFacts *found; /* (nullable) likewise */
  const CsInterface *lan;    /* (nullable) */
  const CsInterface *uplink; /* (nullable) */
} CsWalk;

/* @message and @remedy are taken over. */
void cs_walk_add (CsWalk *walk,
                  CsSeverity severity,
                  const char *code,
                  char *message,
                  char *remedy);

/* diagnose-host.c */
void cs_walk_check_any_share (CsWalk *walk);
void cs_walk_check_nftables (CsWalk *walk);
void cs_walk_check_dnsmasq (CsWalk *walk);
void cs_walk_check_polkit (CsWalk *walk);
void cs_walk_check_network_manager (CsWalk *walk);
void cs_walk_check_seized (CsWalk *walk);
void cs_walk_check_ip_forward (CsWalk *walk);

/* diagnose-lan.c */
void cs_walk_check_state (CsWalk *walk);
void cs_walk_check_link (CsWalk *walk);
void cs_walk_check_plan (CsWalk *walk);
void cs_walk_check_repairs (CsWalk *walk);
void cs_walk_check_dhcp (CsWalk *walk);
void cs_walk_check_name_server (CsWalk *walk);

/* diagnose-uplink.c */
void cs_walk_check_blocks (CsWalk *walk);
void cs_walk_check_mtu (CsWalk *walk);
void cs_walk_check_upstream (CsWalk *walk);
void cs_walk_check_replies (CsWalk *walk);
void cs_walk_check_clients (CsWalk *walk);

/* Whether addresses, DHCP and DNS of the LAN are ours. */
gboolean cs_walk_serves_lan (const CsWalk *walk);
