/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients of one LAN, as what the kernel and the DHCP server know at one moment
 * tells: each look begins, is told all of that, and ends. Bounded, whatever clients
 * claim. */
#pragma once

#include "address.h"
#include "mac.h"

/* Of clients, and of the addresses of one, those of IPv4 with a lease first and those of
 * IPv6 that were heard last. */
#define CS_CLIENTS_MAX           1024
#define CS_CLIENT_ADDRESSES_MAX  8
#define CS_CLIENT_ADDRESSES6_MAX 16
/* How long a client counts as online after it was last heard, in seconds. */
#define CS_CLIENT_PRESENCE 100

typedef struct
{
  guint64 bytes_sent; /* by the client */
  guint64 bytes_received;
} CsUsage;

typedef struct
{
  CsMac mac;
  GArray *addresses;  /* (owned) of CsAddress: IPv4, then IPv6 with new ones first */
  char *hostname;     /* (owned) (nullable) what may be shown of its claim */
  const char *vendor; /* (nullable) unowned: the maker of its device; set by others */
  gint64 since;       /* it came, in seconds since the Epoch */
  gint64 seen;        /* it was last heard, likewise; 0: never */
  gboolean online;
  gboolean leased; /* it has an address by DHCP */
  int signal;      /* in dBm; 0: unknown */
  CsUsage usage;   /* of the addresses that it has had before */
} CsClient;

typedef struct _CsClientList CsClientList;

CsClientList *cs_client_list_new (void);
void cs_client_list_free (CsClientList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsClientList, cs_client_list_free)

/* --- A look ------------------------------------------------------------------------ */

/* @now: seconds since the Epoch. */
void cs_client_list_begin (CsClientList *self, gint64 now);
void cs_client_list_add_lease (CsClientList *self,
                               CsMac mac,
                               CsAddress address,
                               const char *hostname);
/* @heard: when it last proved to be there, 0: not for this address. */
void cs_client_list_add_neighbor (CsClientList *self,
                                  CsMac mac,
                                  CsAddress address,
                                  gint64 heard);
/* A Wi-Fi station; from the first one on, nobody else is online. */
void cs_client_list_add_station (CsClientList *self, CsMac mac, int signal);
/* Nobody is there, as there is no station: of an access point. */
void cs_client_list_set_wireless (CsClientList *self);
/* Drops who is forgotten: away, without a lease, and not heard for a day. Whether anybody
 * has come, gone or changed. */
gboolean cs_client_list_end (CsClientList *self);

/* Between two looks: it was @heard. FALSE: that is news, which wants a look, as it was
 * not online, or had another address. */
gboolean
cs_client_list_hear (CsClientList *self, CsMac mac, CsAddress address, gint64 heard);

/* --- What is known ----------------------------------------------------------------- */

guint cs_client_list_count_online (const CsClientList *self);
/* Of CsClient (owned by @self), in the order in which they came. */
GPtrArray *cs_client_list_get_all (CsClientList *self);
/* (nullable) */
CsClient *cs_client_list_find (CsClientList *self, CsMac mac);
/* The client that has @address (nullable). */
CsClient *cs_client_list_find_address (CsClientList *self, CsAddress address);
/* When the first one that is online would count as away unless it is heard; 0: none. */
gint64 cs_client_list_next_silence (const CsClientList *self);

/* --- On disk ----------------------------------------------------------------------- */

/* Across restarts of the service: who came when, and what they have used. The text counts
 * as hostile when it is read. */
char *cs_client_list_to_text (const CsClientList *self);
void cs_client_list_from_text (CsClientList *self, const char *text);
