/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What single port mappings are in the sets and maps of table "inet connshare". */
#pragma once

#include "core/value/forward-table.h"

typedef enum
{
  CS_FORWARD_MAP,     /* from the uplink's address and port to the client's */
  CS_FORWARD_TARGET,  /* the client's, to which flows may come that were led there */
  CS_FORWARD_PINHOLE, /* the same of IPv6, where nobody leads them */
  CS_FORWARD_KINDS,
} CsForwardKind;

/* Of the set or map. */
const char *cs_forward_set_name (CsForwardKind kind);

/* @key as nft(8) has it; @value likewise, of the map: NULL for a set. */
typedef void (*CsForwardElementFunc) (CsForwardKind kind,
                                      const char *key,
                                      const char *value,
                                      gpointer user_data);

/* Calls @func for each element of @forward, which leads from the @uplinks, of CsAddress,
 * of IPv4, to @client: for none if that has no addresses. */
void cs_forward_visit_elements (const CsForward *forward,
                                const CsForwardClient *client,
                                const GArray *uplinks,
                                CsForwardElementFunc func,
                                gpointer user_data);

/* The key and value of an element as the kernel has them, in network order, and each part
 * padded to 4 bytes. @value is ignored for a set; NULL if the lengths are wrong. */
char *cs_forward_key_from_kernel (CsForwardKind kind, const guint8 *key, gsize length);
char *cs_forward_value_from_kernel (const guint8 *value, gsize length);

/* Appends the command that keeps the client's end of a flow from beginning it again. */
void cs_ruleset_add_ended_flow (GString *out,
                                CsAddress client,
                                guint8 protocol,
                                guint port,
                                CsAddress peer,
                                guint peer_port);

/* Appends the element to a list of them; @value is nullable. */
void cs_ruleset_add_forward_element (GString *list, const char *key, const char *value);
/* Appends the command that adds or deletes (@verb) the elements of such a list; nothing
 * if it is empty. */
void cs_ruleset_add_forward_elements (GString *out,
                                      const char *verb,
                                      CsForwardKind kind,
                                      const GString *list);
