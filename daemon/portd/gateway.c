/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway.h"

#include <string.h>

gboolean
cs_gateway_knows (const CsGateway *gateway, CsAddress address)
{
  const CsPortdSettings *settings = &gateway->settings;
  CsCidr own = settings->gateway;

  if (!cs_address_is_remote (address) || cs_address_equal (address, own.address))
    return FALSE;
  if (address.family == AF_INET
      && (cs_address_equal (address, cs_cidr_network (own).address)
          || cs_address_equal (address, cs_cidr_last (own))))
    return FALSE;
  for (gsize i = 0; i < CS_PORTD_NETWORKS; i++)
    if (cs_address_is_set (settings->networks[i].address)
        && cs_cidr_contains (settings->networks[i], address))
      return TRUE;
  return FALSE;
}

guint32
cs_gateway_lifetime (guint32 lifetime)
{
  return CLAMP (lifetime, CS_PORTD_MIN_LIFETIME, CS_PORTD_MAX_LIFETIME);
}

void
cs_gateway_set_name (CsPortdRequest *request, const char *text)
{
  gsize length = 0;

  memset (request->name, 0, sizeof request->name);
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gsize size = (gsize)(g_utf8_next_char (text) - text);

      if (length + size >= sizeof request->name)
        break;
      if (!g_unichar_isprint (g_utf8_get_char (text)))
        continue;
      memcpy (request->name + length, text, size);
      length += size;
    }
}
