/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A DUID-UUID (RFC 6355) made of the machine's id, which cannot be told from it. */
#include "duid.h"

#include "base/bytes.h"
#include "base/machine-id.h"

#include <string.h>

#define TYPE_UUID 4
#define UUID_SIZE 16

static void
fill (CsDuid *self)
{
  guint8 digest[CS_MACHINE_ID_DIGEST];

  cs_machine_id_derive ("connshare-duid", NULL, 0, digest);
  cs_bytes_put16 (self->bytes, TYPE_UUID);
  memcpy (self->bytes + 2, digest, UUID_SIZE);
  /* version 4 (random) of RFC 4122's variant */
  self->bytes[2 + 6] = (self->bytes[2 + 6] & 0x0f) | 0x40;
  self->bytes[2 + 8] = (self->bytes[2 + 8] & 0x3f) | 0x80;
  self->size = 2 + UUID_SIZE;
}

const CsDuid *
cs_duid_get_own (void)
{
  static CsDuid own;

  if (own.size == 0)
    fill (&own);
  return &own;
}
