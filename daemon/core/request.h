/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user wants: one LAN served through one WAN, with options. Immutable once made.
 * One table of options serves the D-Bus call, the Options property and the key file. */
#pragma once

#include "cidr.h"
#include "hotspot.h"

typedef struct
{
  char *lan;         /* (owned) interface name, whitelisted */
  char *wan;         /* (owned) WAN spec, see wan.h */
  gint64 since;      /* when the LAN was first shared, microseconds of g_get_real_time ():
                        older ones have the first choice of networks; 0: not yet */
  CsCidr address;    /* gateway address chosen by hand; prefix 0: none */
  gboolean keep_lan; /* masquerade and forward only */
  gboolean persistent;
  gboolean dial;            /* bring up the WAN's profile when it is down */
  gboolean force;           /* share even what carries the default route */
  char **dns;               /* (owned) (nullable) name servers chosen by hand */
  CsHotspotOptions hotspot; /* of the access point that a Wi-Fi LAN becomes */
} CsRequest;

/* @options is an a{sv} (nullable: all defaults). Errors are CS_ERROR_INVALID_ARGUMENT
 * and name the option, the value and what it should be. Contradictions (LAN = WAN,
 * keep-lan with address, dns or those of an access point) are found here too. */
CsRequest *
cs_request_new (const char *lan, const char *wan, GVariant *options, GError **error);
/* Merges the a{sv} @changes, whose key "wan" is the WAN spec, into @request. What has no
 * word of its own for no choice goes back to it by "". */
CsRequest *
cs_request_update (const CsRequest *request, GVariant *changes, GError **error);
CsRequest *cs_request_copy (const CsRequest *request);
void cs_request_free (CsRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRequest, cs_request_free)

/* The options that are not the default, less the passphrase: a{sv}, floating. */
GVariant *cs_request_options (const CsRequest *request);

/* What the LAN is called as an access point; NULL: it is none. */
const char *cs_request_ssid (const CsRequest *request);

/* Group [share], keys lan, wan and those of the options. Reading checks as
 * cs_request_new () does: the file counts as hostile. */
void cs_request_to_key_file (const CsRequest *request, GKeyFile *file);
CsRequest *cs_request_from_key_file (GKeyFile *file, GError **error);
