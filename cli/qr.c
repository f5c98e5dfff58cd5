/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libqrencode computes the pattern; see qr.h. */
#include "qr.h"

#include <errno.h>
#include <gio/gio.h>
#include <qrencode.h>
#include <string.h>

/* Light modules around the code (ISO/IEC 18004, 9.1). */
#define MARGIN 4
/* Extended channel interpretation; AIM ITS/04-023 */
#define ECI_UTF8 26

#define BLACK_BACKGROUND_WHITE_TEXT "\033[40;97m"
#define PLAIN                       "\033[0m"

struct _CsQr
{
  QRcode *code; /* (owned) */
  int side;     /* modules, including margins */
};

/* Scanners guess the encoding if none is given, and take short texts in UTF-8 for
 * Chinese. */
static QRcode *
encode (const char *text)
{
  QRinput *input = QRinput_new2 (0, QR_ECLEVEL_M);
  gboolean ascii = g_str_is_ascii (text);
  QRcode *code = NULL;

  if (input == NULL)
    return NULL;
  if ((ascii || QRinput_appendECIheader (input, ECI_UTF8) == 0)
      && QRinput_append (input, QR_MODE_8, (int)strlen (text), (const guint8 *)text) == 0)
    code = QRcode_encodeInput (input);
  QRinput_free (input);
  return code;
}

CsQr *
cs_qr_new (const char *text, GError **error)
{
  QRcode *code = encode (text);
  CsQr *qr;

  if (code == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot make a QR code: %s",
                   g_strerror (errno));
      return NULL;
    }
  qr = g_new (CsQr, 1);
  qr->code = code;
  qr->side = code->width + 2 * MARGIN;
  return qr;
}

void
cs_qr_free (CsQr *qr)
{
  QRcode_free (qr->code);
  g_free (qr);
}

gboolean
cs_qr_is_light (const CsQr *qr, int row, int column)
{
  int width = qr->code->width;

  row -= MARGIN;
  column -= MARGIN;
  if (row < 0 || column < 0 || row >= width || column >= width)
    return TRUE;
  return (qr->code->data[row * width + column] & 1) == 0;
}

static const char *
half_blocks (gboolean upper, gboolean lower)
{
  if (upper)
    return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}

guint
cs_qr_get_width (const CsQr *qr)
{
  return (guint)qr->side;
}

char *
cs_qr_to_text (const CsQr *qr, gboolean color)
{
  GString *text = g_string_new (NULL);

  for (int row = 0; row < qr->side; row += 2)
    {
      g_string_append (text, color ? BLACK_BACKGROUND_WHITE_TEXT : "");
      for (int column = 0; column < qr->side; column++)
        g_string_append (text, half_blocks (cs_qr_is_light (qr, row, column),
                                            cs_qr_is_light (qr, row + 1, column)));
      g_string_append (text, color ? PLAIN "\n" : "\n");
    }
  return g_string_free (text, FALSE);
}
