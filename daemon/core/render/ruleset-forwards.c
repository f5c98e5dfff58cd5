/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-forwards.h"

#include "ruleset-words.h"

#include "base/bytes.h"

#include <string.h>

/* Of the parts of a key. */
#define PADDED 4

static const char *const names[] = {
  [CS_FORWARD_MAP] = CS_FORWARDS,
  [CS_FORWARD_TARGET] = CS_FORWARD_TARGETS,
  [CS_FORWARD_PINHOLE] = CS_PINHOLES,
};

const char *
cs_forward_set_name (CsForwardKind kind)
{
  return names[kind];
}

/* --- Of a mapping ------------------------------------------------------------------ */

typedef struct
{
  CsForwardElementFunc func;
  gpointer user_data;
  const char *protocol;
} Visit;

static void
visit_map (const Visit *visit,
           CsAddress uplink,
           guint port,
           CsAddress client,
           guint to_port)
{
  g_autofree char *from = cs_address_to_string (uplink);
  g_autofree char *to = cs_address_to_string (client);
  g_autofree char *key = g_strdup_printf ("%s . %u . %s", visit->protocol, port, from);
  g_autofree char *value = g_strdup_printf ("%s . %u", to, to_port);

  visit->func (CS_FORWARD_MAP, key, value, visit->user_data);
}

static void
visit_target (const Visit *visit, CsForwardKind kind, CsAddress client, guint to_port)
{
  g_autofree char *to = cs_address_to_string (client);
  g_autofree char *key = g_strdup_printf ("%s . %s . %u", to, visit->protocol, to_port);

  visit->func (kind, key, NULL, visit->user_data);
}

static void
visit_port (const Visit *visit,
            const CsForwardClient *client,
            const GArray *uplinks,
            guint port,
            guint to_port)
{
  gboolean is_known = cs_address_is_set (client->address);

  for (guint i = 0; is_known && i < uplinks->len; i++)
    visit_map (visit, g_array_index (uplinks, CsAddress, i), port, client->address,
               to_port);
  if (is_known && uplinks->len > 0)
    visit_target (visit, CS_FORWARD_TARGET, client->address, to_port);
  for (guint i = 0; i < client->addresses6->len; i++)
    visit_target (visit, CS_FORWARD_PINHOLE,
                  g_array_index (client->addresses6, CsAddress, i), to_port);
}

void
cs_forward_visit_elements (const CsForward *forward,
                           const CsForwardClient *client,
                           const GArray *uplinks,
                           CsForwardElementFunc func,
                           gpointer user_data)
{
  Visit visit = { func, user_data, cs_forward_protocol_to_string (forward->protocol) };

  for (guint i = 0; i <= (guint)(forward->last - forward->port); i++)
    visit_port (&visit, client, uplinks, forward->port + i, forward->to_port + i);
}

/* --- Of the kernel ----------------------------------------------------------------- */

char *
cs_forward_key_from_kernel (CsForwardKind kind, const guint8 *key, gsize length)
{
  int family = kind == CS_FORWARD_PINHOLE ? AF_INET6 : AF_INET;
  gsize size = family == AF_INET6 ? 16 : 4;
  gboolean ends_with_address = kind == CS_FORWARD_MAP;
  const guint8 *rest = ends_with_address ? key : key + size;
  const char *protocol;
  g_autofree char *address = NULL;

  if (length < size + 2 * PADDED)
    return NULL;
  protocol = cs_forward_protocol_to_string (rest[0]);
  address = cs_address_to_string (
      cs_address_new (family, ends_with_address ? key + 2 * PADDED : key));
  if (ends_with_address)
    return g_strdup_printf ("%s . %u . %s", protocol, cs_bytes_get16 (rest + PADDED),
                            address);
  return g_strdup_printf ("%s . %s . %u", address, protocol,
                          cs_bytes_get16 (rest + PADDED));
}

char *
cs_forward_value_from_kernel (const guint8 *value, gsize length)
{
  g_autofree char *address = NULL;

  if (length < 2 * PADDED)
    return NULL;
  address = cs_address_to_string (cs_address_new (AF_INET, value));
  return g_strdup_printf ("%s . %u", address, cs_bytes_get16 (value + PADDED));
}

void
cs_ruleset_add_forward_element (GString *list, const char *key, const char *value)
{
  g_string_append_printf (list, "%s%s%s%s", list->len > 0 ? ", " : "", key,
                          value ? " : " : "", value ? value : "");
}

void
cs_ruleset_add_forward_elements (GString *out,
                                 const char *verb,
                                 CsForwardKind kind,
                                 const GString *list)
{
  if (list->len > 0)
    g_string_append_printf (out, "%s element inet connshare %s { %s }\n", verb,
                            names[kind], list->str);
}

void
cs_ruleset_add_ended_flow (GString *out,
                           CsAddress client,
                           guint8 protocol,
                           guint port,
                           CsAddress peer,
                           guint peer_port)
{
  g_autofree char *from = cs_address_to_string (client);
  g_autofree char *to = cs_address_to_string (peer);

  g_string_append_printf (
      out, "add element inet connshare %s { %s . %s . %u . %s . %u }\n",
      client.family == AF_INET6 ? CS_ENDED_FLOWS6 : CS_ENDED_FLOWS, from,
      cs_forward_protocol_to_string (protocol), port, to, peer_port);
}
