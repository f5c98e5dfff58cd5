/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host must look like for one share: everything that the steps need, both to put
 * it in force and to undo it. What was found before the first change is part of it, and
 * is carried over from the plan before, so the ledger is nothing but the plans in force.
 */
#pragma once

#include "ipv6-plan.h"

#include "core/value/place.h"
#include "core/value/reason.h"
#include "core/value/request.h"
#include "core/value/damping.h"
#include "core/value/snapshot.h"

/* Marks our rules and routes ("proto 137" in the words of ip(8)). The kernel gives no
 * meaning to numbers from RTPROT_STATIC on, and neither linux/rtnetlink.h nor iproute2's
 * rt_protos gives this one to anybody else. */
#define CS_ROUTE_PROTOCOL 137
/* Priority of the LANs' policy rules: behind "local", before everything that usual
 * programs add (Tailscale 5210, NetworkManager 30000s, wg-quick 32764). */
#define CS_RULE_PRIORITY 5000
/* For rules that an uplink needs once, around those of all LANs. */
#define CS_SKIP_RULE_PRIORITY   4999
#define CS_UPLINK_RULE_PRIORITY 5001
/* Into the table of all LANs. */
#define CS_LANS_RULE_PRIORITY 5002
/* The end of what comes in by an uplink that forwards only for shares. */
#define CS_SEAL_RULE_PRIORITY 5003
/* Set on packets of clients to ports that another program publishes, and on their flows:
 * see core/render/ruleset.c. A single bit that others are not known for. */
#define CS_PUBLISHED_MARK 0x10000000
/* For rules that only concern packets for which no other table has a route: behind
 * "main" and "default". */
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
  CS_LAN_METHOD_ABSENT,  /* the device is gone: no address now */
  CS_LAN_METHOD_KEEP,    /* keep-lan: not our business */
  CS_LAN_METHOD_PROFILE, /* a volatile NetworkManager profile */
  CS_LAN_METHOD_ADDRESS, /* rtnetlink: NetworkManager does not manage the device */
} CsLanMethod;

/* Who has the LAN: somebody to whom the user has given it since it was ours, or
 * nobody. While it is not ours, it is absent for us. */
typedef enum
{
  CS_LAN_TAKEN_NOT,
  CS_LAN_TAKEN_OTHERS,       /* another profile is active on it: until that one ends */
  CS_LAN_TAKEN_DISCONNECTED, /* nobody: until the user asks for the share again */
  CS_LAN_TAKEN_UNAVAILABLE,  /* nobody: NetworkManager cannot use it for now */
} CsLanTaken;

/* Shared by reference between plans: copied before it is changed if others may hold
 * it. */
