/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shown, chosen and remembered; see setup.h. */
#include "setup-private.h"

#include "last-share.h"
#include "wan.h"

#include <glib/gi18n-lib.h>

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsSetup, cs_setup, G_TYPE_OBJECT)

void
cs_setup_emit_changed (CsSetup *setup)
{
  g_signal_emit (setup, signals[CHANGED], 0);
}

void
cs_setup_emit_failed (CsSetup *setup, const GError *error)
{
  g_autofree char *subject = cs_setup_get_lan_title (setup);
  g_autoptr (CsFailure) failure = cs_failure_new (error, subject);

  if (failure != NULL)
    g_signal_emit (setup, signals[FAILED], 0, failure);
}

/* The LAN that is shown, until the user chooses one: the one that is shared, the last
 * one, or the best one. */
static void
choose_lan (CsSetup *setup)
{
  GPtrArray *shares = cs_service_get_shares (setup->service);
  GPtrArray *interfaces = cs_service_get_interfaces (setup->service);
  CsInterface *best = cs_interfaces_suggest_lan (interfaces);
  const char *lan = NULL;

  if (setup->chosen || cs_setup_get_share (setup) != NULL)
    return;
  if (shares->len > 0)
    lan = cs_dbus_share_get_lan (g_ptr_array_index (shares, 0));
  else if (cs_interfaces_find (interfaces, setup->lan) == NULL && best != NULL)
    lan = best->name;
  if (lan == NULL)
    return;
  g_free (setup->lan);
  setup->lan = g_strdup (lan);
}

static void
on_service_changed (CsSetup *setup)
{
  choose_lan (setup);
  cs_setup_emit_changed (setup);
}

CsService *
cs_setup_get_service (CsSetup *setup)
{
  return setup->service;
}

gboolean
cs_setup_is_first (CsSetup *setup)
{
  return setup->first;
}

gboolean
cs_setup_is_busy (CsSetup *setup)
{
  return setup->busy;
}

const char *
cs_setup_get_lan (CsSetup *setup)
{
  return setup->lan;
}

CsInterface *
cs_setup_get_interface (CsSetup *setup)
{
  return cs_interfaces_find (cs_service_get_interfaces (setup->service), setup->lan);
}

CsDbusShare *
cs_setup_get_share (CsSetup *setup)
{
  return cs_service_find_share (setup->service, setup->lan);
}

gboolean
cs_setup_is_adopted (CsSetup *setup)
{
  CsDbusShare *share = cs_setup_get_share (setup);

  return share != NULL && g_strcmp0 (cs_dbus_share_get_source (share), "adopted") == 0;
}

gboolean
cs_setup_adopts (CsSetup *setup)
{
  CsDbusManager *manager = cs_service_get_manager (setup->service);
  const char *wan = manager != NULL ? cs_dbus_manager_get_adopt_wan (manager) : NULL;

  return wan != NULL && *wan != '\0';
}

const char *
cs_setup_get_wan (CsSetup *setup)
{
  CsDbusShare *share = cs_setup_get_share (setup);
  const char *wan = share != NULL ? cs_dbus_share_get_wan (share) : NULL;

  return wan != NULL ? wan : setup->wan;
}

char *
cs_setup_get_lan_title (CsSetup *setup)
{
  CsInterface *interface = cs_setup_get_interface (setup);

  if (interface != NULL)
    return cs_interface_title (interface);
  return g_strdup (setup->lan);
}

static char *
title_of_uplink (CsSetup *setup, CsDbusShare *share)
{
  const char *name = cs_dbus_share_get_uplink (share);
  CsInterface *interface = cs_interfaces_find (cs_service_get_interfaces (setup->service),
                                               name);

  return interface != NULL ? cs_interface_title (interface) : g_strdup (name);
}

CsMood
cs_setup_get_mood (CsSetup *setup)
{
  CsDbusShare *share = cs_setup_get_share (setup);
  CsState state = { 0 };

  if (share != NULL && cs_service_get_state (setup->service) != CS_SERVICE_UNREACHABLE)
    {
      state.state = cs_dbus_share_get_state (share);
      state.reason = cs_dbus_share_get_state_reason (share);
      state.blocked_by = cs_dbus_share_get_blocked_by (share);
    }
  return cs_state_get_mood (&state);
}

static void
describe_share (CsSetup *setup, CsDbusShare *share, const char **title, char **sentence)
{
  g_autofree char *lan = cs_setup_get_lan_title (setup);
  g_autofree char *wan = cs_wan_title (cs_setup_get_wan (setup),
                                       cs_service_get_interfaces (setup->service));
  g_autofree char *uplink = title_of_uplink (setup, share);
  CsState state = { cs_dbus_share_get_state (share),
                    cs_dbus_share_get_state_reason (share),
                    lan,
                    wan,
                    uplink,
                    cs_dbus_share_get_blocked_by (share) };

  g_autofree char *own = cs_state_get_sentence (&state);

  *title = cs_state_get_title (&state);
  *sentence
      = cs_setup_is_adopted (setup) ? g_strdup_printf (
            "%s\n%s", own,
            _ ("It is a hotspot of the settings; turned off here, it is off there, too."))
                                    : g_steal_pointer (&own);
}

