/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See qr-code.h; what computes it is shared with the command line. */
#include "qr-code.h"

#include "cli/qr.h"

#define SIDE 240

struct _CsQrCode
{
  GtkWidget parent;
  CsQr *qr; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CsQrCode, cs_qr_code, GTK_TYPE_WIDGET)

gboolean
cs_qr_code_set_text (CsQrCode *code, const char *text)
{
  g_clear_pointer (&code->qr, cs_qr_free);
  code->qr = cs_qr_new (text, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (code));
  return code->qr != NULL;
}

static void
append_square (GtkSnapshot *snapshot, float x, float y, float side, const GdkRGBA *color)
{
  graphene_rect_t square = GRAPHENE_RECT_INIT (x, y, side, side);

  gtk_snapshot_append_color (snapshot, color, &square);
}

static void
cs_qr_code_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA light = { 1, 1, 1, 1 }, dark = { 0, 0, 0, 1 };
  CsQr *qr = CS_QR_CODE (widget)->qr;
  int modules = qr != NULL ? (int)cs_qr_get_width (qr) : 1;
  int side = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  int module = MAX (side / modules, 1);
  float x = (float)(gtk_widget_get_width (widget) - module * modules) / 2;
  float y = (float)(gtk_widget_get_height (widget) - module * modules) / 2;

  if (qr == NULL)
    return;
  append_square (snapshot, x, y, (float)(module * modules), &light);
  for (int row = 0; row < modules; row++)
    for (int column = 0; column < modules; column++)
      if (!cs_qr_is_light (qr, row, column))
        append_square (snapshot, x + (float)(column * module), y + (float)(row * module),
                       (float)module, &dark);
}

static void
cs_qr_code_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  *minimum = *natural = SIDE;
}

static void
cs_qr_code_finalize (GObject *object)
{
  g_clear_pointer (&CS_QR_CODE (object)->qr, cs_qr_free);
  G_OBJECT_CLASS (cs_qr_code_parent_class)->finalize (object);
}

static void
cs_qr_code_class_init (CsQrCodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_qr_code_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = cs_qr_code_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = cs_qr_code_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass),
                                        GTK_ACCESSIBLE_ROLE_IMG);
}

static void
cs_qr_code_init (CsQrCode *code)
{
}
