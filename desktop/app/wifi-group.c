/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before there is a network, what is typed counts when sharing is turned on; afterwards,
 * when it is applied. Its password is asked for once, without a dialog; see wifi-group.h.
 */
#include "wifi-group.h"

#include "dictionary.h"
#include "network.h"
#include "qr-window.h"

#include <glib/gi18n-lib.h>

struct _CsWifiGroup
{
  AdwPreferencesGroup parent;
  AdwEntryRow *name;
  AdwEntryRow *password;
  GtkWidget *join;
  CsSetup *setup;            /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) of the question for the password */
  char *asked;      /* (owned) (nullable) the network whose password was asked for */
  GVariant *wifi;   /* (owned) (nullable) the answer */
  gboolean showing; /* the program types, not the user */
  gboolean joining; /* the QR code is wanted as soon as it is known */
};

G_DEFINE_FINAL_TYPE (CsWifiGroup, cs_wifi_group, ADW_TYPE_PREFERENCES_GROUP)

static const char *
get_network (CsWifiGroup *group)
{
  CsDbusShare *share = cs_setup_get_share (group->setup);
  const char *ssid = share != NULL ? cs_dbus_share_get_ssid (share) : NULL;

  return ssid != NULL ? ssid : "";
}

static gboolean
is_up (CsWifiGroup *group)
{
  return *get_network (group) != '\0';
}

static void
show_text (CsWifiGroup *group, AdwEntryRow *row, const char *text)
{
  /* What the user is about to change stays. */
  if (gtk_widget_get_state_flags (GTK_WIDGET (row)) & GTK_STATE_FLAG_FOCUS_WITHIN)
    return;
  if (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row)), text))
    return;
  group->showing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  group->showing = FALSE;
}

void
cs_wifi_group_join (CsWifiGroup *group)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (group)));

  group->joining = group->wifi == NULL;
  if (group->wifi != NULL)
    gtk_window_present (GTK_WINDOW (cs_qr_window_new (window, group->wifi)));
}

static void
wifi_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) wifi = NULL;
  CsWifiGroup *group = user_data;
  const char *passphrase;

  cs_dbus_share_call_get_wifi_finish (CS_DBUS_SHARE (source), &wifi, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (group->password), wifi != NULL);
  gtk_widget_set_sensitive (group->join, wifi != NULL);
  if (wifi == NULL)
    {
      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group),
                                             _ ("Only an administrator, or the person at "
                                                "this computer, may see the password."));
      return;
    }
  g_clear_pointer (&group->wifi, g_variant_unref);
  group->wifi = g_steal_pointer (&wifi);
  passphrase = cs_dictionary_get_string (group->wifi, "passphrase");
  cs_setup_learn_option (group->setup, "passphrase", passphrase);
  show_text (group, group->password, passphrase);
  if (group->joining)
    cs_wifi_group_join (group);
}

/* The answer is for this network as it is now, and so is asked for again after each
 * change. */
static void
ask_for_password (CsWifiGroup *group)
{
  CsDbusShare *share = cs_setup_get_share (group->setup);
  g_autofree char *question = NULL;

  if (!is_up (group) || cs_setup_is_busy (group->setup))
    {
      g_clear_pointer (&group->asked, g_free);
      g_clear_pointer (&group->wifi, g_variant_unref);
      return;
    }
  question
      = g_strdup_printf ("%s %s", cs_setup_get_lan (group->setup), get_network (group));
  if (g_strcmp0 (group->asked, question) == 0)
    return;
  g_free (group->asked);
  group->asked = g_steal_pointer (&question);
  cs_dbus_share_call_get_wifi (share, CS_CALL_READ, group->cancellable, wifi_cb, group);
}

