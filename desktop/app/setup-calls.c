/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user wants, as calls. One is under way at a time; the last share is written
 * down when it ends. */
#include "setup-private.h"

static void
set_busy (CsSetup *setup, gboolean busy)
{
  setup->busy = busy;
  cs_setup_emit_changed (setup);
}

void
cs_setup_fail (CsSetup *setup, const GError *error)
{
  setup->want = WANT_NOTHING;
  cs_setup_emit_failed (setup, error);
}

/* Whatever the call was. */
static void
finish_call (CsSetup *setup, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (setup, FALSE);
  if (error != NULL)
    cs_setup_emit_failed (setup, error);
  else
    cs_setup_remember (setup);
}

static void
updated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cs_dbus_share_call_update_finish (CS_DBUS_SHARE (source), result, &error);
  finish_call (user_data, error);
}

static void
update (CsSetup *setup, CsDbusShare *share, GVariant *options)
{
  g_autoptr (GVariant) changes = g_variant_ref_sink (options);

  setup->want = WANT_CHANGE;
  g_clear_pointer (&setup->changes, g_variant_unref);
  setup->changes = g_variant_ref (changes);
  set_busy (setup, TRUE);
  cs_dbus_share_call_update (share, changes, CS_CALL_CHANGE, setup->cancellable,
                             updated_cb, setup);
}

static void
adopted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cs_dbus_manager_call_adopt_finish (CS_DBUS_MANAGER (source), result, &error);
  finish_call (user_data, error);
}

static void
adopt (CsSetup *setup, const char *wan)
{
  CsDbusManager *manager = cs_service_get_manager (setup->service);

  if (manager == NULL)
    return;
  setup->want = WANT_NOTHING;
  set_busy (setup, TRUE);
  cs_dbus_manager_call_adopt (manager, wan, CS_CALL_CHANGE, setup->cancellable,
                              adopted_cb, setup);
}

void
cs_setup_adopt (CsSetup *setup, gboolean on)
{
  adopt (setup, on ? cs_setup_get_wan (setup) : "");
}

void
cs_setup_set_wan (CsSetup *setup, const char *wan)
{
  CsDbusShare *share = cs_setup_get_share (setup);
  GVariantDict changes = G_VARIANT_DICT_INIT (NULL);

  g_free (setup->wan);
  setup->wan = g_strdup (wan);
  if (cs_setup_is_adopted (setup))
    adopt (setup, wan);
  else if (share != NULL)
    {
      g_variant_dict_insert (&changes, "wan", "s", wan);
      update (setup, share, g_variant_dict_end (&changes));
    }
  else
    cs_setup_emit_changed (setup);
}

void
cs_setup_set_options (CsSetup *setup, GVariant *options)
{
  CsDbusShare *share = cs_setup_get_share (setup);
  g_autoptr (GVariant) owned = g_variant_ref_sink (options);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, owned);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    g_variant_dict_insert_value (setup->options, name, value);
  if (share != NULL)
    update (setup, share, owned);
}

static void
shared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cs_dbus_manager_call_share_connection_with_options_finish (CS_DBUS_MANAGER (source),
                                                             NULL, result, &error);
  finish_call (user_data, error);
}

/* Empty ones mean no choice, which is said by leaving them out. */
static GVariant *
options_to_share (CsSetup *setup, gboolean force)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_dict_end (setup->options));
  GVariantDict options = G_VARIANT_DICT_INIT (all);
  const char *passphrase = "";
  CsInterface *interface = cs_setup_get_interface (setup);

  g_variant_dict_init (setup->options, all);
  if (interface != NULL && !cs_interface_is_wifi (interface))
    {
      g_variant_dict_remove (&options, "ssid");
      g_variant_dict_remove (&options, "passphrase");
    }
  if (g_variant_dict_lookup (&options, "passphrase", "&s", &passphrase)
      && *passphrase == '\0')
    g_variant_dict_remove (&options, "passphrase");
  if (force)
    g_variant_dict_insert (&options, "force", "b", TRUE);
  return g_variant_dict_end (&options);
}

void
cs_setup_turn_on (CsSetup *setup, gboolean force)
{
  CsDbusManager *manager = cs_service_get_manager (setup->service);

  if (manager == NULL)
    {
      cs_service_reconnect (setup->service);
      return;
    }
  setup->chosen = TRUE;
  setup->want = force ? WANT_ON_WITH_FORCE : WANT_ON;
  set_busy (setup, TRUE);
  cs_dbus_manager_call_share_connection_with_options (
      manager, setup->lan, setup->wan, options_to_share (setup, force), CS_CALL_CHANGE,
      setup->cancellable, shared_cb, setup);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  cs_dbus_manager_call_stop_sharing_finish (CS_DBUS_MANAGER (source), result, &error);
  finish_call (user_data, error);
}

void
cs_setup_turn_off (CsSetup *setup)
{
  CsDbusManager *manager = cs_service_get_manager (setup->service);

  if (manager == NULL)
    return;
  g_free (setup->wan);
  setup->wan = g_strdup (cs_setup_get_wan (setup));
  cs_setup_remember (setup);
  setup->want = WANT_OFF;
  set_busy (setup, TRUE);
  cs_dbus_manager_call_stop_sharing (manager, setup->lan, CS_CALL_CHANGE,
                                     setup->cancellable, stopped_cb, setup);
}

void
cs_setup_retry (CsSetup *setup)
{
  CsDbusShare *share = cs_setup_get_share (setup);

  switch (setup->want)
    {
    case WANT_ON:
    case WANT_ON_WITH_FORCE:
      cs_setup_turn_on (setup, setup->want == WANT_ON_WITH_FORCE);
      break;
    case WANT_OFF:
      cs_setup_turn_off (setup);
      break;
    case WANT_CHANGE:
      if (share != NULL)
        update (setup, share, setup->changes);
      break;
    case WANT_NOTHING:
    default:
      break;
    }
}
