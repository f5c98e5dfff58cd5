/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See dbus/DBus-interface in dnsmasq's source. It has no method that returns the list, so
 * the one that it was told is written down beside its configuration, with the process and
 * the device of the uplink that this holds for: a restarted connshared then has nothing
 * to tell, and disturbs no question that is under way.
 *
 * When the uplink is another device, the list is emptied first: dnsmasq 2.90 takes a
 * server that it knows already together with the interface index of the time when it
 * first heard of it, and would ask through an interface that is gone or no longer meant.
 * What it has in its cache goes, too: names can mean something else behind another
 * uplink. */
#include "dnsmasq-upstream.h"

#include "core/dnsmasq-config.h"
#include "dbus/errors.h"
#include "engine/files.h"

#include <glib/gstdio.h>

#define BUS_OBJECT    "/uk/org/thekelleys/dnsmasq"
#define BUS_INTERFACE "uk.org.thekelleys.dnsmasq"
#define BUS_LIMIT     2000 /* milliseconds; it answers within one */

/* One telling. */
typedef struct
{
  GDBusConnection *bus; /* (owned) */
  char *name;           /* (owned) dnsmasq's on the bus */
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
send (const Call *call,
      const char *method,
      GVariant *arguments,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  g_dbus_connection_call (call->bus, call->name, BUS_OBJECT, BUS_INTERFACE, method,
                          arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, BUS_LIMIT,
                          NULL, callback, user_data);
}

/* dnsmasq answers even those who do not want to know, and the bus would complain. */
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

  if (reply == NULL)
    {
      g_task_return_new_error (
          task, CS_ERROR, CS_ERROR_FAILED,
          "dnsmasq was started, but cannot be told which name servers to ask: %s; "
          "\"journalctl -t dnsmasq\" may have its reason",
          error->message);
      return;
    }
  /* Without that they are told again another time, and no harm is done. */
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
      send (call, "SetServersEx", g_variant_new_parsed ("(@aas [],)"), ignore_answer,
            NULL);
      send (call, "ClearCache", NULL, ignore_answer, NULL);
    }
  send (call, "SetServersEx", servers_to_variant (servers), on_answer,
        g_steal_pointer (&task));
}

gboolean
cs_dnsmasq_upstream_tell_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
