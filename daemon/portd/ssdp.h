/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datagrams of SSDP, by which clients find a device of UPnP. */
#pragma once

#include "wire.h"

#define CS_SSDP_MAX 1500 /* bytes of a datagram */

/* What one may look for. Each but the first is a device's name, its type, or the type of
 * a service. */
typedef struct
{
  char *type; /* (owned) "upnp:rootdevice", "uuid:...", "urn:..." */
  char *name; /* (owned) the unique name of what has it, USN */
} CsSsdpTarget;

/* All that there are (transfer container), of CsSsdpTarget. */
GArray *cs_ssdp_targets (const CsPortdSettings *settings);

/* What somebody looks for (transfer full): a type, or "ssdp:all"; NULL: it is not a
 * search. */
char *cs_ssdp_parse_search (const char *text, gsize size);
gboolean cs_ssdp_matches (const CsSsdpTarget *target, const char *search);

/* (transfer full) */
char *
cs_ssdp_print_response (const CsSsdpTarget *target, const CsPortdSettings *settings);
/* @alive: it is here for the next CS_SSDP_MAX_AGE; otherwise it leaves. */
char *cs_ssdp_print_notify (const CsSsdpTarget *target,
                            const CsPortdSettings *settings,
                            gboolean alive);

#define CS_SSDP_MAX_AGE 1800 /* seconds */
