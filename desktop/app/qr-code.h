/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QR code, dark on light in any theme, in whole pixels. */
#pragma once

#include <gtk/gtk.h>

#define CS_TYPE_QR_CODE (cs_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (CsQrCode, cs_qr_code, CS, QR_CODE, GtkWidget)

/* FALSE if @text is too long for one. */
gboolean cs_qr_code_set_text (CsQrCode *code, const char *text);
