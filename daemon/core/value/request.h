/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user wants: one LAN served through one WAN, with options. Immutable once made.
 * One table of options serves the D-Bus call, the Options property and the key file. */
#pragma once

#include "cidr.h"
#include "hotspot.h"
#include "snapshot.h"

typedef struct
{
  char *lan;          /* (owned) interface name, whitelisted */
  char *wan;          /* (owned) WAN spec as the user wrote it, for people and files */
  GPtrArray *choices; /* (owned) of CsWanChoice: what it says; copies share it */
  gint64 since;      /* when the LAN was first shared, microseconds of g_get_real_time ():
                        older ones have the first choice of networks; 0: not yet */
  CsCidr address;    /* gateway address chosen by hand; prefix 0: none */
  gboolean adopted;  /* NetworkManager shares the LAN itself, with this request's WAN for
                        as long as that lasts; no option, and implies .keep_lan */
  gboolean keep_lan; /* masquerade and forward only */
  gboolean persistent;
  gboolean dial;       /* bring up the WAN's profile when it is down */
  gboolean force;      /* share even what carries the default route */
  char **dns;          /* (owned) (nullable) name servers chosen by hand */
  char **allow_rebind; /* (owned) (nullable) domains that may have private addresses */
  char **reservations; /* (owned) (nullable) see reservation.h; no option, which anybody
                          could read: another request for the LAN keeps them */
  char **blocked;      /* (owned) (nullable) clients, by MAC address; likewise */
  char **client_names; /* (owned) (nullable) "02:00:00:00:00:01 NAME"; likewise */
  char **dhcp_options; /* (owned) (nullable) see dhcp-option.h */
  guint64 limit;       /* bytes, both directions of all clients; 0: none */
  char *limit_period;  /* (owned) (nullable) "month": in each; NULL: in all */
  guint64 rate;        /* bits per second for each client and direction; 0: no limit */
  guint max_clients;   /* that may have an address; 0: no limit */
  gboolean upnp;       /* clients may ask for port mappings themselves */
  char *domain; /* (owned) (nullable) where names of clients are; NULL: the default */
  char *ipv6;   /* (owned) (nullable) see cs_ipv6_parse_wish (); NULL: "auto", or with
                   .keep_lan "off" */
  CsHotspotOptions hotspot; /* of the access point that a Wi-Fi LAN becomes */
} CsRequest;

/* The default of .domain. */
#define CS_DEFAULT_DOMAIN "lan"

/* @options is an a{sv} (nullable: all defaults). Errors are CS_ERROR_INVALID_ARGUMENT
 * and name the option, the value and what is expected. Contradictions (LAN = WAN,
 * keep-lan with address, dns or options of an access point) are errors, too. */
CsRequest *
cs_request_new (const char *lan, const char *wan, GVariant *options, GError **error);
/* For a LAN that NetworkManager shares itself. */
CsRequest *cs_request_new_adopted (const char *lan, const char *wan, GError **error);
/* Merges the a{sv} @changes, whose key "wan" is the WAN spec, into @request. ""
 * restores the default of options that have no word for it. */
CsRequest *
cs_request_update (const CsRequest *request, GVariant *changes, GError **error);
CsRequest *cs_request_copy (const CsRequest *request);
void cs_request_free (CsRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRequest, cs_request_free)

/* The options that differ from the default, without the passphrase: a{sv}, floating. */
GVariant *cs_request_options (const CsRequest *request);

/* Whether it concerns an interface of this name and kind, even before it does anything.
 */
gboolean cs_request_minds (const CsRequest *request, const char *name, CsKind kind);

/* What it wants of IPv6. */
CsIpv6Mode cs_request_ipv6 (const CsRequest *request);

/* Whether the limit is one for each month. */
gboolean cs_request_is_monthly (const CsRequest *request);

/* The name of the LAN's access point; NULL if it is none. */
const char *cs_request_ssid (const CsRequest *request);

/* Group [share], keys lan, wan and those of the options. Reading checks everything as
 * cs_request_new () does: the file counts as hostile. */
void cs_request_to_key_file (const CsRequest *request, GKeyFile *file);
CsRequest *cs_request_from_key_file (GKeyFile *file, GError **error);
