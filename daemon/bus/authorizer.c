/* SPDX-License-Identifier: GPL-2.0-or-later */
/* polkit's own D-Bus interface, which its reference manual documents as the one to use
 * where libpolkit-gobject is not wanted: that brings libsystemd along, and a megabyte of
 * libraries that compress journals and encrypt them.
 *
 * First the bus is asked who the caller is. root is authorized for anything, as polkit
 * would say without looking at a rule (polkit(8)): so that answer is not waited for, and
 * scripts of root's work at a time when polkit does not. */
#include "authorizer.h"

#include "dbus/errors.h"
#include "dbus/names.h"

#define POLKIT_NAME      "org.freedesktop.PolicyKit1"
#define POLKIT_PATH      "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define BUS_NAME         "org.freedesktop.DBus"
#define BUS_PATH         "/org/freedesktop/DBus"
/* AllowUserInteraction in CheckAuthorizationFlags */
#define ALLOW_INTERACTION 1u

static const struct
{
  const char *interface;
  const char *method;
  const char *action;
} methods[] = {
  { "org.connshare1.Manager", "ShareConnection", CS_ACTION_SHARE },
  { "org.connshare1.Manager", "ShareConnectionWithOptions", CS_ACTION_SHARE },
  { "org.connshare1.Manager", "StopSharing", CS_ACTION_SHARE },
  { "org.connshare1.Share", "Stop", CS_ACTION_SHARE },
  { "org.connshare1.Share", "Update", CS_ACTION_SHARE },
  { "org.connshare1.Share", "GetWifi", CS_ACTION_PASSPHRASE },
};

typedef struct
{
  GDBusMethodInvocation *invocation; /* (owned) */
  const char *action;                /* static */
  GVariant *arguments;               /* (owned) of CheckAuthorization */
  char *cancellation_id;             /* (owned) ours, for polkit */
  guint watch;                       /* of the caller's name */
} Check;

static void
check_free (Check *check)
{
  g_clear_handle_id (&check->watch, g_bus_unwatch_name);
  g_object_unref (check->invocation);
  g_clear_pointer (&check->arguments, g_variant_unref);
  g_free (check->cancellation_id);
  g_free (check);
}

static const char *
find_action (GDBusMethodInvocation *invocation)
{
  const char *interface = g_dbus_method_invocation_get_interface_name (invocation);
  const char *method = g_dbus_method_invocation_get_method_name (invocation);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (methods[i].interface, interface)
        && g_str_equal (methods[i].method, method))
      return methods[i].action;
  return NULL;
}

/* Closes the dialog; CheckAuthorization then returns with an error. Whether polkit heard
 * it does not matter: nobody waits any more. */
static void
on_caller_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  const Check *check = user_data;

  g_dbus_connection_call (connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE,
                          "CancelCheckAuthorization",
                          g_variant_new ("(s)", check->cancellation_id), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
refuse (GTask *task, const Check *check, gboolean challenge)
{
  g_task_return_new_error (
      task, CS_ERROR, CS_ERROR_NOT_AUTHORIZED,
      challenge
          ? "this needs the password of an administrator (polkit action %s), and no "
            "dialog could be shown: run it as root, or where one can be"
          : "not authorized: the polkit rules of this system, or a dismissed "
            "password dialog, say no to action %s",
      check->action);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean authorized, challenge;

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                               "polkit could not be asked whether this is allowed: %s; "
                               "\"systemctl status polkit\" may say why",
                               error->message);
      return;
    }
  g_variant_get (reply, "((bba{ss}))", &authorized, &challenge, NULL);
  if (authorized)
    g_task_return_boolean (task, TRUE);
  else
    refuse (task, check, challenge);
}

static void
ask_polkit (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  GDBusConnection *connection
      = g_dbus_method_invocation_get_connection (check->invocation);

  check->watch = g_bus_watch_name_on_connection (
      connection, g_dbus_method_invocation_get_sender (check->invocation),
      G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_caller_vanished, check, NULL);
  g_dbus_connection_call (connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE,
                          "CheckAuthorization", check->arguments,
                          G_VARIANT_TYPE ("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT, NULL, on_checked, task);
}

/* Whoever the bus does not know, polkit will not either, and says so. */
static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  guint32 uid = G_MAXUINT32;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &uid);
  if (uid == 0)
    g_task_return_boolean (task, TRUE);
  else
    ask_polkit (g_steal_pointer (&task));
}

static GVariant *
make_arguments (const Check *check, const char *lan, const char *wan)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);
  gboolean interactive = (g_dbus_message_get_flags (message)
                          & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
                         != 0;
  GVariantBuilder subject, details;

  g_variant_builder_init (&subject, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (
      &subject, "{sv}", "name",
      g_variant_new_string (g_dbus_method_invocation_get_sender (check->invocation)));
  g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&details, "{ss}", "lan", lan);
  g_variant_builder_add (&details, "{ss}", "wan", wan != NULL ? wan : "");
  return g_variant_new ("((sa{sv})sa{ss}us)", "system-bus-name", &subject, check->action,
                        &details, interactive ? ALLOW_INTERACTION : 0,
                        check->cancellation_id);
}

void
cs_authorizer_check_async (GDBusMethodInvocation *invocation,
                           const char *lan,
                           const char *wan,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  Check *check = g_new0 (Check, 1);

  g_task_set_source_tag (task, cs_authorizer_check_async);
  g_task_set_task_data (task, check, (GDestroyNotify)check_free);
  check->invocation = g_object_ref (invocation);
  check->action = find_action (invocation);
  check->cancellation_id = g_uuid_string_random ();
  if (check->action == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_AUTHORIZED,
                               "%s is not allowed to anybody",
                               g_dbus_method_invocation_get_method_name (invocation));
      return;
    }
  check->arguments = g_variant_ref_sink (make_arguments (check, lan, wan));
  g_dbus_connection_call (
      connection, BUS_NAME, BUS_PATH, BUS_NAME, "GetConnectionUnixUser",
      g_variant_new ("(s)", g_dbus_method_invocation_get_sender (invocation)),
      G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_identified,
      g_steal_pointer (&task));
}

gboolean
cs_authorizer_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
