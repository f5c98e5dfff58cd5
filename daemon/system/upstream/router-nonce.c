/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made of the machine's id, which other computers do not know. Who is on this computer
 * can know it, but is in the place of whoever asks anyway. */
#include "router-nonce.h"

#include "base/bytes.h"
#include "base/machine-id.h"

#include <string.h>

void
cs_router_nonce_set (CsRouterRequest *request, CsAddress own, CsAddress router)
{
  guint8 data[] = { 0, 0, 0, 0, 0, 0, 0, 0, request->protocol, 0, 0 };
  guint8 digest[CS_MACHINE_ID_DIGEST];

  memcpy (data, own.bytes, 4);
  memcpy (data + 4, router.bytes, 4);
  cs_bytes_put16 (data + 9, request->port);
  cs_machine_id_derive ("connshare-pcp", data, sizeof data, digest);
  memcpy (request->nonce, digest, CS_ROUTER_NONCE);
}
