/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network interface as a picker shows it: what ListInterfaces says of it, a title and a
 * subtitle in the user's language. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_SIDE_LAN,
  CS_SIDE_WAN,
} CsSide;

typedef struct
{
  char *name;       /* (owned) "wlan0" */
  char *kind;       /* (owned) "wifi" */
  char *label;      /* (owned) of the hardware, or "" */
  char *connection; /* (owned) active profile, or "" */
  char *state;      /* (owned) "connected" */
  char *share;      /* (owned) LAN of the share that it is part of, or "" */
  gboolean can_be[2];
  char *code[2];   /* (owned) why it cannot, a word, or "" */
  char *reason[2]; /* (owned) the same as the service's sentence, or "" */
  gboolean can_force;
} CsInterface;

CsInterface *cs_interface_new (GVariant *dictionary);
void cs_interface_free (CsInterface *interface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsInterface, cs_interface_free)

/* All of a ListInterfaces reply, (aa{sv}), less what nobody would choose for either side:
 * the loopback interface and ports of bridges. (element-type CsInterface) (transfer full)
 */
GPtrArray *cs_interfaces_new (GVariant *reply);
/* NULL for none. */
CsInterface *cs_interfaces_find (GPtrArray *interfaces, const char *name);
/* The LAN to show first: one that is shared, else one that has no other use, Wi-Fi before
 * the rest; or NULL. */
CsInterface *cs_interfaces_suggest_lan (GPtrArray *interfaces);

gboolean cs_interface_is_wifi (const CsInterface *interface);
/* Whether it may be chosen for this side, with option force if need be. */
gboolean cs_interface_is_fit (const CsInterface *interface, CsSide side);
/* Whether it is fit as LAN with option force alone. */
gboolean cs_interface_needs_force (const CsInterface *interface);

/* "Wi-Fi (wlan0)". */
char *cs_interface_title (const CsInterface *interface);
/* Which connection it has, or why it is unfit for @side. */
char *cs_interface_subtitle (const CsInterface *interface, CsSide side);
