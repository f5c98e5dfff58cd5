/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of qr-png.c, where libpng is not there. */
#include "qr.h"

#include <gio/gio.h>

GBytes *
cs_qr_to_png (const CsQr *qr, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "pictures need libpng, which this build does not have");
  return NULL;
}
