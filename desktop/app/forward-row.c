/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See forward-row.h. */
#include "forward-row.h"

#include <glib/gi18n-lib.h>

struct _CsForwardRow
{
  AdwActionRow parent;
  GtkButton *remove;
  char *protocol; /* (owned) */
  guint16 port;
  char *client; /* (owned) */
};

enum
{
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsForwardRow, cs_forward_row, ADW_TYPE_ACTION_ROW)

const char *
cs_forward_row_get_protocol (CsForwardRow *row)
{
  return row->protocol;
}

guint16
cs_forward_row_get_port (CsForwardRow *row)
{
  return row->port;
}

const char *
cs_forward_row_get_client (CsForwardRow *row)
{
  return row->client;
}

void
cs_forward_row_show (CsForwardRow *row, const CsForward *forward, GPtrArray *clients)
{
  g_autofree char *title = cs_forward_get_title (forward);
  g_autofree char *subtitle = cs_forward_get_subtitle (forward, clients);
  /* Translators: of a button, with what it removes: "Remove Web server" */
  g_autofree char *action = g_strdup_printf (_ ("Remove %s"), title);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->remove),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, action, -1);
}

static void
on_remove (CsForwardRow *row)
{
  g_signal_emit (row, signals[REMOVE], 0);
}

static void
cs_forward_row_finalize (GObject *object)
{
  g_free (CS_FORWARD_ROW (object)->protocol);
  g_free (CS_FORWARD_ROW (object)->client);
  G_OBJECT_CLASS (cs_forward_row_parent_class)->finalize (object);
}

static void
cs_forward_row_class_init (CsForwardRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_forward_row_finalize;
  signals[REMOVE] = g_signal_new ("remove", CS_TYPE_FORWARD_ROW, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/forward-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsForwardRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
cs_forward_row_init (CsForwardRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

CsForwardRow *
cs_forward_row_new (const CsForward *forward)
{
  CsForwardRow *row = g_object_new (CS_TYPE_FORWARD_ROW, NULL);

  row->protocol = g_strdup (forward->protocol);
  row->port = forward->port;
  row->client = g_strdup (forward->client);
  return row;
}
