/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See dbus/DBus-interface in dnsmasq's source. No method returns the list, so the list
 * last set is written down beside the configuration, with the process and the uplink's
 * device that it applies to: then a restarted connshared has nothing to set, and disturbs
 * no query that is under way.
 *
 * When the uplink moves to another device, the list is emptied first: dnsmasq 2.90 keeps
 * a server that it already knows together with the interface index from when it first
 * learned of it, and would query it through an interface that is gone or no longer meant.
 * Its cache is emptied, too: names can mean something else behind another uplink. */
#include "dnsmasq-upstream.h"

#include "base/files.h"
#include "core/render/dnsmasq-config.h"
#include "dbus/errors.h"

#include <glib/gstdio.h>

#define BUS_LIMIT 2000 /* milliseconds; it replies within one */

/* One update of the list. */
typedef struct
{
  GDBusConnection *bus; /* (owned) */
  char *name;           /* (owned) dnsmasq's bus name */
  char *path;           /* (owned) of the file */
  char *text;           /* (owned) for the file */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->bus);
  g_free (call->name);
  g_free (call->path);
  g_free (call->text);
  g_free (call);
}

static GVariant *
servers_to_variant (char **servers)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aas"));
  for (guint i = 0; servers[i] != NULL; i++)
    g_variant_builder_add_value (
        &builder, g_variant_new_strv ((const char *const *)&servers[i], 1));
  return g_variant_new ("(aas)", &builder);
}

static void
tell (const Call *call,
      const char *method,
      GVariant *arguments,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  g_dbus_connection_call (call->bus, call->name, CS_DNSMASQ_OBJECT, CS_DNSMASQ_INTERFACE,
                          method, arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          BUS_LIMIT, NULL, callback, user_data);
}

/* dnsmasq replies even to calls that expect no reply, and the bus would complain. */
static void
ignore_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      g_task_return_new_error (
          task, CS_ERROR, CS_ERROR_TIMEOUT,
          "dnsmasq was not ready in time; \"journalctl -t dnsmasq\" may say why");
      return;
    }
  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_new_error (
          task, CS_ERROR, CS_ERROR_FAILED,
          "dnsmasq is running, but cannot be told which name servers to use: %s; "
          "\"journalctl -t dnsmasq\" may say why",
          error->message);
      return;
    }
  /* If this fails, they are only set once more, which does no harm. */
  cs_file_write (call->path, call->text, NULL);
  g_task_return_boolean (task, TRUE);
}

void
cs_dnsmasq_upstream_tell_async (GDBusConnection *bus,
                                const CsSharePlan *share,
                                const char *directory,
                                int pid,
                                gboolean fresh,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_auto (GStrv) servers = cs_dnsmasq_servers (share);
  g_autofree char *list = g_strjoinv ("\n", servers);
  g_autofree char *about
      = g_strdup_printf ("process %d, uplink %d\n", pid, share->uplink_ifindex);
  g_autofree char *before = NULL;
  Call *call = g_new0 (Call, 1);

  call->bus = g_object_ref (bus);
  call->name = cs_dnsmasq_bus_name (share->lan);
  call->path = g_build_filename (directory, "servers", NULL);
  call->text = g_strconcat (about, list, "\n", NULL);
  g_task_set_source_tag (task, cs_dnsmasq_upstream_tell_async);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);

  g_file_get_contents (call->path, &before, NULL, NULL);
  if (!fresh && g_strcmp0 (before, call->text) == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_unlink (call->path);
  if (!fresh && (before == NULL || !g_str_has_prefix (before, about)))
    {
      tell (call, "SetServersEx", g_variant_new_parsed ("(@aas [],)"), ignore_answer,
            NULL);
      tell (call, "ClearCache", NULL, ignore_answer, NULL);
    }
  tell (call, "SetServersEx", servers_to_variant (servers), on_answer,
        g_steal_pointer (&task));
}

gboolean
cs_dnsmasq_upstream_tell_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
