/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcpv6.h"

#include "base/bytes.h"

#include <string.h>

/* Options, and the bytes of what is fixed in them: RFC 8415, section 21. */
#define CLIENT_ID      1
#define SERVER_ID      2
#define WANTED         6 /* "option request" */
#define PREFERENCE     7
#define ELAPSED        8
#define STATUS         13
#define RAPID          14
#define IA_PD          25
#define IA_PREFIX      26
#define SOL_MAX_RT     82
#define HEADER         4 /* of a message, and of an option */
#define IA_PD_SIZE     12
#define IA_PREFIX_SIZE 25

/* What SOL_MAX_RT may be: section 21.24. */
#define SHORTEST_MAX 60
#define LONGEST_MAX  86400

/* --- Printing --------------------------------------------------------------------- */

/* Begins an option at @at; returns where what is in it begins. */
static guint8 *
put_option (guint8 *at, guint code, gsize size)
{
  cs_bytes_put16 (at, code);
  cs_bytes_put16 (at + 2, (guint)size);
  return at + HEADER;
}

static guint8 *
put_id (guint8 *at, guint code, const CsDuid *id)
{
  at = put_option (at, code, id->size);
  memcpy (at, id->bytes, id->size);
  return at + id->size;
}

static guint8 *
put_prefix (guint8 *at, const CsDelegatedPrefix *prefix)
{
  at = put_option (at, IA_PREFIX, IA_PREFIX_SIZE);
  cs_bytes_put32 (at, 0); /* lifetimes are for the server to say */
  cs_bytes_put32 (at + 4, 0);
  at[8] = prefix->network.prefix;
  memcpy (at + 9, prefix->network.address.bytes, 16);
  return at + IA_PREFIX_SIZE;
}

static guint8 *
put_association (guint8 *at, const CsDhcpv6Request *request)
{
  guint count = request->type != CS_DHCPV6_SOLICIT && request->delegation != NULL
                    ? request->delegation->count
                    : 0;

  at = put_option (at, IA_PD, IA_PD_SIZE + count * (HEADER + IA_PREFIX_SIZE));
  cs_bytes_put32 (at, request->association);
  cs_bytes_put32 (at + 4, 0); /* and so are T1 and T2 */
  cs_bytes_put32 (at + 8, 0);
  at += IA_PD_SIZE;
  for (guint i = 0; i < count; i++)
    at = put_prefix (at, &request->delegation->prefixes[i]);
  return at;
}

static gboolean
names_server (CsDhcpv6Type type)
{
  return type != CS_DHCPV6_SOLICIT && type != CS_DHCPV6_REBIND;
}

gsize
cs_dhcpv6_print (const CsDhcpv6Request *request, guint8 data[CS_DHCPV6_REQUEST_MAX])
{
  guint8 *at = data;

  cs_bytes_put32 (at, (guint32)request->type << 24 | (request->transaction & 0xffffff));
  at = put_id (at + HEADER, CLIENT_ID, request->client);
  if (names_server (request->type) && request->delegation != NULL)
    at = put_id (at, SERVER_ID, &request->delegation->server);
  at = put_option (at, ELAPSED, 2);
  cs_bytes_put16 (at, MIN (request->elapsed, G_MAXUINT16));
  at += 2;
  if (request->type == CS_DHCPV6_SOLICIT)
    at = put_option (at, RAPID, 0);
  at = put_option (at, WANTED, 2);
  cs_bytes_put16 (at, SOL_MAX_RT);
  at += 2;
  at = put_association (at, request);
  return (gsize)(at - data);
}

/* --- Parsing ---------------------------------------------------------------------- */

typedef struct
{
  const guint8 *data;
  gsize size;
} Bytes;

typedef struct
{
  guint code;
  Bytes value;
} Option;

/* Takes the first option from @rest. FALSE: there is none, or it is incomplete, in which
 * case @rest is not empty. */
static gboolean
take_option (Bytes *rest, Option *option)
{
  gsize size;

  if (rest->size < HEADER)
    return FALSE;
  size = cs_bytes_get16 (rest->data + 2);
  if (size > rest->size - HEADER)
    return FALSE;
  option->code = cs_bytes_get16 (rest->data);
  option->value = (Bytes){ rest->data + HEADER, size };
  rest->data += HEADER + size;
  rest->size -= HEADER + size;
  return TRUE;
}