typedef struct
{
  gatomicrefcount references;
  char *lan; /* (owned) */
  /* The share cannot be planned, so no packets may get out: it only has the LAN's
   * rules and chains, and the unreachable route. */
  gboolean closed;
  CsState state;
  CsReason reason;
  char *message; /* (owned) StateMessage */

  char *uplink;                 /* (owned) (nullable) none right now */
  int lan_ifindex;              /* 0: absent */
  gboolean lan_wireless;        /* it is a Wi-Fi device */
  int uplink_ifindex;           /* 0: none */
  guint uplink_mtu;             /* bytes, of an IP packet; 0: the LAN's are no larger */
  gboolean uplink_rules_shared; /* an older share has the uplink's policy rules already */
  gboolean uplink_sealed;       /* only shares forward what comes in by it */
  GArray *uplink_addresses;     /* (owned) of CsCidr: what its flows are masqueraded to;
                                   those of IPv4 come first */

  /* Earlier ones, which may return, and late replies with them: the newest first. */
  GArray *former_addresses; /* (owned) of CsCidr: what flows were masqueraded to */
  char **former_uplinks;    /* (owned) (nullable) for each of these the uplink */

  char *dial; /* (owned) (nullable) UUID of a profile of NetworkManager to bring up */

  CsLanMethod lan_method;
  CsLanTaken lan_taken;
  CsCidr address;    /* of the gateway; prefix 0 with keep-lan, unless names are ours */
  GArray *subnets;   /* (owned) of CsCidr: whose packets are masqueraded; with keep-lan
                        the networks of the LAN's addresses and the routes behind it */
  GArray *elsewhere; /* (owned) of CsCidr: parts of .subnets, with keep-lan, that the host
                        reaches by another interface */
  guint table;       /* routing table of the share, kept while it lives */
  guint displaced;   /* how far in front of their usual priority the policy rules are */
  GArray *routes;    /* (owned) of CsRoute for that table, less the unreachable one */

  CsHotspot
      hotspot; /* CS_LAN_METHOD_PROFILE on a Wi-Fi device: the access point that it is */

  guint dns_port;      /* where dnsmasq listens; clients always ask port 53 */
  guint lan_mtu;       /* MTU option for clients, 0: not needed */
  GArray *dns;         /* (owned) of CsAddress: name servers, asked through the uplink,
                          except those of this computer itself (loopback) */
  char **allow_rebind; /* (owned) (nullable) domains that may have private addresses */
  char *host_name;     /* (owned) (nullable) this computer's; no client may have it */
  char **reservations; /* (owned) (nullable) see reservation.h */
  char **blocked;      /* (owned) (nullable) clients, by MAC address */
  guint64 limit;       /* bytes, both directions of all clients; 0: none */
  guint limit_month;   /* in this one, as cs_month_number (); 0: in all */
  guint64 rate;        /* bits per second for each client and direction; 0: no limit */
  guint max_clients;   /* that get an address; 0: as many as there are */
  char **dhcp_options; /* (owned) (nullable) for clients, see dhcp-option.h */
  gboolean maps;       /* ports of the uplink's addresses lead to clients; which, no plan
                          knows */
  gboolean upnp;       /* clients may ask for ports themselves, on the LAN */
  gboolean metered;    /* clients learn that the uplink's traffic costs money */
  char *domain;        /* (owned) (nullable) where its name and those of clients are */

  /* What the share has just left, guarded until the next step has undone it: networks
   * whose flows end, and an uplink whose forwarding is switched off. */
  GArray *left_networks; /* (owned) of CsCidr */
  char *left_uplink;     /* (owned) (nullable) */

  guint open; /* places for accepts, CS_PLACE_BIT () of each */

  char *zone;        /* (owned) (nullable) of firewalld, that the LAN is put into */
  char *found_zone;  /* (owned) (nullable) the one that it was in; none */
  char **blocked_by; /* (owned) (nullable) others' packet filters that stay in the way */
  char *ports_blocked_by;  /* (owned) (nullable) the one in the way of port mappings, */
  char *ports_blocked_by6; /* (owned) (nullable) and of those by IPv6 */

  /* For the next plan. */
  char *better;         /* (owned) (nullable) a preferred uplink that is back ... */
  gint64 better_since;  /* ... since then, as CsSnapshot.now */
  CsDamping damping;    /* how restless the uplink is */
  gboolean asked_again; /* set by the engine: the user has requested this share again, so
                           what the user did against it before no longer counts */

  /* What was found before the first change of each; NULL or FALSE: not changed. */
  gboolean publishes;       /* see cs_share_plan_publishes () */
  gboolean host_forwards;   /* net.ipv4.ip_forward, then and since */
  char *found_connection;   /* (owned) (nullable) UUID active on the LAN before */
  gboolean found_link_down; /* CS_LAN_METHOD_ADDRESS: the LAN was switched off */
  gboolean found_address;   /* CS_LAN_METHOD_ADDRESS: the LAN had exactly this address */
  char *found_lan_forwarding;    /* (owned) (nullable) "0" or "1" */
  char *found_uplink_forwarding; /* (owned) (nullable) */
  char *found_uplink_rp_filter;  /* (owned) (nullable) set to "2" where it was strict */
  char *found_src_valid_mark;    /* (owned) (nullable) of all interfaces, set to "1" */

  CsIpv6Plan ipv6;

  GError *error; /* (owned) (nullable) why it cannot be planned: then state is failed and
                    nothing of it is applied, unless it is closed */
} CsSharePlan;

