/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in a datagram, in network byte order and at any address. */
#pragma once

#include <glib.h>

static inline guint16
cs_bytes_get16 (const guint8 *data)
{
  return (guint16)(data[0] << 8 | data[1]);
}

static inline guint32
cs_bytes_get32 (const guint8 *data)
{
  return (guint32)cs_bytes_get16 (data) << 16 | cs_bytes_get16 (data + 2);
}

static inline void
cs_bytes_put16 (guint8 *data, guint value)
{
  data[0] = (guint8)(value >> 8);
  data[1] = (guint8)value;
}

static inline void
cs_bytes_put32 (guint8 *data, guint32 value)
{
  cs_bytes_put16 (data, value >> 16);
  cs_bytes_put16 (data + 2, value & 0xffff);
}
