/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of qr.c, where libqrencode is not there: there is never a CsQr. */
#include "qr.h"

#include <gio/gio.h>

CsQr *
cs_qr_new (const char *text, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "QR codes need libqrencode, which this build does not have");
  return NULL;
}

void
cs_qr_free (CsQr *qr)
{
}

guint
cs_qr_get_width (const CsQr *qr)
{
  return 0;
}

gboolean
cs_qr_is_light (const CsQr *qr, int row, int column)
{
  return TRUE;
}

char *
cs_qr_to_text (const CsQr *qr, gboolean color)
{
  return g_strdup ("");
}
