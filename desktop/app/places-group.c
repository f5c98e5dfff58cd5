/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes picks of the interfaces; see places-group.h. */
#include "places-group.h"

#include "adopt-row.h"
#include "picker.h"
#include "wan.h"

#include <glib/gi18n-lib.h>

struct _CsPlacesGroup
{
  AdwPreferencesGroup parent;
  CsPicker *wan;
  CsPicker *lan;
  CsAdoptRow *adopt;
  CsSetup *setup; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CsPlacesGroup, cs_places_group, ADW_TYPE_PREFERENCES_GROUP)

static GPtrArray *
new_picks (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static void
add_lan (GPtrArray *picks, CsInterface *interface)
{
  gboolean shared = g_str_equal (interface->share, interface->name);
  g_autofree char *title = cs_interface_title (interface);
  g_autofree char *subtitle = shared ? g_strdup (_ ("Shared now"))
                                     : cs_interface_subtitle (interface, CS_SIDE_LAN);

  g_ptr_array_add (picks,
                   cs_pick_new (interface->name, title, subtitle,
                                shared || cs_interface_is_fit (interface, CS_SIDE_LAN)));
}

/* Those that can be chosen come first. */
static void
add_lans (GPtrArray *picks, GPtrArray *interfaces, gboolean fit)
{
  for (guint i = 0; i < interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (interfaces, i);
      gboolean shared = g_str_equal (interface->share, interface->name);

      if ((shared || cs_interface_is_fit (interface, CS_SIDE_LAN)) == fit)
        add_lan (picks, interface);
    }
}

static void
show_lans (CsPlacesGroup *group)
{
  GPtrArray *interfaces = cs_service_get_interfaces (cs_setup_get_service (group->setup));
  const char *lan = cs_setup_get_lan (group->setup);
  g_autoptr (GPtrArray) picks = new_picks ();

  if (*lan != '\0' && cs_setup_get_interface (group->setup) == NULL)
    g_ptr_array_add (picks, cs_pick_new (lan, lan, _ ("Not there now"), TRUE));
  add_lans (picks, interfaces, TRUE);
  add_lans (picks, interfaces, FALSE);
  cs_picker_show (group->lan, picks, lan);
}

/* An interface cannot share with itself; whether another share's LAN can, the service
 * says. */
static void
add_wan (GPtrArray *picks, CsInterface *interface, const char *lan)
{
  gboolean same = g_str_equal (interface->name, lan);
  g_autofree char *title = cs_interface_title (interface);
  g_autofree char *id = cs_wan_for_interface (interface->name);
  g_autofree char *subtitle = same ? g_strdup (_ ("Other devices are connected here"))
                                   : cs_interface_subtitle (interface, CS_SIDE_WAN);

  g_ptr_array_add (picks,
                   cs_pick_new (id, title, subtitle,
                                !same && cs_interface_is_fit (interface, CS_SIDE_WAN)));
}

/* The pick that means the same as @wan, or NULL. */
static const char *
find_wan (GPtrArray *picks, GPtrArray *interfaces, const char *wan)
{
  if (g_ascii_strcasecmp (wan, CS_WAN_AUTO) == 0)
    return CS_WAN_AUTO;
  for (guint i = 0; i < interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (interfaces, i);

      if (cs_wan_is_interface (wan, interface->name))
        return cs_pick_get_id (g_ptr_array_index (picks, i + 1));
    }
  return NULL;
}

static void
show_wans (CsPlacesGroup *group)
{
  GPtrArray *interfaces = cs_service_get_interfaces (cs_setup_get_service (group->setup));
  const char *wan = cs_setup_get_wan (group->setup);
  g_autoptr (GPtrArray) picks = new_picks ();
  g_autofree char *title = cs_wan_title (wan, interfaces);
  const char *id;

  g_ptr_array_add (picks,
                   cs_pick_new (CS_WAN_AUTO, _ ("Automatic"),
                                _ ("The one that this computer uses itself"), TRUE));
  for (guint i = 0; i < interfaces->len; i++)
    add_wan (picks, g_ptr_array_index (interfaces, i), cs_setup_get_lan (group->setup));
  id = find_wan (picks, interfaces, wan);
  if (id == NULL)
    g_ptr_array_add (picks, cs_pick_new (wan, title, "", TRUE));
  cs_picker_show (group->wan, picks, id != NULL ? id : wan);
}

static void
show (CsPlacesGroup *group)
{
  CsServiceState state = cs_service_get_state (cs_setup_get_service (group->setup));
  gboolean usable = state == CS_SERVICE_READY && !cs_setup_is_busy (group->setup);

  if (state == CS_SERVICE_READY)
    {
      show_lans (group);
      show_wans (group);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (group), usable);
}

static void
on_lan_picked (CsPlacesGroup *group, const char *id)
{
  cs_setup_set_lan (group->setup, id);
}

static void
on_wan_picked (CsPlacesGroup *group, const char *id)
{
  cs_setup_set_wan (group->setup, id);
}

void
cs_places_group_focus (CsPlacesGroup *group, CsSide side)
{
  gtk_widget_grab_focus (GTK_WIDGET (side == CS_SIDE_LAN ? group->lan : group->wan));
}

void
cs_places_group_set_setup (CsPlacesGroup *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  cs_adopt_row_set_setup (group->adopt, setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  show (group);
}

static void
cs_places_group_dispose (GObject *object)
{
  g_clear_object (&CS_PLACES_GROUP (object)->setup);
  G_OBJECT_CLASS (cs_places_group_parent_class)->dispose (object);
}

static void
cs_places_group_class_init (CsPlacesGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_places_group_dispose;
  g_type_ensure (CS_TYPE_PICKER);
  g_type_ensure (CS_TYPE_ADOPT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/places-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPlacesGroup, wan);
  gtk_widget_class_bind_template_child (widget_class, CsPlacesGroup, lan);
  gtk_widget_class_bind_template_child (widget_class, CsPlacesGroup, adopt);
  gtk_widget_class_bind_template_callback (widget_class, on_wan_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_lan_picked);
}

static void
cs_places_group_init (CsPlacesGroup *group)
{
  gtk_widget_init_template (GTK_WIDGET (group));
}
