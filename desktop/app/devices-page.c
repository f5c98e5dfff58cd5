/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each hardware address, kept from one reading to the next, so that an open one
 * stays open; see devices-page.h. */
#include "devices-page.h"

#include "client.h"
#include "device-row.h"

#include <glib/gi18n-lib.h>

#define READ_INTERVAL 2 /* s */

struct _CsDevicesPage
{
  AdwBin parent;
  GtkStack *stack;
  AdwStatusPage *status;
  GtkListBox *list;
  CsSetup *setup;            /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GHashTable *rows;          /* (owned) hardware address to CsDeviceRow (unowned) */
  char *lan;                 /* (owned) (nullable) whose devices these are */
  guint timer;               /* source while mapped, or 0 */
  gboolean asking;
};

G_DEFINE_FINAL_TYPE (CsDevicesPage, cs_devices_page, ADW_TYPE_BIN)

static void
show_status (CsDevicesPage *page, const char *icon, const char *title, const char *words)
{
  adw_status_page_set_icon_name (page->status, icon);
  adw_status_page_set_title (page->status, title);
  adw_status_page_set_description (page->status, words);
  gtk_stack_set_visible_child_name (page->stack, "status");
}

static void
show_none (CsDevicesPage *page)
{
  CsDbusShare *share = cs_setup_get_share (page->setup);
  const char *ssid = share != NULL ? cs_dbus_share_get_ssid (share) : NULL;
  g_autofree char *words = NULL;

  if (share == NULL)
    {
      show_status (page, "org.connshare1.Gtk-symbolic", _ ("Sharing Is Off"),
                   _ ("Turn it on, and the devices that use it are listed here."));
      return;
    }
  if (ssid != NULL && *ssid != '\0')
    {
      g_autofree char *name = g_markup_escape_text (ssid, -1);

      words = g_strdup_printf (
          _ ("Join the Wi-Fi network “%s” with a phone or a computer."), name);
    }
  else
    {
      g_autofree char *lan = cs_setup_get_lan_title (page->setup);
      g_autofree char *name = g_markup_escape_text (lan, -1);

      words = g_strdup_printf (_ ("Connect a device to %s with a cable."), name);
    }
  show_status (page, "computer-symbolic", _ ("No Devices Yet"), words);
}

static void read_clients (CsDevicesPage *page);

/* What the service has is shown again, whatever has come of the change. */
static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  CsDevicesPage *page = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    cs_setup_fail (page->setup, error);
  read_clients (page);
}

static void
on_change (CsDevicesPage *page, GVariant *options, CsDeviceRow *row)
{
  CsDbusShare *share = cs_setup_get_share (page->setup);

  if (share != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (share), "SetClient",
                       g_variant_new ("(s@a{sv})", cs_device_row_get_mac (row), options),
                       CS_CALL_CHANGE, page->cancellable, changed_cb, page);
}

static CsDeviceRow *
ensure_row (CsDevicesPage *page, const CsClient *client)
{
  CsDeviceRow *row = g_hash_table_lookup (page->rows, client->mac);

  if (row != NULL)
    return row;
  row = cs_device_row_new (client->mac);
  g_signal_connect_object (row, "change", G_CALLBACK (on_change), page,
                           G_CONNECT_SWAPPED);
  g_hash_table_insert (page->rows, g_strdup (client->mac), row);
  gtk_list_box_append (page->list, GTK_WIDGET (row));
  return row;
}

static gboolean
is_among (GPtrArray *clients, const char *mac)
{
  for (guint i = 0; i < clients->len; i++)
    if (g_str_equal (((CsClient *)g_ptr_array_index (clients, i))->mac, mac))
      return TRUE;
  return FALSE;
}

static void
remove_others (CsDevicesPage *page, GPtrArray *clients)
{
  GHashTableIter iter;
  gpointer mac, row;

  g_hash_table_iter_init (&iter, page->rows);
  while (g_hash_table_iter_next (&iter, &mac, &row))
    if (clients == NULL || !is_among (clients, mac))
      {
        gtk_list_box_remove (page->list, row);
        g_hash_table_iter_remove (&iter);
      }
}

