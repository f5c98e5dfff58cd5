/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps what each share was like, and compares; see notifier.h. */
#include "notifier.h"

#include "client.h"
#include "finding.h"
#include "interface.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  char *uplink;  /* (owned) */
  char *message; /* (owned) its state's: changes when the limit is near */
  gboolean blocked;
  gboolean near; /* its limit */
  gboolean reached;
  GHashTable *clients; /* (owned) (nullable) hardware addresses; NULL: not read yet */
} Known;

struct _CsNotifier
{
  GObject parent;
  GApplication *application; /* (unowned) it owns this */
  CsService *service;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GHashTable *known;         /* (owned) LAN to Known */
  gboolean watched;
};

G_DEFINE_FINAL_TYPE (CsNotifier, cs_notifier, G_TYPE_OBJECT)

static void
known_free (gpointer data)
{
  Known *known = data;

  g_free (known->uplink);
  g_free (known->message);
  g_clear_pointer (&known->clients, g_hash_table_unref);
  g_free (known);
}

void
cs_notifier_set_watched (CsNotifier *notifier, gboolean watched)
{
  notifier->watched = watched;
}

/* One of a kind for each LAN: the newest counts. */
static void
notify (CsNotifier *notifier,
        const char *kind,
        const char *lan,
        const char *title,
        const char *body)
{
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *id = g_strdup_printf ("%s-%s", kind, lan);

  if (notifier->watched)
    return;
  g_notification_set_body (notification, body);
  g_application_send_notification (notifier->application, id, notification);
}

static char *
title_of (CsNotifier *notifier, const char *name)
{
  CsInterface *interface = cs_interfaces_find (
      cs_service_get_interfaces (notifier->service), name);

  return interface != NULL ? cs_interface_title (interface) : g_strdup (name);
}

static void
compare_uplink (CsNotifier *notifier, Known *known, CsDbusShare *share)
{
  const char *uplink = cs_dbus_share_get_uplink (share);
  g_autofree char *title = title_of (notifier, uplink);
  g_autofree char *body
      = g_strdup_printf (_ ("Devices use the Internet through %s now."), title);

  if (*uplink != '\0' && *known->uplink != '\0' && !g_str_equal (uplink, known->uplink))
    notify (notifier, "uplink", cs_dbus_share_get_lan (share),
            _ ("Another Internet Connection Is Shared"), body);
  if (*uplink == '\0')
    return; /* what it was before counts when there is one again */
  g_free (known->uplink);
  known->uplink = g_strdup (uplink);
}

static void
compare_blocked (CsNotifier *notifier, Known *known, CsDbusShare *share)
{
  const char *const *by = cs_dbus_share_get_blocked_by (share);
  gboolean blocked = by != NULL && by[0] != NULL;

  if (blocked && !known->blocked)
    notify (notifier, "blocked", cs_dbus_share_get_lan (share),
            _ ("A Firewall Blocks the Devices"),
            _ ("Open Connection Sharing to see what helps."));
  known->blocked = blocked;
}

static gboolean
is_near (GPtrArray *findings, const char *lan)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const CsFinding *finding = g_ptr_array_index (findings, i);

      if (g_str_equal (finding->code, "data-limit-near")
          && g_str_equal (finding->subject, lan))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_active (CsDbusShare *share)
{
  return g_strcmp0 (cs_dbus_share_get_state (share), "active") == 0;
}

static void
diagnosed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);
  g_autoptr (GPtrArray) findings = NULL;
  CsNotifier *notifier = user_data;
  GHashTableIter iter;
  gpointer lan, value;

  if (reply == NULL)
    return;
  findings = cs_findings_new (reply);
  g_hash_table_iter_init (&iter, notifier->known);
  while (g_hash_table_iter_next (&iter, &lan, &value))
    {
      CsDbusShare *share = cs_service_find_share (notifier->service, lan);
      gboolean near = is_near (findings, lan);
      Known *known = value;

      if (share == NULL || !is_active (share))
        continue;
      if (near && !known->near)
        notify (notifier, "limit", lan, _ ("The Data Limit Is Almost Reached"),
                _ ("Devices go offline once it is reached. Raise it before then."));
      known->near = near;
    }
}

static void
diagnose (CsNotifier *notifier)
{
  CsDbusManager *manager = cs_service_get_manager (notifier->service);

  if (manager != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (manager), "Diagnose", NULL, CS_CALL_READ,
                       notifier->cancellable, diagnosed_cb, notifier);
}

/* What the service says of a share's state changes when its limit is near, which only a
 * diagnosis tells for certain. */
