/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two tables; see ipv6.h. */
#include "ipv6.h"

#include <glib/gi18n-lib.h>

const CsIpv6Choice *
cs_ipv6_list_choices (void)
{
  static const CsIpv6Choice choices[] = {
    { CS_IPV6_AUTO, N_ ("Automatic"), N_ ("The best way that there is") },
    { "delegated", N_ ("From the Provider"),
      N_ ("Devices have addresses of their own, in a network of their own") },
    { "extended", N_ ("From the Same Network"),
      N_ ("Devices have addresses of the network that this computer is in") },
    { "masquerade", N_ ("Behind This Computer"),
      N_ ("Devices use this computer's address, as they do for IPv4") },
    { "off", N_ ("Off"), N_ ("Devices use IPv4 only") },
    { NULL },
  };

  return choices;
}

const char *
cs_ipv6_parse (GVariant *value)
{
  const char *id = "";

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    id = g_variant_get_string (value, NULL);
  return *id != '\0' ? id : CS_IPV6_AUTO;
}

static const char *
find_title (const char *id)
{
  const CsIpv6Choice *choice = cs_ipv6_list_choices ();

  while (choice->id != NULL && !g_str_equal (choice->id, id))
    choice++;
  return choice->id != NULL ? _ (choice->title) : id;
}

const char *
cs_ipv6_describe (const char *mode, const char *id)
{
  static const struct
  {
    const char *mode;
    const char *sentence;
  } rows[] = {
    { "delegated", N_ ("Devices have addresses of their own from the provider") },
    { "extended", N_ ("Devices have addresses of the network of this computer") },
    { "masquerade", N_ ("Devices share the address of this computer") },
    { "none", N_ ("Not available from this Internet connection") },
    { "off", N_ ("Devices use IPv4 only") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_strcmp0 (rows[i].mode, mode) == 0)
      return _ (rows[i].sentence);
  return find_title (id);
}
