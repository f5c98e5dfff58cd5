/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user asked to share from: one choice, or several in order of preference with
 * commas between. A choice is
 *   auto               the connection that the host itself uses
 *   wifi ethernet mobile vpn ppp   the best interface of this type
 *   NAME               the interface of this name; while there is none, the profile of
 *                      NetworkManager whose id or UUID this is; while there is none
 *                      either, whichever of them appears
 *   interface:NAME profile:NAME type:NAME   this and nothing else
 * So a type's word wins over an interface's name, and that over a profile's; a prefix
 * forces the other. A profile with a comma in its id is named by its UUID. */
#pragma once

#include "snapshot.h"

typedef enum
{
  CS_WAN_AUTO,
  CS_WAN_TYPE,
  CS_WAN_INTERFACE,
  CS_WAN_PROFILE,
  CS_WAN_NAME, /* an interface or a profile */
} CsWanKind;

typedef struct
{
  CsWanKind kind;
  char *name;  /* (owned) without the prefix */
  CsKind type; /* of CS_WAN_TYPE */
} CsWanChoice;

/* Of CsWanChoice (owned), at least one; or CS_ERROR_INVALID_ARGUMENT, which names the
 * choice. */
GPtrArray *cs_wan_parse (const char *spec, GError **error);

/* Whether @choice may mean the interface @name. */
gboolean cs_wan_choice_allows_interface (const CsWanChoice *choice, const char *name);
