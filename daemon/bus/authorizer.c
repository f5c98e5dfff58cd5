/* SPDX-License-Identifier: GPL-2.0-or-later */
/* polkit's own D-Bus interface, which its reference manual documents for callers that do
 * not want libpolkit-gobject: that brings in libsystemd, and a megabyte of libraries that
 * compress and encrypt journals.
 *
 * First the bus is asked who the caller is. root is authorized for anything, as polkit
 * itself would say without consulting a rule (polkit(8)): so its answer is not needed,
 * and root's scripts work even when polkit does not. */
#include "authorizer.h"

#include "quota.h"
#include "subject.h"

#include "dbus/errors.h"
#include "dbus/names.h"

#define POLKIT_NAME      "org.freedesktop.PolicyKit1"
#define POLKIT_PATH      "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define BUS_NAME         "org.freedesktop.DBus"
#define BUS_PATH         "/org/freedesktop/DBus"
/* Questions to polkit, each of which may be a dialog, that may be open at once: a user
 * never has more than are left for others, but always one. */
#define QUESTIONS       32
#define QUESTIONS_LIMIT 128
/* AllowUserInteraction in CheckAuthorizationFlags */
#define ALLOW_INTERACTION 1u

/* Texts of the dialog, which polkit translates by our catalogue (po/) for its agent, and
 * in which it fills in the details. */
#define N_(text) text

static const char text_share[]
    = N_ ("Authentication is required to share a network connection ($(wan)) with the "
          "computers on $(lan)");
static const char text_change[]
    = N_ ("Authentication is required to change how a network connection ($(wan)) is "
          "shared with the computers on $(lan)");
static const char text_stop[]
    = N_ ("Authentication is required to end the sharing of a network connection "
          "($(wan)) with the computers on $(lan)");
static const char text_adopt[]
    = N_ ("Authentication is required to change through which network connection "
          "($(wan)) hotspots are shared");
static const char text_wifi[]
    = N_ ("Authentication is required to see the passphrase of the Wi-Fi network of "
          "$(lan)");
static const char text_clients[]
    = N_ ("Authentication is required to see which computers are connected to $(lan)");
static const char text_client[] = N_ (
    "Authentication is required to name, block or allow a computer on $(lan), or to "
    "reserve its address");
static const char text_map[]
    = N_ ("Authentication is required to let the Internet reach a computer on $(lan) by "
          "ports of this computer");
static const char text_unmap[]
    = N_ ("Authentication is required to remove a port mapping to a computer on $(lan)");
static const char text_mapped[]
    = N_ ("Authentication is required to see which computers on $(lan) the Internet "
          "reaches");

static const struct
{
  const char *interface;
  const char *method;
  const char *action;
  const char *text;
} methods[] = {
  { "org.connshare1.Manager", "ShareConnection", CS_ACTION_SHARE, text_share },
  { "org.connshare1.Manager", "ShareConnectionWithOptions", CS_ACTION_SHARE, text_share },
  { "org.connshare1.Manager", "StopSharing", CS_ACTION_SHARE, text_stop },
  { "org.connshare1.Manager", "Adopt", CS_ACTION_SHARE, text_adopt },
  { "org.connshare1.Share", "Stop", CS_ACTION_SHARE, text_stop },
  { "org.connshare1.Share", "Update", CS_ACTION_SHARE, text_change },
  { "org.connshare1.Share", "GetWifi", CS_ACTION_PASSPHRASE, text_wifi },
  { "org.connshare1.Share", "ListClients", CS_ACTION_CLIENTS, text_clients },
  { "org.connshare1.Share", "SetClient", CS_ACTION_SHARE, text_client },
  { "org.connshare1.Share", "AddForward", CS_ACTION_MAP, text_map },
  { "org.connshare1.Share", "RemoveForward", CS_ACTION_MAP, text_unmap },
  { "org.connshare1.Share", "RemovePinhole", CS_ACTION_MAP, text_unmap },
  { "org.connshare1.Share", "ListForwards", CS_ACTION_CLIENTS, text_mapped },
};

struct _CsAuthorizer
{
  gatomicrefcount references;
  CsQuota *questions; /* (owned) of users, by their number */
};

typedef struct
{
  CsAuthorizer *authorizer;          /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) */
  const char *action;                /* static */
  const char *text;                  /* static */
  GVariant *subject;                 /* (owned) (nullable) until the caller is known */
  char *lan;                         /* (owned) */
  char **wans;                       /* (owned) */
  guint allowed;                     /* how many of them polkit has allowed */
  gboolean is_root;
  char *user;            /* (owned) (nullable) whose question polkit is asked */
  char *cancellation_id; /* (owned) ours, for polkit */
  guint watch;           /* on the caller's name */
} Check;

CsAuthorizer *
cs_authorizer_new (void)
{
  CsAuthorizer *self = g_new0 (CsAuthorizer, 1);

  g_atomic_ref_count_init (&self->references);
  self->questions = cs_quota_new (QUESTIONS, QUESTIONS, QUESTIONS_LIMIT);
  return self;
}

