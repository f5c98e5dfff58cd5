/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See traffic-group.h. */
#include "traffic-group.h"

#include "amount.h"
#include "dictionary.h"
#include "graph.h"

#include <glib/gi18n-lib.h>

struct _CsTrafficGroup
{
  AdwPreferencesGroup parent;
  CsGraph *graph;
  GtkLabel *axis;
  GtkLabel *received;
  GtkLabel *sent;
  GtkLabel *received_total;
  GtkLabel *sent_total;
  CsSetup *setup;            /* (owned) (nullable) */
  CsSamples *samples;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char *lan;                 /* (owned) (nullable) whose samples these are */
  guint timer;               /* source while mapped, or 0 */
  gboolean asking;
};

G_DEFINE_FINAL_TYPE (CsTrafficGroup, cs_traffic_group, ADW_TYPE_PREFERENCES_GROUP)

static void
show_rates (CsTrafficGroup *group)
{
  CsRate now = cs_samples_get (group->samples, 0);
  g_autofree char *received = cs_rate_format (now.received);
  g_autofree char *sent = cs_rate_format (now.sent);
  g_autofree char *top
      = cs_rate_format (cs_rate_round_up (cs_samples_get_peak (group->samples)));
  g_autofree char *words = g_strdup_printf (
      _ ("Traffic of the last minute; now %s received and %s sent"), received, sent);

  gtk_label_set_label (group->received, received);
  gtk_label_set_label (group->sent, sent);
  gtk_label_set_label (group->axis, top);
  gtk_accessible_update_property (GTK_ACCESSIBLE (group->graph),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (group->graph));
}

static void
show_counters (CsTrafficGroup *group, GVariant *properties)
{
  guint64 sent = cs_dictionary_get_number (properties, "BytesSent");
  guint64 received = cs_dictionary_get_number (properties, "BytesReceived");
  g_autofree char *sent_total = cs_amount_format (sent);
  g_autofree char *received_total = cs_amount_format (received);
  g_autofree char *sent_words = g_strdup_printf (_ ("%s in all"), sent_total);
  g_autofree char *received_words = g_strdup_printf (_ ("%s in all"), received_total);

  cs_samples_add (group->samples, g_get_monotonic_time (), sent, received);
  gtk_label_set_label (group->sent_total, sent_words);
  gtk_label_set_label (group->received_total, received_words);
  show_rates (group);
}

/* A share that has just ended has no counters, and needs none. */
static void
properties_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  CsTrafficGroup *group = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  group->asking = FALSE;
  if (reply == NULL)
    return;
  g_variant_get (reply, "(@a{sv})", &properties);
  show_counters (group, properties);
}

static gboolean
on_timer (gpointer user_data)
{
  CsTrafficGroup *group = user_data;
  CsDbusShare *share = cs_setup_get_share (group->setup);
  GDBusProxy *proxy = G_DBUS_PROXY (share);

  if (share == NULL || group->asking
      || cs_service_get_state (cs_setup_get_service (group->setup)) != CS_SERVICE_READY)
    return G_SOURCE_CONTINUE;
  group->asking = TRUE;
  g_dbus_connection_call (
      g_dbus_proxy_get_connection (proxy), g_dbus_proxy_get_name (proxy),
      g_dbus_proxy_get_object_path (proxy), "org.freedesktop.DBus.Properties", "GetAll",
      g_variant_new ("(s)", g_dbus_proxy_get_interface_name (proxy)),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, group->cancellable,
      properties_cb, group);
  return G_SOURCE_CONTINUE;
}

static void
show (CsTrafficGroup *group)
{
  const char *lan = cs_setup_get_share (group->setup) != NULL
                        ? cs_setup_get_lan (group->setup)
                        : NULL;

  gtk_widget_set_visible (GTK_WIDGET (group), lan != NULL);
  if (g_strcmp0 (lan, group->lan) == 0)
    return;
  g_free (group->lan);
  group->lan = g_strdup (lan);
  cs_samples_clear (group->samples);
  show_rates (group);
}

static void
on_map (CsTrafficGroup *group)
{
  group->timer = g_timeout_add_seconds (1, on_timer, group);
  on_timer (group);
}

static void
on_unmap (CsTrafficGroup *group)
{
  g_clear_handle_id (&group->timer, g_source_remove);
}

void
cs_traffic_group_set_setup (CsTrafficGroup *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  g_signal_connect (group, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (group, "unmap", G_CALLBACK (on_unmap), NULL);
  show (group);
}

static void
cs_traffic_group_dispose (GObject *object)
{
  CsTrafficGroup *group = CS_TRAFFIC_GROUP (object);

  g_cancellable_cancel (group->cancellable);
  g_clear_handle_id (&group->timer, g_source_remove);
  g_clear_object (&group->setup);
  G_OBJECT_CLASS (cs_traffic_group_parent_class)->dispose (object);
}

static void
cs_traffic_group_finalize (GObject *object)
{
  CsTrafficGroup *group = CS_TRAFFIC_GROUP (object);

  g_object_unref (group->cancellable);
  cs_samples_free (group->samples);
  g_free (group->lan);
  G_OBJECT_CLASS (cs_traffic_group_parent_class)->finalize (object);
}

static void
cs_traffic_group_class_init (CsTrafficGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_traffic_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_traffic_group_finalize;
  g_type_ensure (CS_TYPE_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/traffic-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsTrafficGroup, graph);
  gtk_widget_class_bind_template_child (widget_class, CsTrafficGroup, axis);
  gtk_widget_class_bind_template_child (widget_class, CsTrafficGroup, received);
  gtk_widget_class_bind_template_child (widget_class, CsTrafficGroup, sent);
  gtk_widget_class_bind_template_child (widget_class, CsTrafficGroup, received_total);
  gtk_widget_class_bind_template_child (widget_class, CsTrafficGroup, sent_total);
}

static void
cs_traffic_group_init (CsTrafficGroup *group)
{
  group->cancellable = g_cancellable_new ();
  group->samples = cs_samples_new ();
  gtk_widget_init_template (GTK_WIDGET (group));
  cs_graph_set_samples (group->graph, group->samples);
}
