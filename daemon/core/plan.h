/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host must look like, computed from requests and a snapshot, without side
 * effects. A share's plan says all that the steps need, both to bring it about and to
 * take it back: what was found before the first change is part of it, is carried over
 * from the plan before, and so the ledger is nothing but the plans in force. */
#pragma once

#include "request.h"
#include "settle.h"
#include "snapshot.h"

/* Priority of the LANs' policy rules: behind "local", before everything that usual
 * programs add (Tailscale 5210, NetworkManager 30000s, wg-quick 32764). */
#define CS_RULE_PRIORITY 5000
/* Of what an uplink needs once, around the LANs' of all shares. */
#define CS_SKIP_RULE_PRIORITY   4999
#define CS_UPLINK_RULE_PRIORITY 5001
/* Of those that are only for packets that no other table has a route for: behind "main"
 * and "default". */
#define CS_LAST_RULE_PRIORITY 33000
/* Metric of the unreachable route behind the uplink's default. */
#define CS_UNREACHABLE_METRIC 4278198272u

typedef enum
{
  CS_STATE_STARTING,
  CS_STATE_ACTIVE,
  CS_STATE_WAITING,
  CS_STATE_FAILED,
} CsState;

/* How the LAN gets its gateway address. */
typedef enum
{
  CS_LAN_ABSENT,  /* the device is gone: no address now */
  CS_LAN_KEEP,    /* keep-lan: not our business */
  CS_LAN_PROFILE, /* a volatile NetworkManager profile */
  CS_LAN_ADDRESS, /* rtnetlink: NetworkManager does not manage the device */
} CsLanMethod;

/* Whom the user has given the LAN since it was ours. While it is not ours it is absent
 * for us. */
typedef enum
{
  CS_LAN_OURS,
  CS_LAN_OTHERS,       /* another profile is active on it: until that one ends */
  CS_LAN_DISCONNECTED, /* nobody: until the user asks for the share again */
} CsLanTaken;

/* Shared by reference between plans: who changes one that others may hold copies it. */
typedef struct
{
  gatomicrefcount references;
  char *lan; /* (owned) */
  /* It cannot be what it should, and so nobody's packets go anywhere: there are just the
     LAN's rules and chains, and the unreachable route. */
  gboolean closed;
  CsState state;
  char *reason;  /* (owned) StateReason */
  char *message; /* (owned) StateMessage */

  char *uplink;             /* (owned) (nullable) none right now */
  int lan_ifindex;          /* 0: absent */
  int uplink_ifindex;       /* 0: none */
  guint uplink_mtu;         /* bytes, of an IP packet; 0: the LAN's are no larger */
  gboolean uplink_led;      /* an older share has the uplink's policy rules already */
  GArray *uplink_addresses; /* (owned) of CsCidr: what its flows are masqueraded to */

  char *dial; /* (owned) (nullable) UUID of a profile of NetworkManager to bring up */

  CsLanMethod lan_method;
  CsLanTaken lan_taken;
  CsCidr address;  /* of the gateway; prefix 0 with keep-lan */
  GArray *subnets; /* (owned) of CsCidr: whose packets are masqueraded; with keep-lan
                      the networks of the LAN's addresses and the routes behind it */
  guint table;     /* routing table of the share, kept while it lives */
  GArray *routes;  /* (owned) of CsRoute for that table, less the unreachable one */

  CsHotspot hotspot; /* CS_LAN_PROFILE on a Wi-Fi device: the access point that it is */

  guint dns_port; /* where dnsmasq listens; clients always ask port 53 */
  guint lan_mtu;  /* MTU option for clients, 0: not needed */
  char **dns;     /* (owned) (nullable) name servers, asked through the uplink */

  char **open; /* (owned) (nullable) places for accepts, see opening.h */

  char *zone;        /* (owned) (nullable) of firewalld, that the LAN is put into */
  char *found_zone;  /* (owned) (nullable) the one that it was in; none */
  char **blocked_by; /* (owned) (nullable) others' packet filters that stay in the way */

  /* What the next plan wants to know. */
  char *better;        /* (owned) (nullable) a preferred uplink that is back ... */
  gint64 better_since; /* ... since then, as CsSnapshot.now */
  CsSettle settle;     /* how restless the uplink is */
  gboolean renewed;    /* set by the engine: the user has asked for this share again, so
                          what the user did against it before counts no more */

  /* What was found before the first change of each; NULL or FALSE: not changed. */
  char *found_connection;        /* (owned) (nullable) UUID active on the LAN before */
  gboolean found_link_down;      /* CS_LAN_ADDRESS: the LAN was switched off */
  gboolean found_address;        /* CS_LAN_ADDRESS: it had this very address */
  char *found_lan_forwarding;    /* (owned) (nullable) "0" or "1" */
  char *found_uplink_forwarding; /* (owned) (nullable) */
  char *found_uplink_rp_filter;  /* (owned) (nullable) set to "2" where it was strict */

  GError *error; /* (owned) (nullable) why it cannot be planned: then state is failed and
                    nothing of it is applied, unless it is closed */
} CsSharePlan;

