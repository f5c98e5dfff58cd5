/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network at one moment, as plain values: links, addresses, routes and rules of
 * the kernel, and what NetworkManager says about them. Made by a CsMonitor (or by hand
 * in a test), read by the plan. */
#pragma once

#include "cidr.h"
#include "data-usage.h"
#include "firewall.h"
#include "ipv6.h"

/* The routing tables of the shares: a share takes the lowest free one from CS_TABLE_FIRST
 * on. What is in them says nothing about the network. */
#define CS_TABLE_FIRST 13700
#define CS_TABLE_COUNT 1000
#define CS_TABLE_MAIN  254
/* Of the networks of all LANs, see lan-table.h. */
#define CS_TABLE_LANS (CS_TABLE_FIRST - 1)

/* Of CsSnapshot.ways_out, where that is no ifindex. */
#define CS_HALVES      2
#define CS_WAY_NONE    0    /* no route, or it ends in this computer */
#define CS_WAY_REFUSED (-1) /* a route that says so: unreachable, prohibit, blackhole */

typedef enum
{
  CS_KIND_OTHER,
  CS_KIND_ETHERNET,
  CS_KIND_WIFI,
  CS_KIND_MOBILE,
  CS_KIND_PPP,
  CS_KIND_VPN,
  CS_KIND_BRIDGE,
  CS_KIND_LOOPBACK,
} CsKind;

/* NetworkManager's relation to a device. */
typedef enum
{
  CS_MANAGED_NO,       /* unknown to it, unmanaged, or it does not run */
  CS_MANAGED_EXTERNAL, /* it only looks on: "connected (externally)" */
  CS_MANAGED_YES,
} CsManaged;

/* What a Wi-Fi device does, according to the profile that is active on it. */
typedef enum
{
  CS_WIFI_IDLE,
  CS_WIFI_STATION,
  CS_WIFI_ACCESS_POINT,
} CsWifiUse;

/* Whether an access point may begin on a channel. */
typedef enum
{
  CS_CHANNEL_FREE,
  CS_CHANNEL_RADAR,     /* only after listening for radar (DFS) */
  CS_CHANNEL_FORBIDDEN, /* in this region, or by this hardware */
} CsChannelUse;

typedef struct
{
  guint number;
  CsChannelUse use;
} CsChannel;

typedef struct
{
  CsCidr local;   /* address with the prefix length of its network; for a point-to-point
                     address the prefix is the peer's */
  CsAddress peer; /* may be unset */
} CsInterfaceAddress;

/* What becomes of a packet that a route leads nowhere. */
typedef enum
{
  CS_END_ERROR,   /* unreachable and the like: its sender is told */
  CS_END_SILENCE, /* blackhole */
  CS_END_GO_ON,   /* throw: the next policy rule applies */
} CsRouteEnd;

typedef struct
{
  CsCidr destination; /* prefix 0: default */
  CsAddress gateway;  /* unset: on link; of either family (RFC 8950) */
  CsAddress source;   /* preferred source; may be unset */
  guint32 metric;
  int ifindex;      /* 0 for unreachable and the like */
  guint32 table;    /* 254: main */
  gboolean unicast; /* else unreachable, blackhole, local, ... */
  gboolean onlink;  /* the gateway is on link whatever the addresses say */
  CsRouteEnd end;   /* of what is not unicast */
} CsRoute;

