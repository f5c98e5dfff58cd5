/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See problem-row.h. */
#include "problem-row.h"

struct _CsProblemRow
{
  AdwPreferencesRow parent;
  GtkImage *image;
  GtkLabel *title;
  GtkLabel *where;
  GtkLabel *advice;
  GtkButton *button;
  CsFinding *finding; /* (owned) */
};

enum
{
  REMEDY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsProblemRow, cs_problem_row, ADW_TYPE_PREFERENCES_ROW)

const CsFinding *
cs_problem_row_get_finding (CsProblemRow *row)
{
  return row->finding;
}

static void
on_clicked (CsProblemRow *row)
{
  g_signal_emit (row, signals[REMEDY], 0);
}

static void
cs_problem_row_finalize (GObject *object)
{
  cs_finding_free (CS_PROBLEM_ROW (object)->finding);
  G_OBJECT_CLASS (cs_problem_row_parent_class)->finalize (object);
}

static void
cs_problem_row_class_init (CsProblemRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_problem_row_finalize;
  signals[REMEDY] = g_signal_new ("remedy", CS_TYPE_PROBLEM_ROW, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/problem-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsProblemRow, image);
  gtk_widget_class_bind_template_child (widget_class, CsProblemRow, title);
  gtk_widget_class_bind_template_child (widget_class, CsProblemRow, where);
  gtk_widget_class_bind_template_child (widget_class, CsProblemRow, advice);
  gtk_widget_class_bind_template_child (widget_class, CsProblemRow, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
cs_problem_row_init (CsProblemRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

static void
show (CsProblemRow *row, const char *where)
{
  const CsFinding *finding = row->finding;
  gboolean error = cs_finding_is_error (finding);

  gtk_image_set_from_icon_name (row->image, error ? "dialog-error-symbolic"
                                                  : "dialog-warning-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (row->image), error ? "error" : "warning");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 cs_finding_get_title (finding));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_finding_get_title (finding), -1);
  gtk_label_set_label (row->title, cs_finding_get_title (finding));
  gtk_label_set_label (row->where, where);
  gtk_widget_set_visible (GTK_WIDGET (row->where), *where != '\0');
  gtk_label_set_label (row->advice, cs_finding_get_advice (finding));
  gtk_widget_set_visible (GTK_WIDGET (row->advice),
                          *cs_finding_get_advice (finding) != '\0');
  gtk_button_set_label (row->button, cs_finding_get_button (finding));
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), finding->message);
}

CsProblemRow *
cs_problem_row_new (CsFinding *finding, const char *where)
{
  CsProblemRow *row = g_object_new (CS_TYPE_PROBLEM_ROW, NULL);

  row->finding = finding;
  show (row, where);
  return row;
}
