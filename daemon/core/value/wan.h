/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user asked to share: one choice, or several in order of preference, separated
 * by commas. A choice is
 *   auto               the connection that the host itself uses
 *   wifi ethernet mobile vpn ppp   the best interface of this type
 *   NAME               the interface with this name; if there is none, the profile of
 *                      NetworkManager with this id or UUID; if there is none either,
 *                      whichever appears first
 *   interface:NAME profile:NAME type:NAME   this, and nothing else of that name
 * "auto" and types may be in any case, unless something has that very name.
 * So a type wins over an interface, and an interface over a profile, unless there is a
 * prefix. A profile with a comma in its id needs its UUID, and one that is called like an
 * address needs its prefix. */
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
  char *name;    /* (owned) without the prefix; a type, or auto, in lower case */
  char *spelled; /* (owned) (nullable) as it was written in another case, which may be the
                    name of an interface or profile */
  CsKind type;   /* of CS_WAN_TYPE */
} CsWanChoice;

/* Of CsWanChoice (owned), at least one; or CS_ERROR_INVALID_ARGUMENT, which names the
 * choice. */
GPtrArray *cs_wan_parse (const char *spec, GError **error);

/* Whether @choice may mean the interface @name. */
gboolean cs_wan_choice_allows_interface (const CsWanChoice *choice, const char *name);
