/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read when the page is opened, and when the service says that something has changed:
 * first who the devices are, then the ports. A row stays while its port does; see
 * ports-page.h. */
#include "ports-page.h"

#include "client.h"
#include "errors.h"
#include "forward-row.h"
#include "forward-window.h"
#include "upnp-group.h"

#include <glib/gi18n-lib.h>

struct _CsPortsPage
{
  AdwBin parent;
  GtkStack *stack;
  AdwStatusPage *status;
  AdwPreferencesGroup *group;
  GtkListBox *list;
  AdwActionRow *none;
  GtkWidget *add;
  CsUpnpGroup *upnp;
  CsSetup *setup;            /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GHashTable *rows;   /* (owned) CsForward's key (owned) to CsForwardRow (unowned) */
  GPtrArray *clients; /* (owned) of CsClient */
  char *lan;          /* (owned) (nullable) whose ports these are */
  gboolean asking;
  gboolean stale; /* since the question that is under way */
};

G_DEFINE_FINAL_TYPE (CsPortsPage, cs_ports_page, ADW_TYPE_BIN)

static void read_all (CsPortsPage *page);

static void
show_status (CsPortsPage *page, const char *icon, const char *title, const char *words)
{
  adw_status_page_set_icon_name (page->status, icon);
  adw_status_page_set_title (page->status, title);
  adw_status_page_set_description (page->status, words);
  gtk_stack_set_visible_child_name (page->stack, "status");
}

static void
show_off (CsPortsPage *page)
{
  show_status (
      page, "org.connshare1.Gtk-symbolic", _ ("Sharing Is Off"),
      _ ("Turn it on, and devices can be reached from the Internet by ports that "
         "are listed here."));
}

static void
show_error (CsPortsPage *page, const GError *error)
{
  g_autofree char *lan = cs_setup_get_lan_title (page->setup);
  g_autoptr (CsFailure) failure = cs_failure_new (error, lan);
  g_autofree char *words = g_markup_escape_text (failure->sentence, -1);
  gboolean denied = g_error_matches (error, CS_ERROR, CS_ERROR_NOT_AUTHORIZED);

  show_status (
      page, denied ? "system-lock-screen-symbolic" : "dialog-warning-symbolic",
      _ ("Ports Cannot Be Shown"),
      denied ? _ ("Only an administrator, or the person at this computer, may see them.")
             : words);
}

/* What has gone already needs no removal. The reply is as empty for both methods. */
static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  CsPortsPage *page = user_data;

  cs_dbus_share_call_remove_forward_finish (CS_DBUS_SHARE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL && !g_error_matches (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT))
    cs_setup_fail (page->setup, error);
  read_all (page);
}

static void
on_remove (CsPortsPage *page, CsForwardRow *row)
{
  CsDbusShare *share = cs_setup_get_share (page->setup);

  if (share != NULL && cs_client_is_ipv6 (cs_forward_row_get_client (row)))
    cs_dbus_share_call_remove_pinhole (share, cs_forward_row_get_protocol (row),
                                       cs_forward_row_get_port (row),
                                       cs_forward_row_get_client (row), CS_CALL_CHANGE,
                                       page->cancellable, removed_cb, page);
  else if (share != NULL)
    cs_dbus_share_call_remove_forward (share, cs_forward_row_get_protocol (row),
                                       cs_forward_row_get_port (row), CS_CALL_CHANGE,
                                       page->cancellable, removed_cb, page);
}

static CsForwardRow *
ensure_row (CsPortsPage *page, const CsForward *forward, int place)
{
  CsForwardRow *row = g_hash_table_lookup (page->rows, forward->key);

  if (row != NULL)
    return row;
  row = cs_forward_row_new (forward);
  g_signal_connect_object (row, "remove", G_CALLBACK (on_remove), page,
                           G_CONNECT_SWAPPED);
  g_hash_table_insert (page->rows, g_strdup (forward->key), row);
  gtk_list_box_insert (page->list, GTK_WIDGET (row), place);
  return row;
}

/* Whoever removes a row by keyboard goes on from a place that stays. */
static void
remove_row (CsPortsPage *page, GtkWidget *row)
{
  GtkRoot *root = gtk_widget_get_root (row);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, row))
    gtk_widget_grab_focus (page->add);
  gtk_list_box_remove (page->list, row);
}

static gboolean
is_among (GPtrArray *forwards, const char *key)
{
  for (guint i = 0; i < forwards->len; i++)
    if (g_str_equal (((CsForward *)g_ptr_array_index (forwards, i))->key, key))
      return TRUE;
  return FALSE;
}

