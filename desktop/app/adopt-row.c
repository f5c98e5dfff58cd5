/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "adopt-row.h"

#include "switch.h"

struct _CsAdoptRow
{
  AdwActionRow parent;
  GtkSwitch *toggle;
  CsSetup *setup;   /* (owned) (nullable) */
  gboolean showing; /* the program changes something, not the user */
};

G_DEFINE_FINAL_TYPE (CsAdoptRow, cs_adopt_row, ADW_TYPE_ACTION_ROW)

static void
show (CsAdoptRow *row)
{
  gboolean on = cs_setup_adopts (row->setup);

  gtk_widget_set_visible (
      GTK_WIDGET (row),
      cs_service_has_feature (cs_setup_get_service (row->setup), "adopt"));
  row->showing = TRUE;
  cs_switch_show (row->toggle, on);
  gtk_switch_set_state (row->toggle, on);
  row->showing = FALSE;
}

static gboolean
on_state_set (CsAdoptRow *row, gboolean on)
{
  if (!row->showing && row->setup != NULL)
    cs_setup_adopt (row->setup, on);
  return TRUE;
}

void
cs_adopt_row_set_setup (CsAdoptRow *row, CsSetup *setup)
{
  row->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), row, G_CONNECT_SWAPPED);
  show (row);
}

static void
cs_adopt_row_dispose (GObject *object)
{
  g_clear_object (&CS_ADOPT_ROW (object)->setup);
  G_OBJECT_CLASS (cs_adopt_row_parent_class)->dispose (object);
}

static void
cs_adopt_row_class_init (CsAdoptRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_adopt_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/adopt-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsAdoptRow, toggle);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
}

static void
cs_adopt_row_init (CsAdoptRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}