static gboolean
take_id (Bytes value, CsDuid *id)
{
  if (value.size == 0 || value.size > CS_DUID_MAX)
    return FALSE;
  id->size = (guint8)value.size;
  memcpy (id->bytes, value.data, value.size);
  return TRUE;
}

static void
take_status (Bytes value, CsDhcpv6Reply *reply)
{
  if (value.size >= 2 && reply->status == CS_DHCPV6_SUCCESS)
    reply->status = cs_bytes_get16 (value.data);
}

/* A prefix may come with a status of its own, which is then of that prefix alone. */
static void
take_prefix (Bytes value, CsDelegation *delegation)
{
  CsDelegatedPrefix prefix;

  if (value.size < IA_PREFIX_SIZE || value.data[8] > 128)
    return;
  prefix.preferred = cs_bytes_get32 (value.data);
  prefix.valid = cs_bytes_get32 (value.data + 4);
  prefix.network.prefix = value.data[8];
  prefix.network.address = cs_address_new (AF_INET6, value.data + 9);
  cs_delegation_add (delegation, prefix);
}

static gboolean
take_association (Bytes value, guint32 association, CsDhcpv6Reply *reply)
{
  Option option;

  if (value.size < IA_PD_SIZE)
    return FALSE;
  if (cs_bytes_get32 (value.data) != association)
    return TRUE;
  reply->answers = TRUE;
  reply->delegation.renew = cs_bytes_get32 (value.data + 4);
  reply->delegation.rebind = cs_bytes_get32 (value.data + 8);
  value = (Bytes){ value.data + IA_PD_SIZE, value.size - IA_PD_SIZE };
  while (take_option (&value, &option))
    if (option.code == IA_PREFIX)
      take_prefix (option.value, &reply->delegation);
    else if (option.code == STATUS)
      take_status (option.value, reply);
  return value.size == 0;
}

static void
take_longest (Bytes value, CsDhcpv6Reply *reply)
{
  guint32 seconds = value.size == 4 ? cs_bytes_get32 (value.data) : 0;

  if (seconds >= SHORTEST_MAX && seconds <= LONGEST_MAX)
    reply->longest = seconds;
}

/* FALSE: the message is invalid. */
static gboolean
take (const Option *option, guint32 association, CsDuid *client, CsDhcpv6Reply *reply)
{
  switch (option->code)
    {
    case CLIENT_ID:
      return take_id (option->value, client);
    case SERVER_ID:
      return take_id (option->value, &reply->delegation.server);
    case PREFERENCE:
      reply->preference = option->value.size == 1 ? option->value.data[0] : 0;
      return TRUE;
    case STATUS:
      take_status (option->value, reply);
      return TRUE;
    case RAPID:
      reply->rapid = TRUE;
      return TRUE;
    case SOL_MAX_RT:
      take_longest (option->value, reply);
      return TRUE;
    case IA_PD:
      return take_association (option->value, association, reply);
    default:
      return TRUE;
    }
}

/* What contradicts itself is as good as nothing. */
static void
drop_unusable (CsDelegation *delegation)
{
  if (!cs_delegation_complete (delegation))
    delegation->count = 0;
}

gboolean
cs_dhcpv6_parse (const guint8 *data,
                 gsize size,
                 const CsDhcpv6Request *request,
                 CsDhcpv6Reply *reply)
{
  Bytes rest = { data, size };
  CsDuid client = { 0 };
  Option option;

  *reply = (CsDhcpv6Reply){ 0 };
  if (size < HEADER || (cs_bytes_get32 (data) & 0xffffff) != request->transaction)
    return FALSE;
  reply->type = data[0];
  if (reply->type != CS_DHCPV6_ADVERTISE && reply->type != CS_DHCPV6_REPLY)
    return FALSE;
  rest = (Bytes){ data + HEADER, size - HEADER };
  while (take_option (&rest, &option))
    if (!take (&option, request->association, &client, reply))
      return FALSE;
  drop_unusable (&reply->delegation);
  return rest.size == 0 && reply->delegation.server.size > 0
         && cs_duid_equal (&client, request->client);
}