/* NULL for none. */
static void
remove_others (CsPortsPage *page, GPtrArray *forwards)
{
  GHashTableIter iter;
  gpointer key, row;

  g_hash_table_iter_init (&iter, page->rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    if (forwards == NULL || !is_among (forwards, key))
      {
        remove_row (page, row);
        g_hash_table_iter_remove (&iter);
      }
}

static void
show_none (CsPortsPage *page, gboolean none)
{
  gtk_widget_set_visible (GTK_WIDGET (page->none), none);
  gtk_widget_set_sensitive (page->add, page->clients->len > 0);
  adw_action_row_set_subtitle (
      page->none, page->clients->len > 0
                      ? _ ("Devices cannot be reached from the Internet")
                      : _ ("Connect a device first, and add a port for it then"));
}

static void
show_forwards (CsPortsPage *page, GPtrArray *forwards)
{
  g_autofree char *words = cs_forwards_describe (forwards);

  remove_others (page, forwards);
  for (guint i = 0; i < forwards->len; i++)
    {
      CsForward *forward = g_ptr_array_index (forwards, i);

      cs_forward_row_show (ensure_row (page, forward, (int)i), forward, page->clients);
    }
  adw_preferences_group_set_description (page->group, words);
  show_none (page, forwards->len == 0);
  gtk_stack_set_visible_child_name (page->stack, "list");
}

static void
finish_reading (CsPortsPage *page)
{
  gboolean stale = page->stale;

  page->asking = FALSE;
  page->stale = FALSE;
  if (stale)
    read_all (page);
}

static void
forwards_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) forwards = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  CsPortsPage *page = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (cs_setup_get_share (page->setup) == NULL)
    show_off (page);
  else if (reply != NULL)
    {
      forwards = cs_forwards_new (reply);
      show_forwards (page, forwards);
    }
  else
    show_error (page, error);
  finish_reading (page);
}

static void
clients_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  CsPortsPage *page = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_ptr_array_unref (page->clients);
  page->clients = reply != NULL ? cs_clients_new (reply) : g_ptr_array_new ();
  g_dbus_proxy_call (G_DBUS_PROXY (source), "ListForwards", NULL, CS_CALL_READ,
                     page->cancellable, forwards_cb, page);
}

static gboolean
can_read (CsPortsPage *page)
{
  CsService *service = cs_setup_get_service (page->setup);

  return gtk_widget_get_mapped (GTK_WIDGET (page))
         && cs_setup_get_share (page->setup) != NULL
         && cs_service_get_state (service) == CS_SERVICE_READY;
}

static void
read_all (CsPortsPage *page)
{
  if (!can_read (page))
    return;
  page->stale = page->asking;
  if (page->asking)
    return;
  page->asking = TRUE;
  g_dbus_proxy_call (G_DBUS_PROXY (cs_setup_get_share (page->setup)), "ListClients", NULL,
                     CS_CALL_READ, page->cancellable, clients_cb, page);
}

static void
on_add (CsPortsPage *page)
{
  CsDbusShare *share = cs_setup_get_share (page->setup);
  g_autofree char *lan = cs_setup_get_lan_title (page->setup);
  CsForwardWindow *window;

  if (share == NULL || page->clients->len == 0)
    return;
  window = cs_forward_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))),
                                  share, lan, page->clients);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_told (CsPortsPage *page, CsDbusShare *share)
{
  if (share == cs_setup_get_share (page->setup))
    read_all (page);
}

static void
show (CsPortsPage *page)
{
  const char *lan
      = cs_setup_get_share (page->setup) != NULL ? cs_setup_get_lan (page->setup) : NULL;

  if (lan == NULL)
    show_off (page);
  if (g_strcmp0 (lan, page->lan) == 0)
    return;
  g_free (page->lan);
  page->lan = g_strdup (lan);
  remove_others (page, NULL);
  read_all (page);
}

void
cs_ports_page_set_setup (CsPortsPage *page, CsSetup *setup)
{
  CsService *service = cs_setup_get_service (setup);

  page->setup = g_object_ref (setup);
  cs_upnp_group_set_setup (page->upnp, setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "forwards-changed", G_CALLBACK (on_told), page,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "clients-changed", G_CALLBACK (on_told), page,
                           G_CONNECT_SWAPPED);
  g_signal_connect (page, "map", G_CALLBACK (read_all), NULL);
  show (page);
}

static void
cs_ports_page_dispose (GObject *object)
{
  CsPortsPage *page = CS_PORTS_PAGE (object);

  g_cancellable_cancel (page->cancellable);
  g_clear_object (&page->setup);
  G_OBJECT_CLASS (cs_ports_page_parent_class)->dispose (object);
}

static void
cs_ports_page_finalize (GObject *object)
{
  CsPortsPage *page = CS_PORTS_PAGE (object);

  g_object_unref (page->cancellable);
  g_hash_table_unref (page->rows);
  g_ptr_array_unref (page->clients);
  g_free (page->lan);
  G_OBJECT_CLASS (cs_ports_page_parent_class)->finalize (object);
}

static void
cs_ports_page_class_init (CsPortsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_ports_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_ports_page_finalize;
  g_type_ensure (CS_TYPE_UPNP_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/ports-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, status);
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, group);
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, list);
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, none);
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, add);
  gtk_widget_class_bind_template_child (widget_class, CsPortsPage, upnp);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
}

static void
cs_ports_page_init (CsPortsPage *page)
{
  page->cancellable = g_cancellable_new ();
  page->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->clients = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (page));
}
