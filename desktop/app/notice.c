/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See notice.h. */
#include "notice.h"

struct _CsNotice
{
  AdwBin parent;
  GtkLabel *sentence;
  GtkExpander *expander;
  GtkLabel *details;
  GtkButton *button;
  GtkButton *close;
  CsStep step;
};

enum
{
  STEP,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsNotice, cs_notice, ADW_TYPE_BIN)

void
cs_notice_show (CsNotice *notice, const char *sentence, const char *details, CsStep step)
{
  notice->step = step;
  gtk_label_set_label (notice->sentence, sentence);
  gtk_label_set_label (notice->details, details);
  gtk_widget_set_visible (GTK_WIDGET (notice->expander), *details != '\0');
  gtk_expander_set_expanded (notice->expander, FALSE);
  gtk_button_set_label (notice->button, cs_step_get_label (step));
  gtk_widget_set_visible (GTK_WIDGET (notice->close), step != CS_STEP_NONE);
  gtk_widget_set_visible (GTK_WIDGET (notice), TRUE);
}

void
cs_notice_hide (CsNotice *notice)
{
  gtk_widget_set_visible (GTK_WIDGET (notice), FALSE);
}

static void
on_button (CsNotice *notice)
{
  cs_notice_hide (notice);
  g_signal_emit (notice, signals[STEP], 0, notice->step);
}

static void
cs_notice_dispose (GObject *object)
{
  G_OBJECT_CLASS (cs_notice_parent_class)->dispose (object);
}

static void
cs_notice_class_init (CsNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_notice_dispose;
  signals[STEP] = g_signal_new ("step", CS_TYPE_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_template_from_resource (widget_class, CS_RESOURCES "/notice.ui");
  gtk_widget_class_bind_template_child (widget_class, CsNotice, sentence);
  gtk_widget_class_bind_template_child (widget_class, CsNotice, expander);
  gtk_widget_class_bind_template_child (widget_class, CsNotice, details);
  gtk_widget_class_bind_template_child (widget_class, CsNotice, button);
  gtk_widget_class_bind_template_child (widget_class, CsNotice, close);
  gtk_widget_class_bind_template_callback (widget_class, on_button);
  gtk_widget_class_bind_template_callback (widget_class, cs_notice_hide);
}

static void
cs_notice_init (CsNotice *notice)
{
  gtk_widget_init_template (GTK_WIDGET (notice));
}