/* Only what the user is told about each. */
static void
check (CsWifiGroup *group)
{
  const char *name_fault
      = cs_network_check_name (gtk_editable_get_text (GTK_EDITABLE (group->name)));
  const char *password_fault = cs_network_check_password (
      gtk_editable_get_text (GTK_EDITABLE (group->password)));
  const char *hint = is_up (group)
                         ? NULL
                         : _ ("Without a password of your own, a safe one is made up.");

  (name_fault != NULL ? gtk_widget_add_css_class
                      : gtk_widget_remove_css_class) (GTK_WIDGET (group->name), "error");
  (password_fault != NULL ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (
      GTK_WIDGET (group->password), "error");
  if (name_fault != NULL)
    hint = name_fault;
  else if (password_fault != NULL)
    hint = password_fault;
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), hint);
}

static void
show (CsWifiGroup *group)
{
  CsInterface *interface = cs_setup_get_interface (group->setup);
  gboolean up = is_up (group);
  gboolean wifi = up || (interface != NULL && cs_interface_is_wifi (interface));
  const char *name = cs_setup_get_option (group->setup, "ssid");
  const char *password = cs_setup_get_option (group->setup, "passphrase");
  CsServiceState state = cs_service_get_state (cs_setup_get_service (group->setup));

  gtk_widget_set_visible (GTK_WIDGET (group), wifi);
  if (!wifi)
    return;
  adw_entry_row_set_show_apply_button (group->name, up);
  adw_entry_row_set_show_apply_button (group->password, up);
  gtk_widget_set_visible (group->join, up);
  gtk_widget_set_sensitive (GTK_WIDGET (group), state == CS_SERVICE_READY
                                                    && !cs_setup_is_busy (group->setup));
  if (up)
    show_text (group, group->name, get_network (group));
  else
    show_text (group, group->name, name != NULL ? name : g_get_host_name ());
  show_text (group, group->password, password != NULL ? password : "");
  check (group);
  ask_for_password (group);
}

static GVariant *
dup_change (const char *option, AdwEntryRow *row)
{
  GVariantDict changes = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&changes, option, "s",
                         gtk_editable_get_text (GTK_EDITABLE (row)));
  return g_variant_dict_end (&changes);
}

static void
apply (CsWifiGroup *group, const char *option, AdwEntryRow *row)
{
  g_clear_pointer (&group->asked, g_free);
  cs_setup_set_options (group->setup, dup_change (option, row));
}

static void
on_apply (CsWifiGroup *group, AdwEntryRow *row)
{
  if (!gtk_widget_has_css_class (GTK_WIDGET (row), "error"))
    apply (group, row == group->name ? "ssid" : "passphrase", row);
}

static void
on_typed (CsWifiGroup *group, AdwEntryRow *row)
{
  if (group->setup == NULL || group->showing)
    return;
  check (group);
  if (!is_up (group) && !gtk_widget_has_css_class (GTK_WIDGET (row), "error"))
    apply (group, row == group->name ? "ssid" : "passphrase", row);
}

void
cs_wifi_group_set_setup (CsWifiGroup *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  show (group);
}

static void
cs_wifi_group_dispose (GObject *object)
{
  CsWifiGroup *group = CS_WIFI_GROUP (object);

  g_cancellable_cancel (group->cancellable);
  g_clear_object (&group->setup);
  G_OBJECT_CLASS (cs_wifi_group_parent_class)->dispose (object);
}

static void
cs_wifi_group_finalize (GObject *object)
{
  CsWifiGroup *group = CS_WIFI_GROUP (object);

  g_object_unref (group->cancellable);
  g_clear_pointer (&group->wifi, g_variant_unref);
  g_free (group->asked);
  G_OBJECT_CLASS (cs_wifi_group_parent_class)->finalize (object);
}

static void
cs_wifi_group_class_init (CsWifiGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_wifi_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_wifi_group_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/wifi-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsWifiGroup, name);
  gtk_widget_class_bind_template_child (widget_class, CsWifiGroup, password);
  gtk_widget_class_bind_template_child (widget_class, CsWifiGroup, join);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, cs_wifi_group_join);
}

static void
cs_wifi_group_init (CsWifiGroup *group)
{
  group->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (group));
}
