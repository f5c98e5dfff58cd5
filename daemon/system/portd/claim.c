/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client's programs share its mappings, whatever protocol they speak: one that asks by
 * UPnP for what another has by NAT-PMP, as some do at the same time, renews it. But what
 * has come with a nonce of PCP only goes with it (RFC 6887, section 11.2). */
#include "claim.h"

#include <netinet/in.h>
#include <string.h>

typedef struct
{
  const CsPortdRequest *request;
  const CsForwardTable *table; /* (nullable) */
  char *client;                /* (owned) its address, as mappings have it */
  guint port;
  gint64 now;
  CsClaim *claim;
} Asker;

/* --- Checking ---------------------------------------------------------------------- */

static gboolean
is_protocol (guint8 protocol)
{
  return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

static gboolean
is_lifetime (const CsPortdRequest *request)
{
  return request->lifetime >= CS_PORTD_MIN_LIFETIME
         && request->lifetime <= (request->origin == CS_PORTD_UPNP
                                      ? CS_PORTD_UPNP_LIFETIME
                                      : CS_PORTD_MAX_LIFETIME);
}

static gboolean
is_client (CsAddress address, CsAddress gateway, const GArray *networks)
{
  return (address.family == AF_INET || address.family == AF_INET6)
         && cs_address_is_remote (address) && !cs_address_equal (address, gateway)
         && cs_cidrs_contain (networks, address);
}

gboolean
cs_claim_is_valid (const CsPortdRequest *request,
                   CsAddress gateway,
                   const GArray *networks)
{
  if (!is_client (request->client, gateway, networks) || request->origin < CS_PORTD_UPNP
      || request->origin > CS_PORTD_NAT_PMP
      || (request->client.family != AF_INET && request->origin != CS_PORTD_PCP)
      || memchr (request->name, '\0', sizeof request->name) == NULL
      || !g_utf8_validate (request->name, -1, NULL))
    return FALSE;
  for (const char *c = request->name; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  switch (request->kind)
    {
    case CS_PORTD_MAP:
      return is_protocol (request->protocol) && request->port != 0
             && request->to_port != 0 && is_lifetime (request);
    case CS_PORTD_UNMAP:
      return request->protocol == 0 || is_protocol (request->protocol);
    case CS_PORTD_FIND:
      return is_protocol (request->protocol);
    case CS_PORTD_LIST:
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- Whose it is ------------------------------------------------------------------- */

/* Also if the user has made it for this client's hardware address. */
static gboolean
is_own (const Asker *self, const CsForward *forward)
{
  const CsForwardClient *client;

  if (g_str_equal (forward->client, self->client))
    return TRUE;
  client = cs_forward_table_find_client (self->table, forward->client);
  return client != NULL && cs_address_equal (client->address, self->request->client);
}

static gboolean
has_nonce (const CsForward *forward)
{
  static const guint8 none[CS_FORWARD_NONCE];

  return memcmp (forward->nonce, none, sizeof none) != 0;
}

/* Whether the client may change or end it, by this request. */
static gboolean
may_change (const Asker *self, const CsForward *forward)
{
  if (forward->origin == CS_FORWARD_USER)
    return FALSE;
  return !has_nonce (forward)
         || (self->request->origin == CS_PORTD_PCP
             && memcmp (forward->nonce, self->request->nonce, sizeof forward->nonce)
                    == 0);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const CsForward *first = *(const CsForward *const *)a;
  const CsForward *second = *(const CsForward *const *)b;

  if (first->protocol != second->protocol)
    return first->protocol < second->protocol ? -1 : 1;
  return (first->port > second->port) - (first->port < second->port);
}

/* Of CsForward (unowned), in order. */
static GPtrArray *
list_own (const Asker *self)
{
  GPtrArray *list = g_ptr_array_new ();
  const CsForwardClient *client
      = self->table != NULL ? cs_forward_table_find_client (self->table, self->client)
                            : NULL;
  GHashTableIter iter;
  gpointer forward;

  if (client != NULL)
    {
      g_hash_table_iter_init (&iter, client->forwards);
      while (g_hash_table_iter_next (&iter, &forward, NULL))
        g_ptr_array_add (list, forward);
    }
  g_ptr_array_sort (list, compare);
  return list;
}

/* Of IPv6, each client has its own ports. */
static const CsForward *
find (const Asker *self, guint port)
{
  return self->table != NULL ? cs_forward_table_find (
             self->table, self->request->protocol, port, self->client)
                             : NULL;
}

/* That leads to the client's port already (nullable). */
static const CsForward *
find_alike (const Asker *self)
{
  g_autoptr (GPtrArray) own = list_own (self);

  for (guint i = 0; i < own->len; i++)
    {
      const CsForward *forward = own->pdata[i];

      if (forward->protocol == self->request->protocol
          && forward->to_port == self->request->to_port && forward->port == forward->last)
        return forward;
    }
  return NULL;
}

/* --- Answers ----------------------------------------------------------------------- */

/* @port: one of @forward. */
static void
answer (const Asker *self, const CsForward *forward, guint port)
{
  CsPortdAnswer *out = &self->claim->answer;

  self->claim->result = CS_PORTD_DONE;
  out->protocol = forward->protocol;
  out->port = (guint16)port;
  out->to_port = (guint16)(forward->to_port + (port - forward->port));
  out->lifetime
      = forward->expires > self->now ? (guint32)(forward->expires - self->now) : 0;
  g_strlcpy (out->name, forward->name != NULL ? forward->name : "", sizeof out->name);
}

/* --- Mapping ----------------------------------------------------------------------- */

static CsForwardOrigin
origin_of (const CsPortdRequest *request)
{
  return request->origin == CS_PORTD_PCP    ? CS_FORWARD_PCP
         : request->origin == CS_PORTD_UPNP ? CS_FORWARD_UPNP
                                            : CS_FORWARD_NAT_PMP;
}

static void
add (Asker *self)
{
  const CsPortdRequest *request = self->request;
  CsForward *forward = g_new0 (CsForward, 1);

  forward->protocol = request->protocol;
  forward->port = forward->last = (guint16)self->port;
  forward->to_port = request->to_port;
  cs_forward_set_client (forward, self->client);
  forward->name = *request->name != '\0' ? g_strdup (request->name) : NULL;
  forward->origin = origin_of (request);
  forward->expires = self->now + request->lifetime;
  if (forward->origin == CS_FORWARD_PCP)
    memcpy (forward->nonce, request->nonce, sizeof forward->nonce);
  self->claim->added = forward;
  answer (self, forward, self->port);
}

/* It never gets shorter, as another program of the client may rely on it. */
static void
renew (Asker *self, const CsForward *forward)
{
  const CsPortdRequest *request = self->request;
  CsForward *renewed;

  answer (self, forward, forward->port);
  if (!may_change (self, forward))
    {
      if (has_nonce (forward) && request->origin == CS_PORTD_PCP)
        self->claim->result = CS_PORTD_REFUSED;
      return;
    }
  renewed = cs_forward_copy (forward);
  renewed->expires = MAX (forward->expires, self->now + request->lifetime);
  if (request->origin == CS_PORTD_PCP)
    {
      renewed->origin = CS_FORWARD_PCP;
      memcpy (renewed->nonce, request->nonce, sizeof renewed->nonce);
    }
  if (*request->name != '\0')
    {
      g_free (renewed->name);
      renewed->name = g_strdup (request->name);
    }
  self->claim->added = renewed;
  answer (self, renewed, renewed->port);
}

static guint
count_asked (const Asker *self)
{
  const CsForwardClient *client
      = self->table != NULL ? cs_forward_table_find_client (self->table, self->client)
                            : NULL;

  return client != NULL ? client->asked : 0;
}

static void
map (Asker *self)
{
  const CsPortdRequest *request = self->request;
  const CsForward *alike = find_alike (self);
  const CsForward *rival = find (self, self->port);
  gboolean is_ipv6 = request->client.family == AF_INET6;

  self->claim->result = CS_PORTD_TAKEN;
  if (rival != NULL && is_own (self, rival) && rival->port == rival->last
      && rival->to_port == request->to_port)
    renew (self, rival);
  else if (alike != NULL && !request->exact)
    renew (self, alike);
  else if (alike != NULL && request->origin == CS_PORTD_PCP)
    return;
  else if (self->port < CS_PORTD_FIRST_PORT)
    self->claim->result = request->exact || is_ipv6 ? CS_PORTD_REFUSED : CS_PORTD_TAKEN;
  else if (is_ipv6 && self->port != request->to_port)
    return;
  else if (rival != NULL
           && (!request->exact || request->origin != CS_PORTD_UPNP
               || !is_own (self, rival) || !may_change (self, rival)))
    return;
  else if (count_asked (self) >= CS_FORWARDS_CLIENT_MAX && rival == NULL)
    self->claim->result = CS_PORTD_QUOTA;
  else
    {
      /* UPnP leads a port that the client has to another one of its own. */
      if (rival != NULL)
        g_ptr_array_add (self->claim->removed, cs_forward_copy (rival));
      add (self);
    }
}

/* --- The rest ---------------------------------------------------------------------- */

static void
unmap_port (Asker *self)
{
  const CsForward *forward = find (self, self->request->port);

  if (forward == NULL)
    self->claim->result = CS_PORTD_NOT_FOUND;
  else if (!is_own (self, forward) || !may_change (self, forward))
    self->claim->result = CS_PORTD_REFUSED;
  else
    g_ptr_array_add (self->claim->removed, cs_forward_copy (forward));
}

static void
unmap (Asker *self)
{
  const CsPortdRequest *request = self->request;
  g_autoptr (GPtrArray) own = list_own (self);

  self->claim->result = CS_PORTD_DONE;
  if (request->port != 0)
    {
      unmap_port (self);
      return;
    }
  for (guint i = 0; i < own->len; i++)
    {
      const CsForward *forward = own->pdata[i];

      if ((request->protocol != 0 && forward->protocol != request->protocol)
          || (request->to_port != 0 && forward->to_port != request->to_port))
        continue;
      if (may_change (self, forward))
        g_ptr_array_add (self->claim->removed, cs_forward_copy (forward));
      else if (request->to_port != 0)
        self->claim->result = CS_PORTD_REFUSED;
    }
}

static void
look_up (Asker *self)
{
  const CsForward *forward = find (self, self->request->port);

  if (forward != NULL && is_own (self, forward))
    answer (self, forward, self->request->port);
  else
    self->claim->result = CS_PORTD_NOT_FOUND;
}

/* With what the user has made for its hardware address. */
static GPtrArray *
list_concerning (const Asker *self)
{
  GPtrArray *list = list_own (self);
  g_autoptr (GPtrArray) clients = self->table != NULL
                                      ? cs_forward_table_list_clients (self->table)
                                      : g_ptr_array_new ();

  for (guint i = 0; i < clients->len; i++)
    {
      const CsForwardClient *client = clients->pdata[i];
      GHashTableIter iter;
      gpointer forward;

      if (!cs_address_equal (client->address, self->request->client)
          || g_str_equal (client->client, self->client))
        continue;
      g_hash_table_iter_init (&iter, client->forwards);
      while (g_hash_table_iter_next (&iter, &forward, NULL))
        g_ptr_array_add (list, forward);
    }
  g_ptr_array_sort (list, compare);
  return list;
}

static void
list (Asker *self)
{
  g_autoptr (GPtrArray) own = list_concerning (self);
  const CsForward *forward
      = self->request->index < own->len ? own->pdata[self->request->index] : NULL;

  if (forward != NULL)
    answer (self, forward, forward->port);
  else
    self->claim->result = CS_PORTD_NOT_FOUND;
}

CsClaim *
cs_claim_new (const CsPortdRequest *request,
              const CsForwardTable *table,
              guint port,
              gint64 now)
{
  CsClaim *claim = g_new0 (CsClaim, 1);
  Asker self = { request, table, NULL, port, now, claim };

  self.client = cs_address_to_string (request->client);
  claim->removed = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_forward_free);
  switch (request->kind)
    {
    case CS_PORTD_MAP:
      map (&self);
      break;
    case CS_PORTD_UNMAP:
      unmap (&self);
      break;
    case CS_PORTD_FIND:
      look_up (&self);
      break;
    case CS_PORTD_LIST:
      list (&self);
      break;
    default:
      claim->result = CS_PORTD_REFUSED;
      break;
    }
  g_free (self.client);
  return claim;
}

void
cs_claim_free (CsClaim *claim)
{
  g_ptr_array_unref (claim->removed);
  g_clear_pointer (&claim->added, cs_forward_free);
  g_free (claim);
}
