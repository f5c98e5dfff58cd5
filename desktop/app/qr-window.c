/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See qr-window.h. */
#include "qr-window.h"

#include "dictionary.h"
#include "qr-code.h"

#include <glib/gi18n-lib.h>

struct _CsQrWindow
{
  AdwWindow parent;
  CsQrCode *code;
  GtkLabel *name;
  GtkLabel *password;
};

G_DEFINE_FINAL_TYPE (CsQrWindow, cs_qr_window, ADW_TYPE_WINDOW)

static void
cs_qr_window_class_init (CsQrWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CS_TYPE_QR_CODE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/qr-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CsQrWindow, code);
  gtk_widget_class_bind_template_child (widget_class, CsQrWindow, name);
  gtk_widget_class_bind_template_child (widget_class, CsQrWindow, password);
}

static void
cs_qr_window_init (CsQrWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
}

static void
show_wifi (CsQrWindow *window, GVariant *wifi)
{
  const char *password = cs_dictionary_get_string (wifi, "passphrase");
  const char *name = cs_dictionary_get_string (wifi, "ssid");
  g_autofree char *label
      = g_strdup_printf (_ ("QR code to join the Wi-Fi network “%s”"), name);

  gtk_label_set_label (window->name, name);
  gtk_label_set_label (window->password,
                       *password != '\0' ? password : _ ("No password"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->code),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_visible (
      GTK_WIDGET (window->code),
      cs_qr_code_set_text (window->code, cs_dictionary_get_string (wifi, "uri")));
}

CsQrWindow *
cs_qr_window_new (GtkWindow *parent, GVariant *wifi)
{
  CsQrWindow *window = g_object_new (CS_TYPE_QR_WINDOW, "transient-for", parent, NULL);

  show_wifi (window, wifi);
  return window;
}