void
cs_setup_describe (CsSetup *setup, const char **title, char **sentence)
{
  CsDbusShare *share = cs_setup_get_share (setup);
  CsState off = { 0 };

  if (cs_service_get_state (setup->service) == CS_SERVICE_RETURNING)
    {
      *title = _ ("One Moment…");
      *sentence = g_strdup (_ (
          "The sharing service is restarting. Devices keep their Internet connection."));
    }
  else if (cs_service_get_state (setup->service) == CS_SERVICE_UNREACHABLE)
    {
      *title = _ ("Not Known");
      *sentence = g_strdup (
          _ ("What is shared is not known while the service does not answer."));
    }
  else if (share != NULL)
    describe_share (setup, share, title, sentence);
  else
    {
      *title = cs_state_get_title (&off);
      *sentence = cs_state_get_sentence (&off);
    }
}

/* Share.Options has neither the passphrase nor a name that the service chose, but devices
 * are to find the same network the next time. */
static GVariant *
options_to_keep (CsSetup *setup, CsDbusShare *share)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (cs_dbus_share_get_options (share));
  const char *passphrase = cs_setup_get_option (setup, "passphrase");
  const char *ssid = cs_dbus_share_get_ssid (share);

  if (ssid != NULL && *ssid != '\0')
    {
      g_variant_dict_insert (dict, "ssid", "s", ssid);
      if (passphrase != NULL && *passphrase != '\0')
        g_variant_dict_insert (dict, "passphrase", "s", passphrase);
    }
  g_variant_dict_remove (dict, "force");
  return g_variant_dict_end (dict);
}

void
cs_setup_remember (CsSetup *setup)
{
  CsDbusShare *share = cs_setup_get_share (setup);
  g_autoptr (CsLastShare) last = NULL;
  g_autoptr (GError) error = NULL;

  if (share == NULL || cs_setup_is_adopted (setup))
    return;
  last = cs_last_share_new (setup->lan, cs_setup_get_wan (setup),
                            options_to_keep (setup, share));
  setup->first = FALSE;
  if (!cs_last_share_save (last, setup->path, &error))
    g_message ("the last share is not remembered: %s", error->message);
}

static void
recall (CsSetup *setup)
{
  g_autoptr (CsLastShare) last = cs_last_share_load (setup->path);

  setup->first = last == NULL;
  setup->lan = g_strdup (last != NULL ? last->lan : "");
  setup->wan = g_strdup (last != NULL ? last->wan : CS_WAN_AUTO);
  setup->options = g_variant_dict_new (last != NULL ? last->options : NULL);
}

/* What another LAN's share was set to is not for this one. */
static void
forget_options (CsSetup *setup)
{
  g_variant_dict_unref (setup->options);
  setup->options = g_variant_dict_new (NULL);
}

void
cs_setup_set_lan (CsSetup *setup, const char *lan)
{
  setup->chosen = TRUE;
  if (g_str_equal (setup->lan, lan))
    return;
  g_free (setup->lan);
  setup->lan = g_strdup (lan);
  forget_options (setup);
  cs_setup_emit_changed (setup);
}

const char *
cs_setup_get_option (CsSetup *setup, const char *name)
{
  const char *value = NULL;

  g_variant_dict_lookup (setup->options, name, "&s", &value);
  return value;
}

GVariant *
cs_setup_find_option (CsSetup *setup, const char *name)
{
  return g_variant_dict_lookup_value (setup->options, name, NULL);
}

void
cs_setup_learn_option (CsSetup *setup, const char *name, const char *value)
{
  if (g_strcmp0 (cs_setup_get_option (setup, name), value) == 0)
    return;
  g_variant_dict_insert (setup->options, name, "s", value);
  cs_setup_remember (setup);
}

static void
cs_setup_dispose (GObject *object)
{
  CsSetup *setup = CS_SETUP (object);

  g_cancellable_cancel (setup->cancellable);
  g_clear_object (&setup->service);
  G_OBJECT_CLASS (cs_setup_parent_class)->dispose (object);
}

static void
cs_setup_finalize (GObject *object)
{
  CsSetup *setup = CS_SETUP (object);

  g_object_unref (setup->cancellable);
  g_free (setup->path);
  g_free (setup->lan);
  g_free (setup->wan);
  g_variant_dict_unref (setup->options);
  g_clear_pointer (&setup->changes, g_variant_unref);
  G_OBJECT_CLASS (cs_setup_parent_class)->finalize (object);
}

static void
cs_setup_class_init (CsSetupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_setup_dispose;
  object_class->finalize = cs_setup_finalize;
  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_SETUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", CS_TYPE_SETUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
cs_setup_init (CsSetup *setup)
{
  setup->cancellable = g_cancellable_new ();
  setup->path = cs_last_share_get_path ();
  recall (setup);
}

CsSetup *
cs_setup_new (CsService *service)
{
  CsSetup *setup = g_object_new (CS_TYPE_SETUP, NULL);

  setup->service = g_object_ref (service);
  g_signal_connect_object (service, "changed", G_CALLBACK (on_service_changed), setup,
                           G_CONNECT_SWAPPED);
  return setup;
}
