/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the network is at one moment, as plain values: links, addresses, routes and rules
 * as the kernel has them, and what NetworkManager says of them. Made by a CsMonitor (or
 * by a test, by hand), read by the plan. */
#pragma once

#include "cidr.h"
#include "firewall.h"

/* The routing tables of the shares: a share takes the lowest free one from CS_TABLE_FIRST
 * on. What is in them says nothing about the network. */
#define CS_TABLE_FIRST 13700
#define CS_TABLE_COUNT 1000
#define CS_TABLE_MAIN  254

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

/* How NetworkManager stands to a device. */
typedef enum
{
  CS_MANAGED_NO,       /* unknown to it, unmanaged, or it does not run */
  CS_MANAGED_EXTERNAL, /* it only looks on: "connected (externally)" */
  CS_MANAGED_YES,
} CsManaged;

/* What a Wi-Fi device does, by the profile that is active on it. */
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
  CS_CHANNEL_RADAR,     /* only one that listens for radar (DFS) */
  CS_CHANNEL_FORBIDDEN, /* in this region, or by this hardware */
} CsChannelUse;

typedef struct
{
  guint number;
  CsChannelUse use;
} CsChannel;

typedef struct
{
  CsCidr local; /* address with the prefix length of its network; for a point-to-point
                   address the prefix is the peer's */
  guint32 peer; /* 0: none */
} CsAddress;

typedef struct
{
  CsCidr destination; /* prefix 0: default */
  guint32 gateway;    /* 0: on link */
  guint32 source;     /* preferred source, 0: none */
  guint32 metric;
  int ifindex;      /* 0 for unreachable and the like */
  guint32 table;    /* 254: main */
  gboolean unicast; /* else unreachable, blackhole, local, ... */
  gboolean onlink;  /* the gateway is on link whatever the addresses say */
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
  int master;        /* ifindex of the bridge or bond that it is a port of, or 0 */
  GArray *addresses; /* (owned) of CsAddress, IPv4, in the kernel's order */

  /* what the kernel's net.ipv4.conf.IF.* say; -1: cannot be read */
  int forwarding;
  int rp_filter;     /* the effective one: the larger of conf/all and conf/IF */
  int rp_filter_own; /* conf/IF alone: what to put back */

  char *zone; /* (owned) (nullable) of firewalld; NULL: none, or it does not run */

  /* what NetworkManager says; unset where it does not run */
  CsManaged managed;
  char *label;                /* (owned) (nullable) vendor and product, for people */
  char *connection_id;        /* (owned) (nullable) active profile */
  char *connection_uuid;      /* (owned) (nullable) */
  char *connection_path;      /* (owned) (nullable) D-Bus path of the active connection */
  gboolean connection_shared; /* its ipv4.method is "shared" */
  gboolean connection_ours;   /* it is the profile that lan-profile made */
  gboolean disconnected;      /* it has no connection since the user ended the last one */
  gboolean changing;          /* one connection ends, or another begins: neither counts */
  char *carries;              /* (owned) (nullable) the interface that the device's active
                                 profile made and belongs to: ppp0 on a PPPoE's eth0 */
  guint32 gateway;            /* 0: none */
  char **dns;                 /* (owned) (nullable) IPv4 name servers */

  /* of a Wi-Fi device */
  CsWifiUse wifi_use;
  gboolean wifi_off;        /* its radio is switched off */
  gboolean no_access_point; /* it cannot be one */
  GArray *channels;         /* (owned) (nullable) of CsChannel; NULL: not known */
  char *region;             /* (owned) (nullable) "DE", "00" for the whole world */
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
  gboolean hung_up; /* it was up and the user ended it */
} CsProfile;

/* What another firewall did not let us open. */
typedef struct
{
  char *lan;   /* (owned) for this one */
  char *table; /* (owned) as in CsFilterChain */
  char *words; /* (owned) why */
} CsRefusal;

typedef struct
{
  gint64 now;            /* g_get_monotonic_time (), microseconds */
  char *host_name;       /* (owned) (nullable) */
  GPtrArray *profiles;   /* (owned) of CsProfile (owned) */
  GPtrArray *interfaces; /* (owned) of CsInterface (owned), by ifindex */
  GArray *routes;        /* (owned) of CsRoute, IPv4, all tables but local */
  GArray *rule_tables;   /* (owned) of guint32: for each policy rule its table */
  gboolean nm_running;
  char *primary;        /* (owned) (nullable) ip-interface of the primary connection */
  char **resolv_dns;    /* (owned) IPv4 servers of /etc/resolv.conf less loopback */
  guint dns_port;       /* 53, or where a name server can listen when some other
                           program holds port 53 of the wildcard address */
  gboolean firewalld;   /* it runs, and has a zone for sharing */
  gboolean legacy;      /* the filter table of iptables-legacy is in use ... */
  gboolean legacy_tool; /* ... its program is there ... */
  CsFirewall *legacy_filter; /* (owned) (nullable) ... and its rules; NULL: not known */
  CsFirewall *firewall; /* (owned) (nullable) others' packet filters; NULL: not known */
  GPtrArray *refusals;  /* (owned) of CsRefusal (owned) */
  char *filter_changed; /* (owned) (nullable) the program that has changed or removed our
                           own table since we made it */
} CsSnapshot;

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
void cs_interface_free (CsInterface *interface);
/* Whether @interface has this very address, prefix length included. */
gboolean cs_interface_has_address (const CsInterface *interface, CsCidr address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsInterface, cs_interface_free)

/* (nullable) The profile with this UUID or id; of several with the id, one that is up. */
const CsProfile *cs_snapshot_find_profile (const CsSnapshot *snapshot, const char *name);
/* (nullable) */
const CsInterface *cs_snapshot_find (const CsSnapshot *snapshot, const char *name);
const CsInterface *cs_snapshot_find_index (const CsSnapshot *snapshot, int ifindex);
const char *cs_kind_to_string (CsKind kind);
gboolean cs_table_is_ours (guint32 table);
/* The network that is on link by @address; with a peer, the peer's. */
CsCidr cs_address_network (const CsAddress *address);