typedef struct
{
  char *name; /* (owned) */
  int ifindex;
  guint mtu;
  CsKind kind;
  gboolean up;      /* IFF_UP: switched on */
  gboolean carrier; /* IFF_LOWER_UP: plugged in */
  gboolean point_to_point;
  int master;         /* ifindex of the bridge or bond that it is a port of, or 0 */
  GArray *addresses;  /* (owned) of CsInterfaceAddress, IPv4, in the kernel's order */
  GArray *addresses6; /* (owned) of CsIpv6Address, in the kernel's order */
  CsIpv6Conf ipv6;    /* not known if the kernel does no IPv6 there at all */
  GArray *delegated; /* (owned) of CsCidr: prefixes that are delegated to this computer by
                        this interface, of at most 64 bits; the longest-lived first */

  /* what the kernel's net.ipv4.conf.IF.* say; -1: cannot be read */
  int forwarding;
  int rp_filter;     /* the effective one: the larger of conf/all and conf/IF */
  int rp_filter_own; /* conf/IF alone: what to put back */

  char *zone; /* (owned) (nullable) of firewalld; NULL: none, or it does not run */

  /* from NetworkManager; unset if it is not running */
  CsManaged managed;
  char *label;                /* (owned) (nullable) vendor and product, for people */
  char *connection_id;        /* (owned) (nullable) active profile */
  char *connection_uuid;      /* (owned) (nullable) */
  char *connection_path;      /* (owned) (nullable) D-Bus path of the active connection */
  gboolean connection_shared; /* its ipv4.method is "shared" */
  gboolean connection_ours;   /* it is the profile made by lan-profile */
  gboolean connection_auto;   /* NetworkManager has activated it by itself, and the user
                                 has not ended ours before */
  gboolean disconnected;      /* it has no connection since the user ended the last one */
  gboolean asleep;      /* managed else: networking is off, or the computer sleeps */
  gboolean unavailable; /* a Wi-Fi device without its supplicant, mostly, for now */
  gboolean metered;     /* its traffic is limited or costs money, as it says or guesses */
  gboolean changing;    /* one connection ends, or another begins: neither counts */
  char *carries;        /* (owned) (nullable) the interface that the device's active
                           profile made and belongs to: ppp0 on a PPPoE's eth0 */
  CsAddress gateway;    /* may be unset */
  GArray *dns;          /* (owned) of CsAddress: name servers */

  /* of a Wi-Fi device */
  CsWifiUse wifi_use;
  gboolean wifi_off;        /* its radio is switched off */
  gboolean no_access_point; /* it cannot be one */
  GArray *channels;         /* (owned) (nullable) of CsChannel; NULL: not known */
  char *region;             /* (owned) (nullable) "DE", "00" for the whole world */
  guint radio;              /* of several interfaces it may be one; 0: not known */
  guint ap_with_station;    /* on how many channels this radio can be an access point and
                               a station at once ... */
  gboolean ap_with_station_known;
  guint station_channel; /* that its network is on, if the radio has other interfaces,
                            too; 0: it is in none, or not known */
} CsInterface;

typedef enum
{
  CS_PROFILE_DOWN,
  CS_PROFILE_GOING,  /* deactivating */
  CS_PROFILE_COMING, /* activating */
  CS_PROFILE_UP,
} CsProfileState;

/* A connection profile of NetworkManager. */
typedef struct
{
  char *id;        /* (owned) */
  char *uuid;      /* (owned) */
  char *interface; /* (owned) (nullable) its ip-interface, while it is up */
  CsProfileState state;
  gint64
      failed_at; /* when its last activation failed, as CsSnapshot.now; 0: it did not */
  char *failure; /* (owned) (nullable) why, in words */
  gboolean ppp_failed; /* because of pppd, which has a log of its own */
  gboolean hung_up;    /* it was up and the user ended it */
} CsProfile;

/* A policy rule, as much of it as ours have, and what may be meant for clients. */
typedef struct
{
  gboolean ipv6;
  char iif[16];  /* IFNAMSIZ; "": any */
  char oif[16];  /* likewise */
  CsCidr source; /* unset: any */
  guint32 priority;
  guint32 mark;    /* of packets; 0: any */
  guint32 skip_to; /* priority of the rule to go on with; 0: the action is not goto */
  gboolean ends;   /* the action is blackhole */
  guint32 table;   /* of a lookup, or only written on a goto or blackhole; 0: another */
  guint8 protocol; /* RTPROT_*: who made it */
} CsRule;

/* Packets to a LAN, or from its clients, that the kernel would route elsewhere. */
typedef struct
{
  gboolean from_clients;
  int lan_ifindex;
  int ifindex;   /* where it goes */
  guint32 table; /* of the route that says so */
} CsAstray;

/* What another firewall did not let us open. */
typedef struct
{
  char *lan;   /* (owned) for this one */
  char *table; /* (owned) as in CsFilterChain */
  char *words; /* (owned) why */
} CsRefusal;

/* Where the shares' name servers listen; clients ask port 53, and whoever has that
 * does not get in the way. Below 1024 (net.ipv4.ip_unprivileged_port_start), because
 * any user may share a higher UDP port by SO_REUSEADDR, and the last to bind it gets
 * the queries. IANA has assigned none of these, and bindresvport () uses higher ones. */
#define CS_OWN_DNS_FIRST     249
#define CS_OWN_DNS_LAST      255
#define CS_OWN_DNS_BIT(port) (1u << ((port)-CS_OWN_DNS_FIRST))

