/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables from codes to words; see interface.h. */
#include "interface.h"

#include "dictionary.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *code;
  const char *words;
} Words;

static const Words kinds[] = {
  { "ethernet", N_ ("Ethernet") },
  { "wifi", N_ ("Wi-Fi") },
  { "mobile", N_ ("Mobile Broadband") },
  { "ppp", N_ ("Dial-up") },
  { "vpn", N_ ("VPN") },
  { "bridge", N_ ("Bridge") },
};

static const Words states[] = {
  { "connected", N_ ("Connected") },
  { "disconnected", N_ ("Not connected") },
  { "unplugged", N_ ("Cable unplugged") },
  { "down", N_ ("Switched off") },
};

static const Words unfit[] = {
  { "name", N_ ("Its name cannot be used for sharing") },
  { "loopback", N_ ("It leads nowhere but to this computer") },
  { "port", N_ ("It is part of a bridge, which can be shared instead") },
  { "shared", N_ ("Shared by the network settings already") },
  { "carrier", N_ ("Another connection runs over it") },
  { "own-internet", N_ ("This computer uses it for its own Internet connection") },
  { "lan", N_ ("Other devices are connected here") },
  { "uplink", N_ ("Its Internet connection is being shared") },
  { "wifi-off", N_ ("Wi-Fi is switched off") },
  { "wifi-client-only", N_ ("This Wi-Fi adapter cannot be a hotspot") },
  { "wifi-joined", N_ ("Connected to a Wi-Fi network, which sharing would disconnect") },
  { "access-point", N_ ("It is a hotspot already") },
  { "no-network", N_ ("No address range is free for its devices") },
};

static const char *
find_words (const Words *table, gsize rows, const char *code)
{
  for (gsize i = 0; i < rows; i++)
    if (g_str_equal (table[i].code, code))
      return _ (table[i].words);
  return NULL;
}

#define FIND(table, code) find_words (table, G_N_ELEMENTS (table), code)

static char *
dup_string (GVariant *dictionary, const char *key)
{
  return g_strdup (cs_dictionary_get_string (dictionary, key));
}

CsInterface *
cs_interface_new (GVariant *dictionary)
{
  CsInterface *interface = g_new0 (CsInterface, 1);

  interface->name = dup_string (dictionary, "name");
  interface->kind = dup_string (dictionary, "kind");
  interface->label = dup_string (dictionary, "label");
  interface->connection = dup_string (dictionary, "connection");
  interface->state = dup_string (dictionary, "state");
  interface->share = dup_string (dictionary, "share");
  interface->can_be[CS_SIDE_LAN] = cs_dictionary_get_boolean (dictionary, "can-be-lan");
  interface->code[CS_SIDE_LAN] = dup_string (dictionary, "lan-code");
  interface->reason[CS_SIDE_LAN] = dup_string (dictionary, "lan-reason");
  interface->can_be[CS_SIDE_WAN] = cs_dictionary_get_boolean (dictionary, "can-be-wan");
  interface->code[CS_SIDE_WAN] = dup_string (dictionary, "wan-code");
  interface->reason[CS_SIDE_WAN] = dup_string (dictionary, "wan-reason");
  interface->can_force = cs_dictionary_get_boolean (dictionary, "can-force");
  return interface;
}

void
cs_interface_free (CsInterface *interface)
{
  g_free (interface->name);
  g_free (interface->kind);
  g_free (interface->label);
  g_free (interface->connection);
  g_free (interface->state);
  g_free (interface->share);
  for (int side = CS_SIDE_LAN; side <= CS_SIDE_WAN; side++)
    {
      g_free (interface->code[side]);
      g_free (interface->reason[side]);
    }
  g_free (interface);
}

static gboolean
is_of_interest (const CsInterface *interface)
{
  const char *code = interface->code[CS_SIDE_LAN];

  return !g_str_equal (interface->kind, "loopback") && !g_str_equal (code, "loopback")
         && !g_str_equal (code, "port");
}

GPtrArray *
cs_interfaces_new (GVariant *reply)
{
  GPtrArray *interfaces
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_interface_free);
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);
  gsize length = g_variant_n_children (list);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);
      g_autoptr (CsInterface) interface = cs_interface_new (dictionary);

      if (is_of_interest (interface))
        g_ptr_array_add (interfaces, g_steal_pointer (&interface));
    }
  return interfaces;
}

CsInterface *
cs_interfaces_find (GPtrArray *interfaces, const char *name)
{
  for (guint i = 0; i < interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (interfaces, i);

      if (g_str_equal (interface->name, name))
        return interface;
    }
  return NULL;
}

/* The more the better. What is connected has a use already, if only as this computer's
 * second way to the Internet. */
static int
rank_as_lan (const CsInterface *interface)
{
  if (g_str_equal (interface->share, interface->name))
    return 5;
  if (!cs_interface_is_fit (interface, CS_SIDE_LAN))
    return 0;
  if (cs_interface_needs_force (interface) || g_str_equal (interface->state, "connected"))
    return 1;
  if (cs_interface_is_wifi (interface))
    return 4;
  return g_str_equal (interface->kind, "ethernet") ? 3 : 2;
}

CsInterface *
cs_interfaces_suggest_lan (GPtrArray *interfaces)
{
  CsInterface *best = NULL;

  for (guint i = 0; i < interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (interfaces, i);
      int rank = rank_as_lan (interface);

      if (rank > 0 && (best == NULL || rank > rank_as_lan (best)))
        best = interface;
    }
  return best;
}

gboolean
cs_interface_is_wifi (const CsInterface *interface)
{
  return g_str_equal (interface->kind, "wifi");
}

gboolean
cs_interface_is_fit (const CsInterface *interface, CsSide side)
{
  return interface->can_be[side] || (side == CS_SIDE_LAN && interface->can_force);
}

gboolean
cs_interface_needs_force (const CsInterface *interface)
{
  return !interface->can_be[CS_SIDE_LAN] && interface->can_force;
}

char *
cs_interface_title (const CsInterface *interface)
{
  const char *kind = FIND (kinds, interface->kind);

  if (kind == NULL)
    return g_strdup (interface->name);
  /* Translators: a kind of network and its name, as in "Wi-Fi (wlan0)" */
  return g_strdup_printf (_ ("%s (%s)"), kind, interface->name);
}

static char *
describe_unfit (const CsInterface *interface, CsSide side)
{
  const char *words = FIND (unfit, interface->code[side]);

  if (words != NULL)
    return g_strdup (words);
  return g_strdup (interface->reason[side]);
}

char *
cs_interface_subtitle (const CsInterface *interface, CsSide side)
{
  const char *state = FIND (states, interface->state);

  if (!interface->can_be[side])
    return describe_unfit (interface, side);
  if (*interface->connection != '\0')
    return g_strdup (interface->connection);
  if (*interface->label != '\0')
    return g_strdup (interface->label);
  return g_strdup (state != NULL ? state : "");
}
