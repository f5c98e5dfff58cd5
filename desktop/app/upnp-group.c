/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See upnp-group.h. */
#include "upnp-group.h"

#include "switch.h"

struct _CsUpnpGroup
{
  AdwPreferencesGroup parent;
  GtkSwitch *toggle;
  CsSetup *setup;   /* (owned) (nullable) */
  gboolean showing; /* the program changes something, not the user */
};

G_DEFINE_FINAL_TYPE (CsUpnpGroup, cs_upnp_group, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
is_on (CsUpnpGroup *group)
{
  CsDbusShare *share = cs_setup_get_share (group->setup);
  gboolean on = FALSE;

  if (share != NULL)
    g_variant_lookup (cs_dbus_share_get_options (share), "upnp", "b", &on);
  return on;
}

static void
show (CsUpnpGroup *group)
{
  gboolean on = is_on (group);

  gtk_widget_set_visible (
      GTK_WIDGET (group),
      cs_service_has_feature (cs_setup_get_service (group->setup), "upnp"));
  gtk_widget_set_sensitive (GTK_WIDGET (group),
                            !cs_setup_is_busy (group->setup)
                                && !cs_setup_is_adopted (group->setup));
  group->showing = TRUE;
  cs_switch_show (group->toggle, on);
  gtk_switch_set_state (group->toggle, on);
  group->showing = FALSE;
}

static gboolean
on_state_set (CsUpnpGroup *group, gboolean on)
{
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  if (group->showing || group->setup == NULL)
    return TRUE;
  g_variant_dict_insert (&options, "upnp", "b", on);
  cs_setup_set_options (group->setup, g_variant_dict_end (&options));
  return TRUE;
}

void
cs_upnp_group_set_setup (CsUpnpGroup *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  show (group);
}

static void
cs_upnp_group_dispose (GObject *object)
{
  g_clear_object (&CS_UPNP_GROUP (object)->setup);
  G_OBJECT_CLASS (cs_upnp_group_parent_class)->dispose (object);
}

static void
cs_upnp_group_class_init (CsUpnpGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_upnp_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/upnp-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsUpnpGroup, toggle);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
}

static void
cs_upnp_group_init (CsUpnpGroup *group)
{
  gtk_widget_init_template (GTK_WIDGET (group));
}
