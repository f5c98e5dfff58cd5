/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq itself could only ping an address before it offers it, and wait for an answer.
 * Instead, all addresses are asked for by ARP while the LAN is set up; who replies gets a
 * lease without an end, which keeps the address for it. Whoever shows up later is heard
 * when it sends ARP itself, as each computer does that is switched on or uses the share,
 * and gets one over dnsmasq's D-Bus interface. The file of leases is the only list. A
 * computer that then asks for an address by DHCP gets its own, and an ordinary lease.
 *
 * Replies can be forged: how many count is bounded (core/value/leases), what is heard is
 * looked at once a second, and who does not reply any more loses its address. An access
 * point has nobody to ask when it starts, and broadcasts are slow there: it only
 * listens. */
#include "held.h"

#include "arp-socket.h"

#include "base/files.h"
#include "base/log.h"
#include "core/render/dnsmasq-config.h"
#include "core/value/reservation.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* Of a larger network only the first addresses are asked for. */
#define MOST_ASKED 1024
/* Frames that are looked at in one go, and how long others wait then. Seconds. */
#define MOST_READ 64
#define PAUSE     1
/* More fit into the kernel's filter, but cost a moment for each frame. */
#define MOST_KNOWN 128
/* How often, in seconds, those that hold an address are asked, and how often in a row
 * they may stay silent: they may be asleep. */
#define ASK_AGAIN   300
#define MOST_SILENT 3

#define ENDLESS G_MAXUINT32 /* of a lease, for dnsmasq */

struct _CsHeld
{
  char *lan;            /* (owned) */
  char *path;           /* (owned) of the leases */
  GDBusConnection *bus; /* (owned) (nullable) */
  int ifindex;
  gboolean wireless;
  CsAddress gateway, first, last;
  char **reservations; /* (owned) (nullable) dnsmasq keeps these addresses by itself */
  int fd;              /* -1: closed */
  gboolean asked;      /* everybody, and there was a link */
  GArray *known;       /* (owned) of CsHolder: those that are no news */
  GHashTable *silent;  /* (owned) address as a number -> times that it did not reply */
  guint source;        /* of .fd, or 0 */
  guint pause;         /* timeout source until it is read again, or 0 */
  guint timer;         /* timeout source until holders are asked again, or 0 */
};

static gboolean on_frame (int fd, GIOCondition condition, gpointer user_data);

CsHeld *
cs_held_new (const char *lan, GDBusConnection *bus)
{
  CsHeld *self = g_new0 (CsHeld, 1);

  self->lan = g_strdup (lan);
  self->path = cs_dnsmasq_leases (lan);
  g_set_object (&self->bus, bus);
  self->fd = -1;
  self->known = g_array_new (FALSE, FALSE, sizeof (CsHolder));
  self->silent = g_hash_table_new (NULL, NULL);
  return self;
}

void
cs_held_end (CsHeld *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->pause, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->asked = FALSE;
  g_array_set_size (self->known, 0);
  g_hash_table_remove_all (self->silent);
}

void
cs_held_free (CsHeld *self)
{
  cs_held_end (self);
  g_free (self->lan);
  g_free (self->path);
  g_strfreev (self->reservations);
  g_clear_object (&self->bus);
  g_array_unref (self->known);
  g_hash_table_unref (self->silent);
  g_free (self);
}

/* --- Asking --------------------------------------------------------------------- */

static void
ask_all (CsHeld *self)
{
  const CsAddress nobody = CS_IPV4 (0, 0, 0, 0);
  guint32 first = cs_address_to_number (self->first);
  guint32 last = cs_address_to_number (self->last);

  if (self->asked || !cs_arp_socket_has_link (self->fd, self->ifindex))
    return;
  self->asked = TRUE;
  cs_arp_socket_filter (self->fd, self->first, self->last, self->known);
  if (!self->wireless)
    cs_arp_socket_ask (self->fd, self->ifindex, nobody, self->first,
                       cs_address_from_number (MIN (last, first + MOST_ASKED - 1)));
}

void
cs_held_begin (CsHeld *self, const CsSharePlan *share)
{
  CsAddress first, last;

  if (!cs_share_plan_serves (share))
    {
      cs_held_end (self);
      return;
    }
  g_strfreev (self->reservations);
  self->reservations = g_strdupv (share->reservations);
  cs_dhcp_range (share->address, &first, &last);
  if (self->fd >= 0 && self->ifindex == share->lan_ifindex
      && cs_address_equal (self->first, first) && cs_address_equal (self->last, last))
    {
      ask_all (self);
      return;
    }
  cs_held_end (self);
  self->ifindex = share->lan_ifindex;
  self->wireless = share->lan_wireless;
  self->gateway = share->address.address;
  self->first = first;
  self->last = last;
  self->fd = cs_arp_socket_open (self->ifindex);
  if (self->fd >= 0)
    ask_all (self);
}

/* --- Holding -------------------------------------------------------------------- */

/* dnsmasq replies even to calls that expect no reply, and the bus would complain. */
static void
ignore_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_debug ("a lease: %s", error->message);
}

static void
tell (CsHeld *self, const char *method, GVariant *arguments)
{
  g_autofree char *name = cs_dnsmasq_bus_name (self->lan);

  g_dbus_connection_call (self->bus, name, CS_DNSMASQ_OBJECT, CS_DNSMASQ_INTERFACE,
                          method, arguments, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          NULL, ignore_answer, NULL);
}

