/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the network at one interface for prefixes, by DHCPv6 (RFC 8415). */
#pragma once

#include <glib.h>

/* How the name of the file ends that records what is delegated; before it is the
 * interface's. */
#define CS_PREFIX_CLIENT_FILE ".prefixes"

typedef struct _CsPrefixClient CsPrefixClient;
/* Other prefixes are delegated than before. */
typedef void (*CsPrefixClientFunc) (gpointer user_data);

/* Not wanted at first. @folder: for its file; it need not exist before it is wanted. */
CsPrefixClient *cs_prefix_client_new (const char *folder,
                                      const char *interface,
                                      CsPrefixClientFunc changed,
                                      gpointer user_data);
/* What is delegated stays so, and on record. */
void cs_prefix_client_free (CsPrefixClient *self);

/* @ifindex: of the interface as it is now; 0: nothing is wanted. */
void cs_prefix_client_set_wanted (CsPrefixClient *self, int ifindex);
/* Of CsCidr, the longest-lived first. */
const GArray *cs_prefix_client_get_prefixes (const CsPrefixClient *self);