CsAuthorizer *
cs_authorizer_ref (CsAuthorizer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
cs_authorizer_unref (CsAuthorizer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  cs_quota_free (self->questions);
  g_free (self);
}

static void
check_free (Check *check)
{
  g_clear_handle_id (&check->watch, g_bus_unwatch_name);
  if (check->user != NULL)
    cs_quota_leave (check->authorizer->questions, check->user);
  g_free (check->user);
  cs_authorizer_unref (check->authorizer);
  g_object_unref (check->invocation);
  g_clear_pointer (&check->subject, g_variant_unref);
  g_free (check->lan);
  g_strfreev (check->wans);
  g_free (check->cancellation_id);
  g_free (check);
}

static void
find_action (Check *check)
{
  const char *interface = g_dbus_method_invocation_get_interface_name (check->invocation);
  const char *method = g_dbus_method_invocation_get_method_name (check->invocation);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (methods[i].interface, interface)
        && g_str_equal (methods[i].method, method))
      {
        check->action = methods[i].action;
        check->text = methods[i].text;
      }
}

/* Closes the dialog; CheckAuthorization then returns with an error. Whether polkit
 * heard this does not matter: nobody waits any more. */
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
          ? "administrator rights are needed (polkit action %s), but there is no way to "
            "ask for a password here; use sudo"
          : "not authorized: polkit refuses the action %s, or the password dialog was "
            "dismissed",
      check->action);
}

static void ask_polkit (GTask *task);

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean authorized, challenge;

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                               "cannot ask polkit whether this is allowed: %s; "
                               "\"systemctl status polkit\" may say why",
                               error->message);
      return;
    }
  g_variant_get (reply, "((bba{ss}))", &authorized, &challenge, NULL);
  if (!authorized)
    refuse (task, check, challenge);
  else if (check->wans[++check->allowed] != NULL)
    ask_polkit (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
is_interactive (const Check *check)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);

  return (g_dbus_message_get_flags (message)
          & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
         != 0;
}

static GVariant *
make_arguments (const Check *check)
{
  GVariantBuilder details;

  g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&details, "{ss}", "lan", check->lan);
  g_variant_builder_add (&details, "{ss}", "wan", check->wans[check->allowed]);
  g_variant_builder_add (&details, "{ss}", "polkit.message", check->text);
  g_variant_builder_add (&details, "{ss}", "polkit.gettext_domain", "connshare");
  return g_variant_new ("(@(sa{sv})sa{ss}us)", check->subject, check->action, &details,
                        is_interactive (check) ? ALLOW_INTERACTION : 0,
                        check->cancellation_id);
}

static void
ask_polkit (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  GDBusConnection *connection
      = g_dbus_method_invocation_get_connection (check->invocation);

  if (check->watch == 0 && is_interactive (check))
    check->watch = g_bus_watch_name_on_connection (
        connection, g_dbus_method_invocation_get_sender (check->invocation),
        G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_caller_vanished, check, NULL);
  g_dbus_connection_call (connection, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE,
                          "CheckAuthorization", make_arguments (check),
                          G_VARIANT_TYPE ("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT, NULL, on_checked, task);
}

static gboolean
enter (Check *check, guint32 uid)
{
  g_autofree char *user = g_strdup_printf ("%u", uid);

  if (cs_quota_enter (check->authorizer->questions, user) != CS_QUOTA_GRANT)
    return FALSE;
  check->user = g_steal_pointer (&user);
  return TRUE;
}

/* If the bus does not know the caller, neither does polkit, which says so. */
static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) credentials = NULL;
  guint32 uid = G_MAXUINT32;
  guint32 pid = 0;

  if (reply != NULL)
    {
      g_variant_get (reply, "(@a{sv})", &credentials);
      g_variant_lookup (credentials, "UnixUserID", "u", &uid);
      g_variant_lookup (credentials, "ProcessID", "u", &pid);
    }
  check->is_root = uid == 0;
  if (check->is_root)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  check->subject = g_variant_ref_sink (
      cs_subject_new (g_dbus_method_invocation_get_sender (check->invocation), uid, pid));
  if (enter (check, uid))
    ask_polkit (g_steal_pointer (&task));
  else
    g_task_return_new_error (
        task, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED,
        "too many calls of this user are waiting for polkit; try again later");
}

void
cs_authorizer_check_async (CsAuthorizer *self,
                           GDBusMethodInvocation *invocation,
                           const char *lan,
                           const char *const *wans,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  Check *check = g_new0 (Check, 1);

  g_task_set_source_tag (task, cs_authorizer_check_async);
  g_task_set_task_data (task, check, (GDestroyNotify)check_free);
  check->authorizer = cs_authorizer_ref (self);
  check->invocation = g_object_ref (invocation);
  find_action (check);
  check->lan = g_strdup (lan);
  check->wans = g_strdupv ((char **)wans);
  check->cancellation_id = g_uuid_string_random ();
  if (check->action == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_AUTHORIZED,
                               "%s is not allowed",
                               g_dbus_method_invocation_get_method_name (invocation));
      return;
    }
  g_dbus_connection_call (
      connection, BUS_NAME, BUS_PATH, BUS_NAME, "GetConnectionCredentials",
      g_variant_new ("(s)", g_dbus_method_invocation_get_sender (invocation)),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_identified,
      g_steal_pointer (&task));
}

gboolean
cs_authorizer_check_finish (GAsyncResult *result, gboolean *anything, GError **error)
{
  const Check *check = g_task_get_task_data (G_TASK (result));

  if (anything != NULL)
    *anything = check->is_root;
  return g_task_propagate_boolean (G_TASK (result), error);
}