typedef struct
{
  GPtrArray *shares; /* (owned) of CsSharePlan (owned), in the order of the requests */
  gint64 wake_at;    /* plan again then, as CsSnapshot.now; 0: when something changes */
} CsPlan;

/* @requests of CsRequest, oldest first; @previous is what is in force (nullable). */
CsPlan *cs_plan_new (const GPtrArray *requests,
                     const CsSnapshot *snapshot,
                     const CsPlan *previous);
/* What one more share, by @request, would be beside those of @plan, which are in force:
 * its plan (transfer full), which may be nothing but an .error. @requests as above, those
 * of @plan. */
CsSharePlan *cs_plan_one_more (const CsPlan *plan,
                               const GPtrArray *requests,
                               const CsRequest *request,
                               const CsSnapshot *snapshot);
CsPlan *cs_plan_new_empty (void);
/* With the same shares, by reference. */
CsPlan *cs_plan_copy (const CsPlan *plan);
CsSharePlan *cs_plan_find (const CsPlan *plan, const char *lan);
void cs_plan_free (CsPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPlan, cs_plan_free)

/* One that says nothing yet: starting, without a device. */
CsSharePlan *cs_share_plan_new (const char *lan);
CsSharePlan *cs_share_plan_ref (CsSharePlan *plan);
CsSharePlan *cs_share_plan_copy (const CsSharePlan *plan);
/* What is in force by @plan, with what people and the next plan see of @words. */
CsSharePlan *cs_share_plan_restate (const CsSharePlan *plan, const CsSharePlan *words);
/* What refuses the clients of @plan's LAN, and does nothing else: starting, in its table.
 */
CsSharePlan *cs_share_plan_close (const CsSharePlan *plan);
/* NULL for a plan that is nothing but an error, else @plan, which is nullable: what of it
 * is applied. */
const CsSharePlan *cs_share_plan_applied (const CsSharePlan *plan);
/* Whether what comes in by the LAN is the share's business: not while the user has given
 * it another connection. */
gboolean cs_share_plan_guards (const CsSharePlan *plan);
/* Whether the host needs no change from @a to @b. Both nullable; one that is nothing but
 * an error is as none. state, reason and message are for people and do not count. */
gboolean cs_share_plan_equal (const CsSharePlan *a, const CsSharePlan *b);
/* Whether they are the same in everything, words included. */
gboolean cs_share_plan_same (const CsSharePlan *a, const CsSharePlan *b);
void cs_share_plan_unref (CsSharePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSharePlan, cs_share_plan_unref)

/* All that undoing needs, in @group of @file, which only root may read: it has the
 * passphrase of an access point. Reading counts the file as hostile. */
void
cs_share_plan_to_key_file (const CsSharePlan *plan, GKeyFile *file, const char *group);
CsSharePlan *
cs_share_plan_from_key_file (GKeyFile *file, const char *group, GError **error);

const char *cs_state_to_string (CsState state);
/* A policy rule: one of .iif, .oif and .source selects. */
typedef struct
{
  guint32 priority;
  guint32 skip_to; /* priority of the rule to go on with; 0: into the share's table */
  const char *iif; /* unowned (nullable) */
  const char *oif; /* unowned (nullable) */
  guint32 source;  /* 0: any */
} CsPolicyRule;

/* Of CsPolicyRule, whose names are those of @plan. */
GArray *cs_share_plan_list_rules (const CsSharePlan *plan);

/* "default via 192.0.2.1 dev ppp0 table 13700" and so on, rules first: strv, owned. */
char **cs_share_plan_describe_routes (const CsSharePlan *plan);
/* "net.ipv4.conf.lan0.forwarding = 1" and so on: strv, owned. */
char **cs_share_plan_describe_sysctls (const CsSharePlan *plan);
/* What is changed in other programs' packet filters, a line each: strv, owned, empty if
 * none needs it. */
char **cs_share_plan_describe_openings (const CsSharePlan *plan);
