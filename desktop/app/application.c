/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See application.h. */
#include "application.h"

#include "config.h"
#include "window.h"

#include <glib/gi18n-lib.h>

struct _CsApplication
{
  AdwApplication parent;
  CsWindow *window; /* (unowned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CsApplication, cs_application, ADW_TYPE_APPLICATION)

static void
show_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *application = user_data;
  const char *const developers[] = { "The connshare developers", NULL };

  adw_show_about_window (
      gtk_application_get_active_window (application), "application-name",
      _ ("Connection Sharing"), "application-icon", CS_APP_ID, "version", CS_VERSION,
      "developer-name", developers[0], "developers", developers, "license-type",
      GTK_LICENSE_GPL_2_0, "comments",
      _ ("Let other devices use the Internet connection of this computer."),
      /* Translators: your names, a line each */
      "translator-credits", _ ("translator-credits"), NULL);
}

static void
join (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CsApplication *application = user_data;

  g_application_activate (G_APPLICATION (application));
  cs_window_join (application->window);
}

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = show_about },
  { .name = "join", .activate = join },
  { .name = "quit", .activate = quit },
};

static void
cs_application_activate (GApplication *g_application)
{
  CsApplication *application = CS_APPLICATION (g_application);

  if (application->window == NULL)
    {
      application->window = cs_window_new (GTK_APPLICATION (application));
      g_object_add_weak_pointer (G_OBJECT (application->window),
                                 (gpointer *)&application->window);
    }
  gtk_window_present (GTK_WINDOW (application->window));
}

static void
cs_application_startup (GApplication *application)
{
  GtkApplication *gtk_application = GTK_APPLICATION (application);
  const char *const quit_keys[] = { "<Control>q", NULL };
  const char *const close_keys[] = { "<Control>w", NULL };

  G_APPLICATION_CLASS (cs_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions,
                                   G_N_ELEMENTS (actions), application);
  gtk_application_set_accels_for_action (gtk_application, "app.quit", quit_keys);
  gtk_application_set_accels_for_action (gtk_application, "window.close", close_keys);
  gtk_window_set_default_icon_name (CS_APP_ID);
}

static void
cs_application_class_init (CsApplicationClass *klass)
{
  G_APPLICATION_CLASS (klass)->startup = cs_application_startup;
  G_APPLICATION_CLASS (klass)->activate = cs_application_activate;
}

static void
cs_application_init (CsApplication *application)
{
}

CsApplication *
cs_application_new (void)
{
  return g_object_new (CS_TYPE_APPLICATION, "application-id", CS_APP_ID,
                       "resource-base-path", CS_RESOURCES, NULL);
}
