/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How to join the Wi-Fi network: a QR code, and the same to read. */
#pragma once

#include <adwaita.h>

#define CS_TYPE_QR_WINDOW (cs_qr_window_get_type ())
G_DECLARE_FINAL_TYPE (CsQrWindow, cs_qr_window, CS, QR_WINDOW, AdwWindow)

/* @wifi as Share.GetWifi returns it. */
CsQrWindow *cs_qr_window_new (GtkWindow *parent, GVariant *wifi);