static void
tell_holder (CsHeld *self, const CsHolder *holder)
{
  g_autofree char *address = cs_address_to_string (holder->address);
  g_autofree char *mac = cs_mac_to_string (holder->mac);

  tell (self, "AddDhcpLease",
        g_variant_new_parsed ("(%s, %s, @ay [], @ay [], %u, uint32 0, false)", address,
                              mac, ENDLESS));
}

/* Adds the line for @holder to @leases, if it gets one. */
static gboolean
hold (CsHeld *self, GString *leases, const CsHolder *holder)
{
  guint count
      = cs_address_to_number (self->last) - cs_address_to_number (self->first) + 1;
  g_autofree char *line
      = cs_leases_hold (leases->str, holder, count, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *address = cs_address_to_string (holder->address);
  g_autofree char *mac = cs_mac_to_string (holder->mac);

  if (line == NULL || cs_reservations_have (self->reservations, holder->address))
    return FALSE;
  g_string_append (leases, line);
  cs_debug (self->lan, "%s is used by %s, so no client gets it", address, mac);
  return TRUE;
}

static GString *
read_leases (const CsHeld *self)
{
  g_autofree char *text = cs_file_read (self->path, NULL);

  return g_string_new (text);
}

static void
add_known (CsHeld *self, const CsHolder *holder)
{
  if (self->known->len == MOST_KNOWN)
    g_array_set_size (self->known, 0);
  g_array_append_val (self->known, *holder);
}

/* Reads what has been heard, and gives each that may have one a lease. Before anybody was
 * asked, all frames are heard, as the first one tells that there is a link. */
static GString *
hear (CsHeld *self, void (*added) (CsHeld *self, const CsHolder *holder))
{
  g_autoptr (GString) leases = read_leases (self);
  gboolean changed = FALSE;
  CsHolder holder;

  for (guint i = 0; i < MOST_READ && cs_arp_socket_read (self->fd, &holder); i++)
    {
      guint32 number = cs_address_to_number (holder.address);

      if (number < cs_address_to_number (self->first)
          || number > cs_address_to_number (self->last))
        continue;
      g_hash_table_remove (self->silent, GUINT_TO_POINTER (number));
      add_known (self, &holder);
      if (!hold (self, leases, &holder))
        continue;
      changed = TRUE;
      if (added != NULL)
        added (self, &holder);
    }
  if (self->asked)
    cs_arp_socket_filter (self->fd, self->first, self->last, self->known);
  return changed ? g_steal_pointer (&leases) : NULL;
}

void
cs_held_add (CsHeld *self)
{
  g_autoptr (GString) leases = self->fd >= 0 ? hear (self, NULL) : NULL;
  g_autoptr (GError) error = NULL;

  /* A sync would take longer than all the rest, and nobody reads it meanwhile. */
  if (leases != NULL
      && !g_file_set_contents_full (self->path, leases->str, (gssize)leases->len,
                                    G_FILE_SET_CONTENTS_NONE, 0600, &error))
    cs_warning (self->lan, "%s", error->message);
}

/* --- Afterwards ----------------------------------------------------------------- */

/* One that has got an ordinary lease since is no holder any more. */
static gboolean
on_ask_again (gpointer user_data)
{
  CsHeld *self = user_data;
  g_autoptr (GString) leases = read_leases (self);
  g_autoptr (GArray) held = cs_leases_list_held (leases->str);

  g_array_set_size (self->known, 0);
  cs_arp_socket_filter (self->fd, self->first, self->last, self->known);
  for (guint i = 0; i < held->len; i++)
    {
      CsAddress address = g_array_index (held, CsHolder, i).address;
      gpointer key = GUINT_TO_POINTER (cs_address_to_number (address));
      guint silent = GPOINTER_TO_UINT (g_hash_table_lookup (self->silent, key));
      g_autofree char *text = cs_address_to_string (address);

      if (silent == MOST_SILENT)
        {
          cs_debug (self->lan, "%s is no longer used", text);
          tell (self, "DeleteDhcpLease", g_variant_new ("(s)", text));
          g_hash_table_remove (self->silent, key);
          continue;
        }
      g_hash_table_insert (self->silent, key, GUINT_TO_POINTER (silent + 1));
      cs_arp_socket_ask (self->fd, self->ifindex, self->gateway, address, address);
    }
  if (held->len > 0)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
ask_again_later (CsHeld *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add_seconds (ASK_AGAIN, on_ask_again, self);
}

static void
listen_on (CsHeld *self)
{
  if (self->source == 0 && self->pause == 0)
    self->source = g_unix_fd_add (self->fd, G_IO_IN, on_frame, self);
}

static gboolean
on_pause_over (gpointer user_data)
{
  CsHeld *self = user_data;

  self->pause = 0;
  listen_on (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_frame (int fd, GIOCondition condition, gpointer user_data)
{
  CsHeld *self = user_data;
  g_autoptr (GString) leases = NULL;

  self->source = 0;
  ask_all (self);
  leases = hear (self, tell_holder);
  if (leases != NULL)
    ask_again_later (self);
  self->pause = g_timeout_add_seconds (PAUSE, on_pause_over, self);
  return G_SOURCE_REMOVE;
}

void
cs_held_follow (CsHeld *self, const CsSharePlan *share)
{
  g_autoptr (GString) leases = NULL;
  g_autoptr (GArray) held = NULL;

  cs_held_begin (self, share);
  if (self->fd < 0 || self->bus == NULL)
    return;
  listen_on (self);
  leases = read_leases (self);
  held = cs_leases_list_held (leases->str);
  if (held->len > 0)
    ask_again_later (self);
}