typedef struct
{
  gint64 now;             /* g_get_monotonic_time (), microseconds */
  guint month;            /* by the local time, as cs_month_number () */
  GPtrArray *usages;      /* (owned) of CsDataUsage (owned) */
  char **mapped;          /* (owned) (nullable) LANs that have port mappings */
  char *host_name;        /* (owned) (nullable) */
  GPtrArray *profiles;    /* (owned) of CsProfile (owned) */
  GPtrArray *interfaces;  /* (owned) of CsInterface (owned), by ifindex */
  GArray *routes;         /* (owned) of CsRoute, IPv4, all tables but local */
  GArray *routes6;        /* (owned) of CsRoute, IPv6, of main and of those tables of ours
                             to which a rule leads; none about link-local addresses */
  GArray *rules;          /* (owned) of CsRule, both families, in the order that holds */
  GArray *astray;         /* (owned) of CsAstray */
  gboolean valid_marks;   /* net.ipv4.conf.all.src_valid_mark */
  gboolean host_forwards; /* net.ipv4.ip_forward: for everybody, whatever we do */
  gboolean host_forwards6; /* net.ipv6.conf.all.forwarding */
  gboolean forces_ipv6;    /* the kernel can forward IPv6 for single interfaces */
  CsIpv6Conf ipv6_default; /* of interfaces to come; not known if that can be forced */
  CsCidr own_network6;     /* cs_ipv6_own_network () of this computer; unset: not known */
  /* ifindex by which the kernel sends what this computer itself says to the lower and to
     the upper half of the Internet (below 128.0.0.0, and the rest), or one of the above
   */
  int ways_out[CS_HALVES];
  int way_out6; /* likewise, to an address of IPv6 */
  gboolean nm_running;
  gboolean nm_starting; /* it may still activate what it finds */
  char *primary;        /* (owned) (nullable) ip-interface of the primary connection */
  GArray *resolv_dns;   /* (owned) of CsAddress: of /etc/resolv.conf less loopback */
  guint dns_port;       /* where a name server of ours can listen ... */
  guint32 dns_refused;  /* ... and where one could not: CS_OWN_DNS_BIT of each */
  gboolean firewalld;   /* it is running, and has a zone for sharing */
  gboolean legacy;      /* the filter table of iptables-legacy is in use ... */
  gboolean legacy_tool; /* ... its program is there ... */
  CsFirewall *legacy_filter; /* (owned) (nullable) ... and its rules, with those of its
                                other tables that filter; NULL: not known */
  gboolean legacy6;     /* ip6tables-legacy filters, too, by rules that we do not read */
  CsFirewall *firewall; /* (owned) (nullable) others' packet filters; NULL: not known */
  GPtrArray *refusals;  /* (owned) of CsRefusal (owned) */
  char *filter_changed; /* (owned) (nullable) the program that has changed or removed our
                           own table since we made it */
} CsSnapshot;

/* The earlier of two times as CsSnapshot.now; 0 means never. */
gint64 cs_earlier (gint64 a, gint64 b);

CsSnapshot *cs_snapshot_new (void);
void cs_snapshot_free (CsSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSnapshot, cs_snapshot_free)

CsRefusal *cs_refusal_new (const char *lan, const char *table, const char *words);
void cs_refusal_free (CsRefusal *refusal);
/* (nullable) */
const CsRefusal *
cs_refusals_find (const GPtrArray *refusals, const char *lan, const char *table);

CsProfile *cs_profile_new (const char *id, const char *uuid);
void cs_profile_free (CsProfile *profile);

CsInterface *cs_interface_new (const char *name, int ifindex);
/* With these addresses, of which the interface holds references. */
CsInterface *cs_interface_new_at (const char *name,
                                  int ifindex,
                                  GArray *addresses,
                                  GArray *addresses6);
void cs_interface_free (CsInterface *interface);
/* Whether NetworkManager shares it itself, by a profile that is not ours. */
gboolean cs_interface_is_shared_by_nm (const CsInterface *interface);
/* Whether @interface has exactly this address, prefix length included. */
gboolean cs_interface_has_address (const CsInterface *interface, CsCidr address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsInterface, cs_interface_free)

/* (nullable) The profile with this UUID or id; if several have the id, one that is up. */
const CsProfile *cs_snapshot_find_profile (const CsSnapshot *snapshot, const char *name);
/* (nullable) */
const CsInterface *cs_snapshot_find (const CsSnapshot *snapshot, const char *name);
const CsInterface *cs_snapshot_find_index (const CsSnapshot *snapshot, int ifindex);
const char *cs_kind_to_string (CsKind kind);
/* Whether @table is a share's, or that of all LANs; or a share's only. */
gboolean cs_table_is_ours (guint32 table);
gboolean cs_table_is_a_shares (guint32 table);
/* Whether a rule leads to @table, or a route is in it. */
gboolean cs_snapshot_has_table (const CsSnapshot *snapshot, guint32 table);
/* The network that is on link because of @address; with a peer, the peer's. */
CsCidr cs_interface_address_network (const CsInterfaceAddress *address);
