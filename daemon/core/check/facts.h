/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What probes found out about the host that no snapshot holds: by asking, and by
 * looking where nothing announces itself. Plain values; made by the probes of system/
 * (or by hand in a test), read by the diagnosis. */
#pragma once

#include "core/value/address.h"
#include "core/value/ipv6.h"

/* What has gone through a share since it started. */
typedef struct
{
  guint64 bytes_sent; /* by clients, to the uplink; IP bytes */
  guint64 bytes_received;
  guint64 packets_sent;
  guint64 packets_received;
} CsCounters;

/* What became of a query to a name server. */
typedef enum
{
  CS_DNS_REPLY_NOT_ASKED,
  CS_DNS_REPLY_GOOD,
  CS_DNS_REPLY_REFUSED, /* a name server that does not want to answer this question */
  CS_DNS_REPLY_FAILED,  /* one that cannot answer */
  CS_DNS_REPLY_CLOSED,  /* nothing listens there */
  CS_DNS_REPLY_NO_WAY,  /* the question could not be sent */
  CS_DNS_REPLY_NONE,    /* no reply in time */
} CsDnsReply;

/* About one share. */
typedef struct
{
  char *lan;              /* (owned) */
  int server_pid;         /* of the share's dnsmasq; 0: it is not running */
  CsDnsReply name_server; /* the same, when asked */
  gboolean server_alive;  /* it answers on the bus */
  GArray *upstream;       /* (owned) of CsDnsReply, for the plan's .dns one by one */
  gboolean translates;    /* one of these makes IPv6 addresses of IPv4's (DNS64) */
  char *dns_owner;        /* (owned) (nullable) who else has port 53 there */
  char *dhcp_owner;       /* (owned) (nullable) who else serves DHCP on the LAN */
  gboolean dhcp_missing;  /* the share's own server does not serve it */
  guint clients;          /* that have a lease ... */
  guint recent;           /* ... and got or renewed it within the last minute */
  guint held;             /* addresses that are used without a lease */
  guint64 packets_sent;   /* by clients, to the uplink */
  guint64 packets_received;
  gboolean radvd_lives;
  guint proxied;        /* addresses for which this computer answers at the uplink */
  CsIpv6Mode ipv6_wish; /* the user's */
  gboolean repairing;   /* another program keeps breaking it */
  char *upnp_problem;   /* (owned) (nullable) why clients cannot ask for ports */
  CsAddress external;   /* the uplink's, where ports lead to clients; unset: none now */
  guint forwards;       /* port mappings ... */
  guint forwards_led;   /* ... that the router upstream leads here */
  guint forwards_lost;  /* ... to clients without a known address */
  guint forwards_away;  /* ... to others that are not there now */
  guint forwards_taken; /* ... of ports that lead to another share's clients */
  char
      *router_says; /* (owned) (nullable) the router upstream of them: how many are how */
} CsShareFacts;

/* About the host. Errors say why not; NULL: as it should be. */
typedef struct
{
  char *nftables_error; /* (owned) (nullable) */
  char *polkit_error;   /* (owned) (nullable) */
  guint lacking;        /* CS_EXTRA_BIT () of what the kernel cannot do for flows */
  gboolean dnsmasq_missing;
  gboolean radvd_missing;
  gboolean dns_user_missing; /* it has to run as nobody */
  char *table_flaw;          /* (owned) (nullable) what of our table is not as planned */
  gboolean ip_forward;       /* net.ipv4.ip_forward: every interface forwards */
  char *resolver_owner; /* (owned) (nullable) who serves names on this computer to ... */
  CsAddress resolver;   /* ... whom /etc/resolv.conf sends here */
  GPtrArray *shares;    /* (owned) of CsShareFacts (owned) */
} CsFacts;

CsFacts *cs_facts_new (void);
void cs_facts_free (CsFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFacts, cs_facts_free)

/* The one of @lan, which is created if there is none yet. */
CsShareFacts *cs_facts_get_share (CsFacts *facts, const char *lan);
