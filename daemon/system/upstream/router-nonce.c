/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made of the machine's id, which other computers do not know. Who is on this computer
 * can know it, but is in the place of whoever asks anyway. */
#include "router-nonce.h"

#include "base/machine-id.h"

#include <string.h>

static const char *
get_key (void)
{
  static char *key;

  if (key == NULL)
    key = cs_machine_id_read ();
  if (key == NULL) /* then for as long as the service runs */
    key = g_uuid_string_random ();
  return key;
}

void
cs_router_nonce_set (CsRouterRequest *request, CsAddress own, CsAddress router)
{
  const char *key = get_key ();
  const guint8 port[]
      = { request->protocol, (guint8)(request->port >> 8), (guint8)request->port };
  g_autoptr (GHmac) hmac
      = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)key, strlen (key));
  guint8 digest[32];
  gsize size = sizeof digest;

  g_hmac_update (hmac, (const guchar *)"connshare-pcp", -1);
  g_hmac_update (hmac, own.bytes, 4);
  g_hmac_update (hmac, router.bytes, 4);
  g_hmac_update (hmac, port, sizeof port);
  g_hmac_get_digest (hmac, digest, &size);
  memcpy (request->nonce, digest, CS_ROUTER_NONCE);
}
