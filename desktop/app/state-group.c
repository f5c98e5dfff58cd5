/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See state-group.h. The switch shows what the user wants at once, and its color what is.
 */
#include "state-group.h"

#include "switch.h"

#include <glib/gi18n-lib.h>

struct _CsStateGroup
{
  AdwPreferencesGroup parent;
  AdwActionRow *row;
  GtkImage *image;
  GtkSpinner *spinner;
  GtkSwitch *toggle;
  CsSetup *setup;   /* (owned) (nullable) */
  gboolean showing; /* the program moves the switch, not the user */
};

G_DEFINE_FINAL_TYPE (CsStateGroup, cs_state_group, ADW_TYPE_PREFERENCES_GROUP)

static const struct
{
  const char *icon;
  const char *css_class;
} looks[] = {
  [CS_MOOD_OFF] = { "org.connshare1.Gtk-symbolic", "dim-label" },
  [CS_MOOD_BUSY] = { "org.connshare1.Gtk-symbolic", "dim-label" },
  [CS_MOOD_GOOD] = { "org.connshare1.Gtk-symbolic", "accent" },
  [CS_MOOD_WAITING] = { "content-loading-symbolic", "dim-label" },
  [CS_MOOD_BAD] = { "dialog-warning-symbolic", "warning" },
};

static void
show_mood (CsStateGroup *group, CsMood mood)
{
  const char *const classes[] = { looks[mood].css_class, "state-icon", NULL };

  gtk_image_set_from_icon_name (group->image, looks[mood].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (group->image), (const char **)classes);
}

static void
show_switch (CsStateGroup *group)
{
  gboolean busy = cs_setup_is_busy (group->setup);
  gboolean shared = cs_setup_get_share (group->setup) != NULL;
  CsServiceState state = cs_service_get_state (cs_setup_get_service (group->setup));

  group->showing = TRUE;
  if (!busy)
    cs_switch_show (group->toggle, shared);
  gtk_switch_set_state (group->toggle, shared);
  group->showing = FALSE;
  gtk_spinner_set_spinning (group->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (group->spinner), busy);
  gtk_widget_set_sensitive (GTK_WIDGET (group->toggle),
                            !busy && state == CS_SERVICE_READY
                                && *cs_setup_get_lan (group->setup) != '\0');
}

static void
show (CsStateGroup *group)
{
  g_autofree char *sentence = NULL;
  const char *title;

  cs_setup_describe (group->setup, &title, &sentence);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group->row), title);
  adw_action_row_set_subtitle (group->row, sentence);
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (group),
      cs_setup_is_first (group->setup) && cs_setup_get_share (group->setup) == NULL
          ? _ ("Let other devices use the Internet connection of this computer.\n"
               "Choose where it comes from and who may use it, then turn the switch on.")
          : NULL);
  show_mood (group, cs_setup_get_mood (group->setup));
  show_switch (group);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, CsStateGroup *group)
{
  if (g_str_equal (response, "force"))
    cs_setup_turn_on (group->setup, TRUE);
  else
    show (group);
}

static void
ask_for_force (CsStateGroup *group, CsInterface *interface)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (group)));
  g_autofree char *title = cs_interface_title (interface);
  g_autofree char *why = cs_interface_subtitle (interface, CS_SIDE_LAN);
  AdwMessageDialog *dialog
      = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, NULL, NULL));

  adw_message_dialog_format_heading (dialog, _ ("Share With %s Anyway?"), title);
  adw_message_dialog_format_body (
      dialog, _ ("%s. It comes back when you turn sharing off."), why);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "force",
                                    _ ("Share _Anyway"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "force", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), group, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
turn_on (CsStateGroup *group)
{
  CsInterface *interface = cs_setup_get_interface (group->setup);

  if (interface != NULL && cs_interface_needs_force (interface))
    ask_for_force (group, interface);
  else
    cs_setup_turn_on (group->setup, FALSE);
}

static gboolean
on_state_set (CsStateGroup *group, gboolean on)
{
  if (group->showing || group->setup == NULL)
    return TRUE;
  if (on)
    turn_on (group);
  else
    cs_setup_turn_off (group->setup);
  return TRUE;
}

void
cs_state_group_set_setup (CsStateGroup *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  show (group);
}

static void
cs_state_group_dispose (GObject *object)
{
  g_clear_object (&CS_STATE_GROUP (object)->setup);
  G_OBJECT_CLASS (cs_state_group_parent_class)->dispose (object);
}

static void
cs_state_group_class_init (CsStateGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_state_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/state-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsStateGroup, row);
  gtk_widget_class_bind_template_child (widget_class, CsStateGroup, image);
  gtk_widget_class_bind_template_child (widget_class, CsStateGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsStateGroup, toggle);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
}

static void
cs_state_group_init (CsStateGroup *group)
{
  gtk_widget_init_template (GTK_WIDGET (group));
}
