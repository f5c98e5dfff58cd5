/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the network at one interface for prefixes, by a dhcpcd(8) of ours. */
#pragma once

#include <glib.h>

/* How the name of the file ends that records its process; before it is the interface's.
 */
#define CS_PREFIX_CLIENT_NOTE ".process"

typedef struct _CsPrefixClient CsPrefixClient;
typedef void (*CsPrefixClientFunc) (gpointer user_data);

typedef struct
{
  const char *folder; /* for its files; it need not exist before it is wanted */
  const char *hook;   /* the program that dhcpcd is to run */
  const char *interface;
  CsPrefixClientFunc changed; /* other prefixes are delegated than before */
  CsPrefixClientFunc stopped; /* its process is gone, after it was no longer wanted */
  gpointer user_data;
} CsPrefixClientSetup;

/* Not wanted at first; but a process of a service before this one may run. */
CsPrefixClient *cs_prefix_client_new (const CsPrefixClientSetup *setup);
/* Leaves the process running; not while it is being stopped. */
void cs_prefix_client_free (CsPrefixClient *self);

void cs_prefix_client_set_wanted (CsPrefixClient *self, gboolean wanted);
gboolean cs_prefix_client_is_stopping (const CsPrefixClient *self);
/* Of CsCidr; see cs_delegation_parse (). */
const GArray *cs_prefix_client_get_prefixes (const CsPrefixClient *self);
/* @file of the folder has been written, or has gone; NULL: any may have. */
void
cs_prefix_client_take_news (CsPrefixClient *self, const char *file, gboolean written);
