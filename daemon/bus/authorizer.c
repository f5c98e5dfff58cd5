/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PolkitAuthority, asynchronously, for the method of an invocation. */
#include "authorizer.h"

#include "dbus/errors.h"
#include "dbus/names.h"

#include <polkit/polkit.h>

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
};

typedef struct
{
  GDBusMethodInvocation *invocation; /* (owned) */
  const char *action;                /* static */
  PolkitDetails *details;            /* (owned) */
  GCancellable *cancellable;         /* (owned) cancelled when the caller leaves */
  guint watch;                       /* of the caller's name */
} Check;

static void
check_free (Check *check)
{
  g_bus_unwatch_name (check->watch);
  g_object_unref (check->invocation);
  g_object_unref (check->details);
  g_object_unref (check->cancellable);
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

static void
on_caller_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
refuse (GTask *task, const Check *check, gboolean challenge)
{
  g_task_return_new_error (
      task, CS_ERROR, CS_ERROR_NOT_AUTHORIZED,
      challenge
          ? "sharing needs the password of an administrator (polkit action %s), and "
            "no dialog could be shown: run it as root, or where one can be"
          : "not authorized: the polkit rules of this system, or a dismissed "
            "password dialog, say no to action %s",
      check->action);
}

static void
on_checked (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  g_autoptr (PolkitAuthorizationResult) result = NULL;
  g_autoptr (GError) error = NULL;

  result = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source),
                                                        async_result, &error);
  if (result == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "polkit could not be asked whether this is allowed: %s",
                             error->message);
  else if (polkit_authorization_result_get_is_authorized (result))
    g_task_return_boolean (task, TRUE);
  else
    refuse (task, check, polkit_authorization_result_get_is_challenge (result));
}

/* Once freed, polkit's authority still emits "changed" while a call that was cancelled
 * keeps its proxy alive (polkitauthority.c, on_proxy_signal ()); so it is kept. */
static PolkitAuthority *kept_authority; /* (owned) (nullable) */

static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthority) authority = polkit_authority_get_finish (result, &error);
  g_autoptr (PolkitSubject) subject = NULL;
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);
  gboolean interactive = (g_dbus_message_get_flags (message)
                          & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
                         != 0;

  if (authority == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                               "polkit does not run, so nobody can be authorized: %s; "
                               "\"systemctl status polkit\" may say why",
                               error->message);
      return;
    }
  g_set_object (&kept_authority, authority);
  subject = polkit_system_bus_name_new (
      g_dbus_method_invocation_get_sender (check->invocation));
  polkit_authority_check_authorization (
      authority, subject, check->action, check->details,
      interactive ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                  : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      cancellable, on_checked, g_steal_pointer (&task));
}

void
cs_authorizer_check_async (GDBusMethodInvocation *invocation,
                           const char *lan,
                           const char *wan,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);

  g_task_set_source_tag (task, cs_authorizer_check_async);
  g_task_set_task_data (task, check, (GDestroyNotify)check_free);
  check->invocation = g_object_ref (invocation);
  check->action = find_action (invocation);
  check->cancellable = g_object_ref (cancellable);
  check->details = polkit_details_new ();
  polkit_details_insert (check->details, "lan", lan);
  polkit_details_insert (check->details, "wan", wan != NULL ? wan : "");
  check->watch = g_bus_watch_name_on_connection (
      g_dbus_method_invocation_get_connection (invocation),
      g_dbus_method_invocation_get_sender (invocation), G_BUS_NAME_WATCHER_FLAGS_NONE,
      NULL, on_caller_vanished, g_object_ref (cancellable), g_object_unref);

  if (check->action == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_AUTHORIZED,
                               "%s is not allowed to anybody",
                               g_dbus_method_invocation_get_method_name (invocation));
      g_object_unref (task);
      return;
    }
  polkit_authority_get_async (cancellable, on_authority, task);
}

gboolean
cs_authorizer_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
