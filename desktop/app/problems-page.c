/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See problems-page.h. */
#include "problems-page.h"

#include "problem-row.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n-lib.h>

#define SETTINGS_APP "gnome-network-panel.desktop"

struct _CsProblemsPage
{
  AdwBin parent;
  GtkStack *stack;
  AdwStatusPage *status;
  GtkWidget *again;
  GtkListBox *list;
  CsSetup *setup;            /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  gboolean asking;
};

enum
{
  PROBLEMS_CHANGED,
  STEP,
  TOAST,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsProblemsPage, cs_problems_page, ADW_TYPE_BIN)

static void
show_status (CsProblemsPage *page, const char *icon, const char *title, const char *words)
{
  adw_status_page_set_icon_name (page->status, icon);
  adw_status_page_set_title (page->status, title);
  adw_status_page_set_description (page->status, words);
  gtk_stack_set_visible_child_name (page->stack, "status");
}

static void
copy (CsProblemsPage *page, const CsFinding *finding)
{
  g_autofree char *text = cs_finding_get_copy (finding);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (page)), text);
  g_signal_emit (page, signals[TOAST], 0, _ ("Copied"));
}

static void
open_settings (CsProblemsPage *page)
{
  g_autoptr (GDesktopAppInfo) settings = g_desktop_app_info_new (SETTINGS_APP);
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (page)));

  if (settings == NULL
      || !g_app_info_launch (G_APP_INFO (settings), NULL, G_APP_LAUNCH_CONTEXT (context),
                             NULL))
    g_signal_emit (page, signals[TOAST], 0,
                   _ ("Open the network settings of your desktop"));
}

/* Where another LAN than the shown one is meant, that one is. */
static void
show_subject (CsProblemsPage *page, const CsFinding *finding)
{
  if (*finding->subject != '\0')
    cs_setup_set_lan (page->setup, finding->subject);
}

static void
on_remedy (CsProblemsPage *page, CsProblemRow *row)
{
  const CsFinding *finding = cs_problem_row_get_finding (row);

  switch (cs_finding_get_remedy (finding))
    {
    case CS_REMEDY_SETTINGS:
      open_settings (page);
      break;
    case CS_REMEDY_PLACES:
      show_subject (page, finding);
      g_signal_emit (page, signals[STEP], 0,
                     g_str_has_prefix (finding->code, "uplink") ? CS_STEP_CHOOSE_WAN
                                                                : CS_STEP_CHOOSE_LAN);
      break;
    case CS_REMEDY_RESTART:
      show_subject (page, finding);
      g_signal_emit (page, signals[STEP], 0, CS_STEP_RESTART);
      break;
    case CS_REMEDY_PORTS:
      show_subject (page, finding);
      g_signal_emit (page, signals[STEP], 0, CS_STEP_PORTS);
      break;
    case CS_REMEDY_COPY:
    default:
      copy (page, finding);
      break;
    }
}

static void
add_row (CsProblemsPage *page, CsFinding *finding)
{
  CsInterface *interface = cs_interfaces_find (
      cs_service_get_interfaces (cs_setup_get_service (page->setup)), finding->subject);
  g_autofree char *where
      = interface != NULL ? cs_interface_title (interface) : g_strdup (finding->subject);
  CsProblemRow *row = cs_problem_row_new (finding, where);

  g_signal_connect_object (row, "remedy", G_CALLBACK (on_remedy), page,
                           G_CONNECT_SWAPPED);
  gtk_list_box_append (page->list, GTK_WIDGET (row));
}

static void
show_findings (CsProblemsPage *page, GPtrArray *findings)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (page->list))) != NULL)
    gtk_list_box_remove (page->list, row);
  g_ptr_array_set_free_func (findings, NULL);
  for (guint i = 0; i < findings->len; i++)
    add_row (page, g_ptr_array_index (findings, i));
  if (findings->len > 0)
    gtk_stack_set_visible_child_name (page->stack, "list");
  else
    show_status (page, "emblem-ok-symbolic", _ ("No Problems Found"),
                 cs_service_get_shares (cs_setup_get_service (page->setup))->len > 0
                     ? _ ("All that is shared works as it should.")
                     : _ ("This computer is ready to share."));
  g_signal_emit (page, signals[PROBLEMS_CHANGED], 0, findings->len);
}

static void
diagnose_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsFailure) failure = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  CsProblemsPage *page = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  page->asking = FALSE;
  gtk_widget_set_sensitive (page->again, TRUE);
  if (reply != NULL)
    {
      findings = cs_findings_new (reply);
      show_findings (page, findings);
      return;
    }
  failure = cs_failure_new (error, "");
  show_status (page, "dialog-warning-symbolic", _ ("Cannot Look for Problems"),
               failure->sentence);
}

static void
look (CsProblemsPage *page)
{
  CsDbusManager *manager
      = page->setup != NULL ? cs_service_get_manager (cs_setup_get_service (page->setup))
                            : NULL;

  if (manager == NULL || page->asking)
    return;
  page->asking = TRUE;
  gtk_widget_set_sensitive (page->again, FALSE);
  g_dbus_proxy_call (G_DBUS_PROXY (manager), "Diagnose", NULL, CS_CALL_READ,
                     page->cancellable, diagnose_cb, page);
}

static void
on_map (CsProblemsPage *page)
{
  look (page);
}

void
cs_problems_page_set_setup (CsProblemsPage *page, CsSetup *setup)
{
  page->setup = g_object_ref (setup);
  g_signal_connect (page, "map", G_CALLBACK (on_map), NULL);
  show_status (page, "system-search-symbolic", _ ("Looking for Problems…"),
               _ ("This takes a few seconds."));
}

static void
cs_problems_page_dispose (GObject *object)
{
  CsProblemsPage *page = CS_PROBLEMS_PAGE (object);

  g_cancellable_cancel (page->cancellable);
  g_clear_object (&page->setup);
  G_OBJECT_CLASS (cs_problems_page_parent_class)->dispose (object);
}

static void
cs_problems_page_finalize (GObject *object)
{
  g_object_unref (CS_PROBLEMS_PAGE (object)->cancellable);
  G_OBJECT_CLASS (cs_problems_page_parent_class)->finalize (object);
}

static void
cs_problems_page_class_init (CsProblemsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_problems_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_problems_page_finalize;
  signals[PROBLEMS_CHANGED]
      = g_signal_new ("problems-changed", CS_TYPE_PROBLEMS_PAGE, G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[STEP] = g_signal_new ("step", CS_TYPE_PROBLEMS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[TOAST] = g_signal_new ("toast", CS_TYPE_PROBLEMS_PAGE, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/problems-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsProblemsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsProblemsPage, status);
  gtk_widget_class_bind_template_child (widget_class, CsProblemsPage, again);
  gtk_widget_class_bind_template_child (widget_class, CsProblemsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, look);
}

static void
cs_problems_page_init (CsProblemsPage *page)
{
  page->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (page));
}