/* A row that is used stays where it is. */
static void
put_in_order (CsDevicesPage *page, GPtrArray *clients)
{
  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);
      GtkWidget *row = g_hash_table_lookup (page->rows, client->mac);
      int place = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));

      if (place == (int)i || adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)))
        continue;
      g_object_ref (row);
      gtk_list_box_remove (page->list, row);
      gtk_list_box_insert (page->list, row, (int)i);
      g_object_unref (row);
    }
}

static void
show_clients (CsDevicesPage *page, GPtrArray *clients)
{
  gint64 now = g_get_monotonic_time ();

  remove_others (page, clients);
  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);

      cs_device_row_show (ensure_row (page, client), client, now);
    }
  put_in_order (page, clients);
  if (clients->len > 0)
    gtk_stack_set_visible_child_name (page->stack, "list");
  else
    show_none (page);
}

static void
clients_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  CsDevicesPage *page = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  page->asking = FALSE;
  if (reply != NULL)
    {
      clients = cs_clients_new (reply);
      show_clients (page, clients);
    }
  else if (g_hash_table_size (page->rows) == 0)
    show_status (
        page, "system-lock-screen-symbolic", _ ("Devices Cannot Be Shown"),
        _ ("Only an administrator, or the person at this computer, may see them."));
}

static void
read_clients (CsDevicesPage *page)
{
  CsDbusShare *share = cs_setup_get_share (page->setup);

  if (share == NULL || page->asking
      || cs_service_get_state (cs_setup_get_service (page->setup)) != CS_SERVICE_READY)
    return;
  page->asking = TRUE;
  g_dbus_proxy_call (G_DBUS_PROXY (share), "ListClients", NULL, CS_CALL_READ,
                     page->cancellable, clients_cb, page);
}

static gboolean
on_timer (gpointer user_data)
{
  read_clients (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_clients_changed (CsDevicesPage *page, CsDbusShare *share)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    read_clients (page);
}

static void
show (CsDevicesPage *page)
{
  const char *lan
      = cs_setup_get_share (page->setup) != NULL ? cs_setup_get_lan (page->setup) : NULL;

  if (lan != NULL && g_strcmp0 (lan, page->lan) == 0)
    return;
  g_free (page->lan);
  page->lan = g_strdup (lan);
  remove_others (page, NULL);
  show_none (page);
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    read_clients (page);
}

static void
on_map (CsDevicesPage *page)
{
  page->timer = g_timeout_add_seconds (READ_INTERVAL, on_timer, page);
  read_clients (page);
}

static void
on_unmap (CsDevicesPage *page)
{
  g_clear_handle_id (&page->timer, g_source_remove);
}

void
cs_devices_page_set_setup (CsDevicesPage *page, CsSetup *setup)
{
  page->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_setup_get_service (setup), "clients-changed",
                           G_CALLBACK (on_clients_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect (page, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (page, "unmap", G_CALLBACK (on_unmap), NULL);
  show (page);
}

static void
cs_devices_page_dispose (GObject *object)
{
  CsDevicesPage *page = CS_DEVICES_PAGE (object);

  g_cancellable_cancel (page->cancellable);
  g_clear_handle_id (&page->timer, g_source_remove);
  g_clear_object (&page->setup);
  G_OBJECT_CLASS (cs_devices_page_parent_class)->dispose (object);
}

static void
cs_devices_page_finalize (GObject *object)
{
  CsDevicesPage *page = CS_DEVICES_PAGE (object);

  g_object_unref (page->cancellable);
  g_hash_table_unref (page->rows);
  g_free (page->lan);
  G_OBJECT_CLASS (cs_devices_page_parent_class)->finalize (object);
}

static void
cs_devices_page_class_init (CsDevicesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_devices_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_devices_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/devices-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDevicesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsDevicesPage, status);
  gtk_widget_class_bind_template_child (widget_class, CsDevicesPage, list);
}

static void
cs_devices_page_init (CsDevicesPage *page)
{
  page->cancellable = g_cancellable_new ();
  page->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (page));
}
