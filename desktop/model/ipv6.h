/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How devices get IPv6: what the option "ipv6" of a share may be, and what its property
 * Ipv6Mode says, in words. */
#pragma once

#include <glib.h>

#define CS_IPV6_AUTO "auto"

typedef struct
{
  const char *id; /* of the option */
  const char *title;
  const char *subtitle;
} CsIpv6Choice;

/* In the order of a menu, not translated yet; ends with an empty one. */
const CsIpv6Choice *cs_ipv6_list_choices (void);
/* The value of the option "ipv6", which is nullable: CS_IPV6_AUTO unless it is something
 * else. */
const char *cs_ipv6_parse (GVariant *value);
/* What devices have, in a sentence; of a share that is not active (@mode NULL), or in a
 * way of a later version, the title of the choice that was made. */
const char *cs_ipv6_describe (const char *mode, const char *id);