/* An empty one: starting, without a device. */
CsSharePlan *cs_share_plan_new (const char *lan);
/* @plan is nullable. */
CsSharePlan *cs_share_plan_ref (CsSharePlan *plan);
CsSharePlan *cs_share_plan_copy (const CsSharePlan *plan);
/* What is in force according to @plan, with what users and the next plan see of
 * @words. */
CsSharePlan *cs_share_plan_restate (const CsSharePlan *plan, const CsSharePlan *words);
/* What refuses the clients of @plan's LAN, and nothing else: starting, in its table. */
CsSharePlan *cs_share_plan_close (const CsSharePlan *plan);
/* @plan without what it has about certain clients, for whoever may not see them. */
CsSharePlan *cs_share_plan_without_clients (const CsSharePlan *plan);
/* NULL for a plan that is nothing but an error, otherwise @plan, which is nullable:
 * what of it is applied. */
const CsSharePlan *cs_share_plan_applied (const CsSharePlan *plan);
/* Whether what comes in by the LAN is the share's business: not while the user has
 * given it another connection. */
gboolean cs_share_plan_guards (const CsSharePlan *plan);
/* Whether the LAN gets addresses, by DHCP, and names from us. */
gboolean cs_share_plan_serves (const CsSharePlan *plan);
/* Whether the LAN gets names from us, whoever gives it addresses. */
gboolean cs_share_plan_resolves (const CsSharePlan *plan);
/* The first name server of this computer itself, which asks others by whatever way it
 * likes; NULL: there is none. */
const CsAddress *cs_share_plan_own_server (const CsSharePlan *plan);
/* Whether clients reach what other programs publish at this computer's addresses and
 * lead elsewhere: only if it forwards without us, and somebody leads packets there. */
gboolean cs_share_plan_publishes (const CsSharePlan *plan);
/* Whether ports of its uplink may lead to clients now. */
gboolean cs_share_plan_maps (const CsSharePlan *plan);
/* Whether its table leads packets of @family to its uplink. */
gboolean cs_share_plan_has_way_out (const CsSharePlan *plan, int family);
/* Whether a client can have that address (of IPv4), and is on the LAN then: it is one of
 * its networks, and not the network's own, its broadcast or the gateway's. */
gboolean cs_share_plan_can_hold (const CsSharePlan *plan, CsAddress address);
/* Whether its uplink has to forward: not without a LAN to forward to. */
gboolean cs_share_plan_forwards (const CsSharePlan *plan);
/* Whether its uplink forwards only because of it. */
gboolean cs_share_plan_guards_uplink (const CsSharePlan *plan);
/* Whether the host needs no change from @a to @b. Both are nullable; one that is
 * nothing but an error counts as none. state, reason and message are for users and do
 * not count. */
gboolean cs_share_plan_equal (const CsSharePlan *a, const CsSharePlan *b);
/* Whether they are the same in everything, including words. */
gboolean cs_share_plan_same (const CsSharePlan *a, const CsSharePlan *b);
void cs_share_plan_unref (CsSharePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSharePlan, cs_share_plan_unref)

/* Everything that undoing needs, in @group of @file, which only root may read: it has
 * the passphrase of an access point; see ledger-plan.h. */
void
cs_share_plan_to_key_file (const CsSharePlan *plan, GKeyFile *file, const char *group);
/* Sets what the group says; nothing is checked but the kinds of values. */
gboolean cs_share_plan_read_fields (CsSharePlan *plan,
                                    GKeyFile *file,
                                    const char *group,
                                    GError **error);

const char *cs_state_to_string (CsState state);
