/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A filter runs in GDBus' own I/O thread: for each message before it is queued, and
 * for each reply just before it is written. Everything in between counts as waiting,
 * whether for the main loop, polkit or the bus, including what GDBus replies to
 * itself. The bus reads only 2 KiB at a time from each connection
 * (dbus-transport-socket.c), so a reply to root has to wait for the replies before it:
 * that limits the room. Every call has a reply, because wire.c removes the others. */
#include "gate.h"

#include "quota.h"

/* Calls: accepted, replied to at all, and the first one of a caller. */
#define ROOM           128
#define ROOM_TO_REFUSE 256
#define LIMIT          1024

static void
refuse (GDBusConnection *connection, GDBusMessage *call)
{
  g_autoptr (GDBusMessage) reply = g_dbus_message_new_method_error_literal (
      call, "org.freedesktop.DBus.Error.LimitsExceeded",
      "too many calls are waiting for a reply; try again later");

  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                  NULL);
}

static gboolean
let_in (GDBusConnection *connection, GDBusMessage *call, CsQuota *quota)
{
  const char *caller = g_dbus_message_get_sender (call);
  CsQuotaVerdict verdict = cs_quota_enter (quota, caller);

  if (verdict == CS_QUOTA_REFUSE)
    refuse (connection, call);
  return verdict == CS_QUOTA_GRANT;
}

static GDBusMessage *
on_message (GDBusConnection *connection,
            GDBusMessage *message,
            gboolean incoming,
            gpointer user_data)
{
  CsQuota *quota = user_data;
  GDBusMessageType type = g_dbus_message_get_message_type (message);
  const char *caller = g_dbus_message_get_destination (message);

  if (incoming && type == G_DBUS_MESSAGE_TYPE_METHOD_CALL
      && !let_in (connection, message, quota))
    g_clear_object (&message);
  else if (!incoming && caller != NULL
           && (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN
               || type == G_DBUS_MESSAGE_TYPE_ERROR))
    cs_quota_leave (quota, caller);
  return message;
}

void
cs_gate_open (GDBusConnection *connection)
{
  g_dbus_connection_add_filter (connection, on_message,
                                cs_quota_new (ROOM, ROOM_TO_REFUSE, LIMIT),
                                (GDestroyNotify)cs_quota_free);
}
