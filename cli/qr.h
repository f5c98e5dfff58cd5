/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QR code, as text and as a picture, with the margin that scanners need. */
#pragma once

#include <glib.h>

typedef struct _CsQr CsQr;

/* @text as UTF-8; NULL with an error if it is too long for a code, or
 * G_IO_ERROR_NOT_SUPPORTED: built without. */
CsQr *cs_qr_new (const char *text, GError **error);
void cs_qr_free (CsQr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsQr, cs_qr_free)

/* Columns of the text. */
guint cs_qr_get_width (const CsQr *qr);
/* Lines of half-block characters, each for two rows. With @color they are white and
 * black on any terminal; without, as on one with light text on a dark background. */
char *cs_qr_to_text (const CsQr *qr, gboolean color);

/* Whether a module is; margins are, and so is everything beyond them. */
gboolean cs_qr_is_light (const CsQr *qr, int row, int column);

/* Black on white; NULL with an error if built without. */
GBytes *cs_qr_to_png (const CsQr *qr, GError **error);
