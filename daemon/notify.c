/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line for each share, sent to $NOTIFY_SOCKET as described in sd_notify(3): a
 * datagram of assignments. libsystemd would cost too much memory for this. If systemd
 * did not start the service nobody listens, and a lost line does no harm. */
#include "notify.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
send_to_systemd (const char *text)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize length = path != NULL ? strlen (path) : 0;
  int fd;

  if (length == 0 || length >= sizeof address.sun_path)
    return;
  memcpy (address.sun_path, path, length);
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return;
  if (sendto (fd, text, strlen (text), MSG_NOSIGNAL, (struct sockaddr *)&address,
              (socklen_t)(offsetof (struct sockaddr_un, sun_path) + length))
      < 0)
    g_debug ("systemd does not listen at %s: %s", path, g_strerror (errno));
  close (fd);
}

static gboolean
append (gpointer key, gpointer line, gpointer text)
{
  GString *out = text;

  g_string_append_printf (out, "%s%s", out->len > 0 ? "; " : "", (char *)line);
  return FALSE;
}

static void
tell (GTree *lines)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_tree_foreach (lines, append, text);
  if (text->len == 0)
    g_string_append (text, "Nothing is shared");
  g_string_prepend (text, "STATUS=");
  send_to_systemd (text->str);
}

static char *
describe (const char *lan, const CsSharePlan *plan)
{
  if (plan->state == CS_STATE_ACTIVE)
    return g_strdup_printf ("%s is shared via %s", lan, plan->uplink);
  return g_strdup_printf ("%s: %s: %s", lan, cs_state_to_string (plan->state),
                          plan->message);
}

static void
on_share_changed (CsEngine *engine, const char *lan, GTree *lines)
{
  CsShareStatus status;

  if (!cs_engine_get_share (engine, lan, &status))
    return;
  g_tree_insert (lines, g_strdup (lan), describe (lan, status.plan));
  tell (lines);
}

static void
on_share_removed (CsEngine *engine, const char *lan, GTree *lines)
{
  g_tree_remove (lines, lan);
  tell (lines);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  return strcmp (a, b);
}

void
cs_notify_of_shares (CsEngine *engine)
{
  GTree *lines = g_tree_new_full (compare, NULL, g_free, g_free);

  g_object_set_data_full (G_OBJECT (engine), "notify-lines", lines,
                          (GDestroyNotify)g_tree_unref);
  g_signal_connect (engine, "share-changed", G_CALLBACK (on_share_changed), lines);
  g_signal_connect (engine, "share-removed", G_CALLBACK (on_share_removed), lines);
  tell (lines);
}
