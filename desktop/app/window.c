/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes service and setup, gives them to the pages, and takes the step that a notice
 * offers; see window.h. */
#include "window.h"

#include "devices-page.h"
#include "ipv6-group.h"
#include "limit-group.h"
#include "notice.h"
#include "notifier.h"
#include "places-group.h"
#include "ports-page.h"
#include "problems-page.h"
#include "setup.h"
#include "state-group.h"
#include "traffic-group.h"
#include "wifi-group.h"

struct _CsWindow
{
  AdwApplicationWindow parent;
  AdwToastOverlay *toasts;
  AdwViewStack *stack;
  AdwViewStackPage *devices_page;
  AdwViewStackPage *ports_page;
  AdwViewStackPage *problems_page;
  CsNotice *notice;
  CsStateGroup *state;
  CsPlacesGroup *places;
  CsWifiGroup *wifi;
  CsIpv6Group *ipv6;
  CsLimitGroup *limit;
  CsTrafficGroup *traffic;
  CsDevicesPage *devices;
  CsPortsPage *ports;
  CsProblemsPage *problems;
  CsService *service;   /* (owned) */
  CsSetup *setup;       /* (owned) */
  CsNotifier *notifier; /* (owned) */
  gboolean unreachable; /* which the notice tells */
};

G_DEFINE_FINAL_TYPE (CsWindow, cs_window, ADW_TYPE_APPLICATION_WINDOW)

static void
on_failed (CsWindow *window, const CsFailure *failure)
{
  cs_notice_show (window->notice, failure->sentence, failure->details, failure->step);
}

static void
on_service_changed (CsWindow *window)
{
  gboolean unreachable = cs_service_get_state (window->service) == CS_SERVICE_UNREACHABLE;

  adw_view_stack_page_set_visible (window->devices_page,
                                   cs_service_has_feature (window->service, "clients"));
  adw_view_stack_page_set_visible (window->ports_page,
                                   cs_service_has_feature (window->service, "forward"));
  if (unreachable == window->unreachable)
    return;
  window->unreachable = unreachable;
  if (unreachable)
    cs_setup_fail (window->setup, cs_service_get_error (window->service));
  else
    cs_notice_hide (window->notice);
}

static void
retry (CsWindow *window)
{
  if (window->unreachable)
    {
      window->unreachable = FALSE;
      cs_service_reconnect (window->service);
    }
  else
    cs_setup_retry (window->setup);
}

static void
choose (CsWindow *window, CsSide side)
{
  adw_view_stack_set_visible_child_name (window->stack, "sharing");
  cs_places_group_focus (window->places, side);
}

static void
on_step (CsWindow *window, CsStep step)
{
  switch (step)
    {
    case CS_STEP_RETRY:
      retry (window);
      break;
    case CS_STEP_CHOOSE_LAN:
      choose (window, CS_SIDE_LAN);
      break;
    case CS_STEP_CHOOSE_WAN:
      choose (window, CS_SIDE_WAN);
      break;
    case CS_STEP_RESTART:
      cs_setup_turn_on (window->setup, FALSE);
      break;
    case CS_STEP_DIAGNOSE:
      adw_view_stack_set_visible_child_name (window->stack, "problems");
      break;
    case CS_STEP_PORTS:
      adw_view_stack_set_visible_child_name (window->stack, "ports");
      break;
    case CS_STEP_NONE:
    default:
      break;
    }
}

static void
on_toast (CsWindow *window, const char *text)
{
  adw_toast_overlay_add_toast (window->toasts, adw_toast_new (text));
}

static void
on_problems (CsWindow *window, guint problems)
{
  adw_view_stack_page_set_badge_number (window->problems_page, problems);
  adw_view_stack_page_set_needs_attention (window->problems_page, problems > 0);
}

/* The user may have plugged something in while looking elsewhere. */
static void
on_active (CsWindow *window)
{
  gboolean active = gtk_window_is_active (GTK_WINDOW (window));

  if (window->notifier != NULL)
    cs_notifier_set_watched (window->notifier, active);
  if (active)
    cs_service_refresh_interfaces (window->service);
}

static void
cs_window_dispose (GObject *object)
{
  CsWindow *window = CS_WINDOW (object);

  g_clear_object (&window->notifier);
  g_clear_object (&window->setup);
  g_clear_object (&window->service);
  G_OBJECT_CLASS (cs_window_parent_class)->dispose (object);
}

static void
cs_window_class_init (CsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_window_dispose;
  g_type_ensure (CS_TYPE_NOTICE);
  g_type_ensure (CS_TYPE_STATE_GROUP);
  g_type_ensure (CS_TYPE_PLACES_GROUP);
  g_type_ensure (CS_TYPE_IPV6_GROUP);
  g_type_ensure (CS_TYPE_LIMIT_GROUP);
  g_type_ensure (CS_TYPE_PROBLEMS_PAGE);
  g_type_ensure (CS_TYPE_DEVICES_PAGE);
  g_type_ensure (CS_TYPE_PORTS_PAGE);
  g_type_ensure (CS_TYPE_TRAFFIC_GROUP);
  g_type_ensure (CS_TYPE_WIFI_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, CS_RESOURCES "/window.ui");
  gtk_widget_class_bind_template_child (widget_class, CsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, state);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, places);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, devices_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, ports_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, problems_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, wifi);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, traffic);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, ipv6);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, limit);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, devices);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, ports);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, problems);
  gtk_widget_class_bind_template_callback (widget_class, on_step);
  gtk_widget_class_bind_template_callback (widget_class, on_active);
  gtk_widget_class_bind_template_callback (widget_class, on_toast);
  gtk_widget_class_bind_template_callback (widget_class, on_problems);
}

static void
cs_window_init (CsWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  window->service = cs_service_new ();
  window->setup = cs_setup_new (window->service);
  g_signal_connect_object (window->setup, "failed", G_CALLBACK (on_failed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window->service, "changed", G_CALLBACK (on_service_changed),
                           window, G_CONNECT_SWAPPED);
  cs_state_group_set_setup (window->state, window->setup);
  cs_places_group_set_setup (window->places, window->setup);
  cs_wifi_group_set_setup (window->wifi, window->setup);
  cs_ipv6_group_set_setup (window->ipv6, window->setup);
  cs_limit_group_set_setup (window->limit, window->setup);
  cs_traffic_group_set_setup (window->traffic, window->setup);
  cs_devices_page_set_setup (window->devices, window->setup);
  cs_ports_page_set_setup (window->ports, window->setup);
  cs_problems_page_set_setup (window->problems, window->setup);
}

CsWindow *
cs_window_new (GtkApplication *application)
{
  CsWindow *window = g_object_new (CS_TYPE_WINDOW, "application", application, NULL);

  window->notifier = cs_notifier_new (G_APPLICATION (application), window->service);
  return window;
}

void
cs_window_join (CsWindow *window)
{
  adw_view_stack_set_visible_child_name (window->stack, "sharing");
  cs_wifi_group_join (window->wifi);
}
