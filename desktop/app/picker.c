/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A combo row with list items of its own; see picker.h. */
#include "picker.h"

struct _CsPicker
{
  AdwComboRow parent;
  GListStore *picks; /* (owned) of CsPick */
  char *chosen;      /* (owned) (nullable) its id, by the program or the user */
  gboolean showing;  /* the program chooses, not the user */
};

enum
{
  PICKED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsPicker, cs_picker, ADW_TYPE_COMBO_ROW)

static GtkWidget *
add_label (GtkBox *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  if (css_class != NULL)
    {
      gtk_widget_add_css_class (label, css_class);
      gtk_widget_add_css_class (label, "caption");
    }
  gtk_box_append (box, label);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, CsPicker *picker)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *labels = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_widget_set_margin_top (row, 6);
  gtk_widget_set_margin_bottom (row, 6);
  gtk_widget_set_hexpand (labels, TRUE);
  add_label (GTK_BOX (labels), NULL);
  add_label (GTK_BOX (labels), "dim-label");
  gtk_box_append (GTK_BOX (row), labels);
  gtk_box_append (GTK_BOX (row), check);
  gtk_accessible_update_state (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE,
                               -1);
  gtk_list_item_set_child (item, row);
}

static void
show_check (CsPicker *picker, GParamSpec *property, GtkListItem *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);
  gboolean chosen = gtk_list_item_get_item (item)
                    == adw_combo_row_get_selected_item (ADW_COMBO_ROW (picker));

  gtk_widget_set_opacity (gtk_widget_get_last_child (row), chosen ? 1 : 0);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, CsPicker *picker)
{
  CsPick *pick = gtk_list_item_get_item (item);
  GtkWidget *row = gtk_list_item_get_child (item);
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (row));
  GtkWidget *subtitle = gtk_widget_get_next_sibling (title);

  gtk_label_set_label (GTK_LABEL (title), cs_pick_get_title (pick));
  gtk_label_set_label (GTK_LABEL (subtitle), cs_pick_get_subtitle (pick));
  gtk_widget_set_visible (subtitle, *cs_pick_get_subtitle (pick) != '\0');
  gtk_widget_set_sensitive (row, cs_pick_is_fit (pick));
  gtk_list_item_set_selectable (item, cs_pick_is_fit (pick));
  gtk_list_item_set_activatable (item, cs_pick_is_fit (pick));
  g_signal_connect (picker, "notify::selected-item", G_CALLBACK (show_check), item);
  show_check (picker, NULL, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, CsPicker *picker)
{
  g_signal_handlers_disconnect_by_func (picker, show_check, item);
}

static void
set_chosen (CsPicker *picker, const char *id)
{
  g_free (picker->chosen);
  picker->chosen = g_strdup (id);
}

/* What the program chooses while it is told of the user's choice is told here later. */
static void
on_selected (CsPicker *picker)
{
  CsPick *pick = adw_combo_row_get_selected_item (ADW_COMBO_ROW (picker));

  if (picker->showing || pick == NULL
      || g_strcmp0 (cs_pick_get_id (pick), picker->chosen) == 0)
    return;
  set_chosen (picker, cs_pick_get_id (pick));
  g_signal_emit (picker, signals[PICKED], 0, cs_pick_get_id (pick));
}

static gboolean
is_shown (CsPicker *picker, GPtrArray *picks)
{
  GListModel *model = G_LIST_MODEL (picker->picks);

  if (g_list_model_get_n_items (model) != picks->len)
    return FALSE;
  for (guint i = 0; i < picks->len; i++)
    {
      g_autoptr (CsPick) shown = g_list_model_get_item (model, i);

      if (!cs_pick_equal (shown, g_ptr_array_index (picks, i)))
        return FALSE;
    }
  return TRUE;
}

static guint
find (GPtrArray *picks, const char *id)
{
  for (guint i = 0; i < picks->len; i++)
    if (g_strcmp0 (cs_pick_get_id (g_ptr_array_index (picks, i)), id) == 0)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

void
cs_picker_show (CsPicker *picker, GPtrArray *picks, const char *id)
{
  picker->showing = TRUE;
  set_chosen (picker, id);
  if (!is_shown (picker, picks))
    g_list_store_splice (picker->picks, 0,
                         g_list_model_get_n_items (G_LIST_MODEL (picker->picks)),
                         picks->pdata, picks->len);
  adw_combo_row_set_selected (ADW_COMBO_ROW (picker), find (picks, id));
  picker->showing = FALSE;
}

static char *
title_of (CsPick *pick)
{
  return g_strdup (cs_pick_get_title (pick));
}

static void
cs_picker_dispose (GObject *object)
{
  g_clear_object (&CS_PICKER (object)->picks);
  g_clear_pointer (&CS_PICKER (object)->chosen, g_free);
  G_OBJECT_CLASS (cs_picker_parent_class)->dispose (object);
}

static void
cs_picker_class_init (CsPickerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_picker_dispose;
  signals[PICKED] = g_signal_new ("picked", CS_TYPE_PICKER, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cs_picker_init (CsPicker *picker)
{
  AdwComboRow *row = ADW_COMBO_ROW (picker);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkExpression) title = gtk_cclosure_expression_new (
      G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (title_of), NULL, NULL);

  picker->picks = g_list_store_new (CS_TYPE_PICK);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), picker);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), picker);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), picker);
  adw_combo_row_set_expression (row, title);
  adw_combo_row_set_list_factory (row, factory);
  adw_combo_row_set_use_subtitle (row, TRUE);
  adw_combo_row_set_model (row, G_LIST_MODEL (picker->picks));
  g_signal_connect (picker, "notify::selected-item", G_CALLBACK (on_selected), NULL);
}
