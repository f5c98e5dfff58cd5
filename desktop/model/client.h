/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device on a LAN: what ListClients says of it, and what the list shows. */
#pragma once

#include <glib.h>

typedef struct
{
  char *mac;        /* (owned) */
  char *name;       /* (owned) that the user gave, or "" */
  char *hostname;   /* (owned) that the device claims, or "" */
  char *vendor;     /* (owned) or "" */
  char *address;    /* (owned) its first, or "" */
  GStrv addresses;  /* (owned) all of them */
  char *state;      /* (owned) "online", "away", "blocked" */
  gboolean private; /* its hardware address is made up */
  guint64 sent;     /* bytes */
  guint64 received;
} CsClient;

CsClient *cs_client_new (GVariant *dictionary);
void cs_client_free (CsClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsClient, cs_client_free)

/* Of a ListClients reply, (aa{sv}): those that are there first, each kind by title.
 * (element-type CsClient) (transfer full) */
GPtrArray *cs_clients_new (GVariant *reply);

gboolean cs_client_is_blocked (const CsClient *client);
gboolean cs_client_is_online (const CsClient *client);
/* Owned by the client, or constant. */
const char *cs_client_get_title (const CsClient *client);
/* "192.168.137.20 · Apple · Away" */
char *cs_client_get_subtitle (const CsClient *client);
