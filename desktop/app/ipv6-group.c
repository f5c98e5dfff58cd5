/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See ipv6-group.h. */
#include "ipv6-group.h"

#include "ipv6.h"
#include "picker.h"

#include <glib/gi18n-lib.h>

struct _CsIpv6Group
{
  AdwPreferencesGroup parent;
  CsPicker *way;
  CsSetup *setup; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CsIpv6Group, cs_ipv6_group, ADW_TYPE_PREFERENCES_GROUP)

/* The addresses are left to somebody else. */
static gboolean
is_kept (CsSetup *setup, CsDbusShare *share)
{
  GVariant *options = share != NULL ? cs_dbus_share_get_options (share) : NULL;
  gboolean kept = FALSE;

  if (options != NULL)
    g_variant_lookup (options, "keep-lan", "b", &kept);
  return kept || cs_setup_is_adopted (setup);
}

static GVariant *
find_option (CsSetup *setup, CsDbusShare *share)
{
  if (share == NULL)
    return cs_setup_find_option (setup, "ipv6");
  return g_variant_lookup_value (cs_dbus_share_get_options (share), "ipv6", NULL);
}

static void
show_choices (CsIpv6Group *group, const char *id)
{
  const CsIpv6Choice *choices = cs_ipv6_list_choices ();
  g_autoptr (GPtrArray) picks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; choices[i].id != NULL; i++)
    g_ptr_array_add (picks, cs_pick_new (choices[i].id, _ (choices[i].title),
                                         _ (choices[i].subtitle), TRUE));
  cs_picker_show (group->way, picks, id);
}

static void
show (CsIpv6Group *group)
{
  CsService *service = cs_setup_get_service (group->setup);
  CsDbusShare *share = cs_setup_get_share (group->setup);
  gboolean usable = cs_service_get_state (service) == CS_SERVICE_READY
                    && !cs_setup_is_busy (group->setup);
  gboolean active
      = share != NULL && g_strcmp0 (cs_dbus_share_get_state (share), "active") == 0;
  g_autoptr (GVariant) option = NULL;
  const char *id;

  gtk_widget_set_visible (GTK_WIDGET (group), cs_service_has_feature (service, "ipv6")
                                                  && !is_kept (group->setup, share));
  gtk_widget_set_sensitive (GTK_WIDGET (group), usable);
  if (!usable)
    return;
  option = find_option (group->setup, share);
  id = cs_ipv6_parse (option);
  show_choices (group, id);
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (group->way),
      cs_ipv6_describe (active ? cs_dbus_share_get_ipv6_mode (share) : NULL, id));
}

static void
on_picked (CsIpv6Group *group, const char *id)
{
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&options, "ipv6", "s", id);
  cs_setup_set_options (group->setup, g_variant_dict_end (&options));
}

void
cs_ipv6_group_set_setup (CsIpv6Group *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  show (group);
}

static void
cs_ipv6_group_dispose (GObject *object)
{
  g_clear_object (&CS_IPV6_GROUP (object)->setup);
  G_OBJECT_CLASS (cs_ipv6_group_parent_class)->dispose (object);
}

static void
cs_ipv6_group_class_init (CsIpv6GroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_ipv6_group_dispose;
  g_type_ensure (CS_TYPE_PICKER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/ipv6-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsIpv6Group, way);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
}

static void
cs_ipv6_group_init (CsIpv6Group *group)
{
  gtk_widget_init_template (GTK_WIDGET (group));
}
