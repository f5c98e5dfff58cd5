/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See device-row.h. */
#include "device-row.h"

#include "amount.h"
#include "switch.h"

#include <glib/gi18n-lib.h>

struct _CsDeviceRow
{
  AdwExpanderRow parent;
  GtkImage *image;
  GtkLabel *rate;
  AdwEntryRow *name;
  AdwActionRow *addresses;
  AdwActionRow *hardware;
  AdwActionRow *data;
  GtkSwitch *block;
  CsSamples *samples; /* (owned) */
  char *mac;          /* (owned) */
  gboolean showing;   /* the program moves the switch, not the user */
};

enum
{
  CHANGE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsDeviceRow, cs_device_row, ADW_TYPE_EXPANDER_ROW)

const char *
cs_device_row_get_mac (CsDeviceRow *row)
{
  return row->mac;
}

static void
show_rate (CsDeviceRow *row, const CsClient *client)
{
  CsRate now = cs_samples_get (row->samples, 0);
  g_autofree char *received = cs_rate_format (now.received);
  g_autofree char *sent = cs_rate_format (now.sent);
  g_autofree char *rates = g_strdup_printf ("↓ %s\n↑ %s", received, sent);
  /* Translators: of a device, with two rates such as "1.2 MB/s" */
  g_autofree char *words = g_strdup_printf (_ ("Receives %s, sends %s"), received, sent);

  gtk_label_set_label (row->rate, rates);
  gtk_widget_set_visible (GTK_WIDGET (row->rate),
                          cs_client_is_online (client) && now.received + now.sent > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->rate),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_details (CsDeviceRow *row, const CsClient *client)
{
  g_autofree char *addresses = g_strjoinv ("\n", client->addresses);
  g_autofree char *received = cs_amount_format (client->received);
  g_autofree char *sent = cs_amount_format (client->sent);
  g_autofree char *data = g_strdup_printf (_ ("%s received, %s sent"), received, sent);

  adw_action_row_set_subtitle (row->addresses, addresses);
  gtk_widget_set_visible (GTK_WIDGET (row->addresses), *addresses != '\0');
  adw_action_row_set_subtitle (row->hardware, client->mac);
  adw_action_row_set_subtitle (row->data, data);
}

/* While the user types a name, it stays. */
static void
show_name (CsDeviceRow *row, const CsClient *client)
{
  const char *title = cs_client_get_title (client);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  if (gtk_widget_get_state_flags (GTK_WIDGET (row->name)) & GTK_STATE_FLAG_FOCUS_WITHIN)
    return;
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row->name)), client->name))
    gtk_editable_set_text (GTK_EDITABLE (row->name), client->name);
}

void
cs_device_row_show (CsDeviceRow *row, const CsClient *client, gint64 time)
{
  g_autofree char *subtitle = cs_client_get_subtitle (client);
  gboolean blocked = cs_client_is_blocked (client);

  cs_samples_add (row->samples, time, client->sent, client->received);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  gtk_image_set_from_icon_name (row->image, blocked ? "action-unavailable-symbolic"
                                                    : "computer-symbolic");
  gtk_widget_set_opacity (GTK_WIDGET (row->image),
                          cs_client_is_online (client) ? 1 : 0.5);
  show_name (row, client);
  show_rate (row, client);
  show_details (row, client);
  row->showing = TRUE;
  cs_switch_show (row->block, blocked);
  gtk_switch_set_state (row->block, blocked);
  row->showing = FALSE;
}

static void
emit_change (CsDeviceRow *row, const char *option, GVariant *value)
{
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) change = NULL;

  g_variant_dict_insert_value (&options, option, value);
  change = g_variant_ref_sink (g_variant_dict_end (&options));
  g_signal_emit (row, signals[CHANGE], 0, change);
}

static void
on_name_applied (CsDeviceRow *row)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (row->name));

  emit_change (row, "name", g_variant_new_string (name));
}

static gboolean
on_block_set (CsDeviceRow *row, gboolean blocked)
{
  if (!row->showing)
    emit_change (row, "blocked", g_variant_new_boolean (blocked));
  return TRUE;
}

static void
cs_device_row_finalize (GObject *object)
{
  CsDeviceRow *row = CS_DEVICE_ROW (object);

  cs_samples_free (row->samples);
  g_free (row->mac);
  G_OBJECT_CLASS (cs_device_row_parent_class)->finalize (object);
}

static void
cs_device_row_class_init (CsDeviceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_device_row_finalize;
  signals[CHANGE] = g_signal_new ("change", CS_TYPE_DEVICE_ROW, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/device-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, image);
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, rate);
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, name);
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, addresses);
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, hardware);
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, data);
  gtk_widget_class_bind_template_child (widget_class, CsDeviceRow, block);
  gtk_widget_class_bind_template_callback (widget_class, on_name_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_block_set);
}

static void
cs_device_row_init (CsDeviceRow *row)
{
  row->samples = cs_samples_new ();
  gtk_widget_init_template (GTK_WIDGET (row));
}

CsDeviceRow *
cs_device_row_new (const char *mac)
{
  CsDeviceRow *row = g_object_new (CS_TYPE_DEVICE_ROW, NULL);

  row->mac = g_strdup (mac);
  return row;
}
