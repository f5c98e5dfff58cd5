/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change is made when the user has been still for a moment; see limit-group.h. */
#include "limit-group.h"

#include "limit.h"
#include "switch.h"

#define GIGABYTE    G_GUINT64_CONSTANT (1000000000)
#define STILL_DELAY 1000 /* ms */

struct _CsLimitGroup
{
  AdwPreferencesGroup parent;
  GtkSwitch *limited;
  GtkSpinButton *amount;
  GtkSwitch *monthly;
  CsSetup *setup;   /* (owned) (nullable) */
  guint timer;      /* source, or 0 */
  gboolean showing; /* the program changes something, not the user */
};

G_DEFINE_FINAL_TYPE (CsLimitGroup, cs_limit_group, ADW_TYPE_PREFERENCES_GROUP)

/* The share's, or what a next one is to have. (nullable, transfer full) */
static GVariant *
find_option (CsLimitGroup *group, const char *name)
{
  CsDbusShare *share = cs_setup_get_share (group->setup);

  if (share == NULL)
    return cs_setup_find_option (group->setup, name);
  return g_variant_lookup_value (cs_dbus_share_get_options (share), name, NULL);
}

static CsLimit
get_limit (CsLimitGroup *group)
{
  g_autoptr (GVariant) bytes = find_option (group, "limit");
  g_autoptr (GVariant) period = find_option (group, "limit-period");

  return cs_limit_parse (bytes, period);
}

static void
show (CsLimitGroup *group)
{
  gboolean offered
      = cs_service_has_feature (cs_setup_get_service (group->setup), "limit");
  CsLimit limit;

  gtk_widget_set_visible (GTK_WIDGET (group), offered);
  gtk_widget_set_sensitive (GTK_WIDGET (group), !cs_setup_is_adopted (group->setup));
  if (!offered || group->timer != 0)
    return;
  limit = get_limit (group);
  group->showing = TRUE;
  cs_switch_show (group->limited, limit.bytes > 0);
  if (limit.bytes > 0)
    {
      gtk_spin_button_set_value (group->amount, (double)limit.bytes / GIGABYTE);
      cs_switch_show (group->monthly, limit.monthly);
    }
  group->showing = FALSE;
}

static gboolean
on_timer (gpointer user_data)
{
  CsLimitGroup *group = user_data;
  CsLimit limit = { 0, gtk_switch_get_active (group->monthly) };
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  group->timer = 0;
  if (gtk_switch_get_active (group->limited))
    limit.bytes = (guint64)(gtk_spin_button_get_value (group->amount) * GIGABYTE);
  cs_limit_add (limit, &options);
  cs_setup_set_options (group->setup, g_variant_dict_end (&options));
  return G_SOURCE_REMOVE;
}

static void
on_user_change (CsLimitGroup *group)
{
  if (group->showing || group->setup == NULL)
    return;
  g_clear_handle_id (&group->timer, g_source_remove);
  group->timer = g_timeout_add (STILL_DELAY, on_timer, group);
}

void
cs_limit_group_set_setup (CsLimitGroup *group, CsSetup *setup)
{
  group->setup = g_object_ref (setup);
  g_signal_connect_object (setup, "changed", G_CALLBACK (show), group, G_CONNECT_SWAPPED);
  show (group);
}

static void
cs_limit_group_dispose (GObject *object)
{
  CsLimitGroup *group = CS_LIMIT_GROUP (object);

  g_clear_handle_id (&group->timer, g_source_remove);
  g_clear_object (&group->setup);
  G_OBJECT_CLASS (cs_limit_group_parent_class)->dispose (object);
}

static void
cs_limit_group_class_init (CsLimitGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_limit_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/limit-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsLimitGroup, limited);
  gtk_widget_class_bind_template_child (widget_class, CsLimitGroup, amount);
  gtk_widget_class_bind_template_child (widget_class, CsLimitGroup, monthly);
  gtk_widget_class_bind_template_callback (widget_class, on_user_change);
}

static void
cs_limit_group_init (CsLimitGroup *group)
{
  gtk_widget_init_template (GTK_WIDGET (group));
}