static void
compare_limit (CsNotifier *notifier, Known *known, CsDbusShare *share)
{
  const char *message = cs_dbus_share_get_state_message (share);
  gboolean reached
      = g_strcmp0 (cs_dbus_share_get_state_reason (share), "data-limit") == 0;
  g_autoptr (GVariant) limit
      = g_variant_lookup_value (cs_dbus_share_get_options (share), "limit", NULL);

  if (reached && !known->reached)
    notify (notifier, "limit", cs_dbus_share_get_lan (share),
            _ ("The Data Limit Is Reached"),
            _ ("Raise it or, if it is monthly, wait until next month."));
  if (limit == NULL)
    known->near = known->reached = FALSE;
  else if (reached || is_active (share))
    known->reached = reached;
  if (limit == NULL || !is_active (share) || g_strcmp0 (message, known->message) == 0)
    return;
  g_free (known->message);
  known->message = g_strdup (message);
  diagnose (notifier);
}

static Known *
ensure_known (CsNotifier *notifier, CsDbusShare *share)
{
  const char *lan = cs_dbus_share_get_lan (share);
  Known *known = g_hash_table_lookup (notifier->known, lan);

  if (known == NULL)
    {
      known = g_new0 (Known, 1);
      known->uplink = g_strdup (cs_dbus_share_get_uplink (share));
      g_hash_table_insert (notifier->known, g_strdup (lan), known);
    }
  return known;
}

static gboolean
has_ended (gpointer lan, gpointer known, gpointer service)
{
  return cs_service_find_share (service, lan) == NULL;
}

static void
on_changed (CsNotifier *notifier)
{
  GPtrArray *shares = cs_service_get_shares (notifier->service);

  if (cs_service_get_state (notifier->service) != CS_SERVICE_READY)
    return;
  for (guint i = 0; i < shares->len; i++)
    {
      CsDbusShare *share = g_ptr_array_index (shares, i);
      Known *known = ensure_known (notifier, share);

      compare_uplink (notifier, known, share);
      compare_blocked (notifier, known, share);
      compare_limit (notifier, known, share);
    }
  g_hash_table_foreach_remove (notifier->known, has_ended, notifier->service);
}

static void
compare_clients (CsNotifier *notifier, Known *known, const char *lan, GPtrArray *clients)
{
  gboolean first = known->clients == NULL;

  if (first)
    known->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);

      if (g_hash_table_add (known->clients, g_strdup (client->mac)) && !first)
        notify (notifier, "device", lan, _ ("A New Device Is Connected"),
                cs_client_get_title (client));
    }
}

static void
clients_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);
  CsNotifier *notifier = user_data;
  const char *lan = cs_dbus_share_get_lan (CS_DBUS_SHARE (source));
  Known *known;

  if (reply == NULL)
    return; /* cancelled, or not for this user to know */
  known = g_hash_table_lookup (notifier->known, lan);
  clients = cs_clients_new (reply);
  if (known != NULL)
    compare_clients (notifier, known, lan, clients);
}

static void
on_clients_changed (CsNotifier *notifier, CsDbusShare *share)
{
  g_dbus_proxy_call (G_DBUS_PROXY (share), "ListClients", NULL, CS_CALL_READ,
                     notifier->cancellable, clients_cb, notifier);
}

static void
cs_notifier_dispose (GObject *object)
{
  CsNotifier *notifier = CS_NOTIFIER (object);

  g_cancellable_cancel (notifier->cancellable);
  g_clear_object (&notifier->service);
  G_OBJECT_CLASS (cs_notifier_parent_class)->dispose (object);
}

static void
cs_notifier_finalize (GObject *object)
{
  CsNotifier *notifier = CS_NOTIFIER (object);

  g_object_unref (notifier->cancellable);
  g_hash_table_unref (notifier->known);
  G_OBJECT_CLASS (cs_notifier_parent_class)->finalize (object);
}

static void
cs_notifier_class_init (CsNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_notifier_finalize;
}

static void
cs_notifier_init (CsNotifier *notifier)
{
  notifier->cancellable = g_cancellable_new ();
  notifier->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_free);
}

CsNotifier *
cs_notifier_new (GApplication *application, CsService *service)
{
  CsNotifier *notifier = g_object_new (CS_TYPE_NOTIFIER, NULL);

  notifier->application = application;
  notifier->service = g_object_ref (service);
  g_signal_connect_object (service, "changed", G_CALLBACK (on_changed), notifier,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "clients-changed", G_CALLBACK (on_clients_changed),
                           notifier, G_CONNECT_SWAPPED);
  return notifier;
}
