/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcpcd does nothing else for us: it gets a configuration of its own, keeps its hands
 * off addresses, routers and name servers, and runs a hook that writes what is delegated
 * to a file. So what it has found outlives the service, like dhcpcd itself.
 *
 * What an uplink had when it went counts again at once when it returns, as most networks
 * delegate the same; unless they have said so themselves within CONFIRM_LIMIT, it counts
 * no more. */
#include "prefix-client.h"

#include "base/files.h"
#include "core/value/delegation.h"
#include "dbus/errors.h"
#include "system/netlink/netlink.h"
#include "system/process/kept-process.h"
#include "system/process/own-process.h"
#include "system/process/program.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <linux/rtnetlink.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define PREFIXES ".prefixes"
#define PROCESS  CS_PREFIX_CLIENT_NOTE
#define CONFIG   ".conf"
/* Seconds; a network that answers does so within two. */
#define CONFIRM_LIMIT 10
/* It takes back what it has done before it ends, unless its network does not let it. */
#define PATIENCE 3
/* And those after which one that has ended is started again. */
#define AGAIN 30

struct _CsPrefixClient
{
  char *folder;    /* (owned) */
  char *hook;      /* (owned) */
  char *interface; /* (owned) its name */
  CsPrefixClientFunc changed, stopped;
  gpointer user_data;
  CsKeptProcess *process; /* (owned) */
  GArray *prefixes;       /* (owned) of CsCidr */
  GArray *routed;         /* (owned) likewise: all for which it may have made a route */
  gboolean wanted;
  gboolean stopping;
  gboolean lacking; /* that it cannot be started has been logged */
  guint limit;      /* timeout source, or 0: what is remembered has to be confirmed */
  guint again;      /* likewise: start it */
};

static char *
path_of (const CsPrefixClient *self, const char *suffix)
{
  g_autofree char *file = g_strconcat (self->interface, suffix, NULL);

  return g_build_filename (self->folder, file, NULL);
}

static void start (CsPrefixClient *self);
static void stop (CsPrefixClient *self);

static gboolean
are_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;

  for (guint i = 0; equal && i < a->len; i++)
    equal = cs_cidr_equal (g_array_index (a, CsCidr, i), g_array_index (b, CsCidr, i));
  return equal;
}

static GArray *
read_file (const CsPrefixClient *self)
{
  g_autofree char *path = path_of (self, PREFIXES);
  g_autofree char *text = cs_file_read (path, NULL);

  return cs_delegation_parse (text != NULL ? text : "");
}

static void
remember_routes (CsPrefixClient *self, const GArray *prefixes)
{
  for (guint i = 0; i < prefixes->len; i++)
    {
      CsCidr prefix = g_array_index (prefixes, CsCidr, i);

      if (!cs_cidr_overlaps_any (prefix, self->routed))
        g_array_append_val (self->routed, prefix);
    }
}

static void
delete_route (CsNetlink *netlink, CsCidr prefix)
{
  CsNetlinkRequest request;
  struct rtmsg *header = cs_netlink_begin (&request, RTM_DELROUTE, 0, sizeof *header);

  header->rtm_family = AF_INET6;
  header->rtm_dst_len = prefix.prefix;
  header->rtm_table = RT_TABLE_MAIN;
  header->rtm_protocol = RTPROT_DHCP;
  header->rtm_type = RTN_UNREACHABLE;
  cs_netlink_put_address (&request.header, RTA_DST, prefix.address);
  cs_netlink_ask (netlink, &request.header, NULL, NULL);
}

/* dhcpcd ends what is delegated in an unreachable route (RFC 7084, WPD-5), which it
 * deletes when it ends, if it gets to that. */
static void
delete_routes (CsPrefixClient *self)
{
  g_autoptr (CsNetlink) netlink
      = self->routed->len > 0 ? cs_netlink_open (NETLINK_ROUTE, NULL) : NULL;

  for (guint i = 0; netlink != NULL && i < self->routed->len; i++)
    delete_route (netlink, g_array_index (self->routed, CsCidr, i));
  g_array_set_size (self->routed, 0);
}

static void
read_prefixes (CsPrefixClient *self)
{
  g_autoptr (GArray) before = self->prefixes;

  self->prefixes = read_file (self);
  remember_routes (self, self->prefixes);
  if (are_equal (before, self->prefixes))
    return;
  g_message ("%s: %s", self->interface,
             self->prefixes->len > 0 ? "IPv6 prefixes are delegated"
                                     : "no IPv6 prefixes are delegated any more");
  self->changed (self->user_data);
}

static gboolean
on_unconfirmed (gpointer user_data)
{
  CsPrefixClient *self = user_data;
  g_autofree char *path = path_of (self, PREFIXES);

  self->limit = 0;
  cs_file_remove (path, NULL);
  read_prefixes (self);
  return G_SOURCE_REMOVE;
}

/* --- The process ------------------------------------------------------------------ */

/* Whom dhcpcd becomes. */
static uid_t
user_id (void)
{
  const struct passwd *entry = getpwnam ("dhcpcd");

  return entry != NULL ? entry->pw_uid : 0;
}

static gboolean
on_again (gpointer user_data)
{
  CsPrefixClient *self = user_data;

  self->again = 0;
  if (self->wanted && !self->stopping && !cs_kept_process_is_running (self->process))
    start (self);
  return G_SOURCE_REMOVE;
}

static void
start_later (CsPrefixClient *self)
{
  if (self->again == 0)
    self->again = g_timeout_add_seconds (AGAIN, on_again, self);
}

static void
on_ended (gpointer user_data)
{
  CsPrefixClient *self = user_data;

  if (!self->wanted)
    return;
  g_message ("dhcpcd for %s ended; it starts again in %d seconds", self->interface,
             AGAIN);
  start_later (self);
}

/* What the kernel does about link-local addresses, before dhcpcd changes it. */
static char *
read_gen_mode (const char *name)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/sys/net/ipv6/conf/%s/addr_gen_mode", name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_strchomp (text)
                                                       : g_strdup ("");
}

/* The DUID and the lease are dhcpcd's own, in its own folder, so that a network delegates
 * the same as before when the computer restarts. */
static gboolean
write_config (CsPrefixClient *self, const char *path, GError **error)
{
  g_autofree char *prefixes = path_of (self, PREFIXES);
  g_autofree char *gen_mode = read_gen_mode (self->interface);
  g_autofree char *text = g_strdup_printf ("# connshared's, written anew each time\n"
                                           "duid\n"
                                           "ipv6only\n"
                                           "noipv6rs\n"
                                           "nogateway\n"
                                           "env connshare_file=%s\n"
                                           "env connshare_gen_mode=%s\n"
                                           "interface %s\n"
                                           "ia_pd 1\n",
                                           prefixes, gen_mode, self->interface);

  return cs_file_write (path, text, error);
}

static gboolean
spawn (CsPrefixClient *self, GError **error)
{
  g_autofree char *program = cs_program_find ("dhcpcd");
  g_autofree char *config = path_of (self, CONFIG);
  const CsOwnProcessSetup setup = { cs_kept_process_get_note (self->process), getpid () };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;

  if (program == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                   "dhcpcd is not installed (package dhcpcd-base)");
      return FALSE;
    }
  if (!write_config (self, config, error))
    return FALSE;
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, cs_own_process_set_up,
                                         (gpointer)&setup, NULL);
  process = g_subprocess_launcher_spawn (launcher, error, program, "--nobackground",
                                         "--config", config, "--script", self->hook,
                                         self->interface, NULL);
  return process != NULL && cs_kept_process_is_running (self->process);
}

/* Without dhcpcd, clients are served in another way. */
static void
start (CsPrefixClient *self)
{
  g_autoptr (GError) error = NULL;

  read_prefixes (self);
  if (cs_kept_process_is_running (self->process))
    return;
  if (cs_kept_process_has_remains (self->process))
    {
      stop (self);
      return;
    }
  if (self->prefixes->len > 0 && self->limit == 0)
    self->limit = g_timeout_add_seconds (CONFIRM_LIMIT, on_unconfirmed, self);
  if (spawn (self, &error))
    return;
  if (error != NULL && !self->lacking)
    g_message ("cannot ask for IPv6 prefixes at %s: %s", self->interface, error->message);
  self->lacking = self->lacking || error != NULL;
  start_later (self);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsPrefixClient *self = user_data;
  g_autoptr (GError) error = NULL;

  self->stopping = FALSE;
  delete_routes (self);
  if (!cs_kept_process_stop_finish (result, &error))
    g_warning ("%s", error->message);
  else
    cs_file_remove (cs_kept_process_get_note (self->process), NULL);
  if (self->wanted)
    start (self);
  self->stopped (self->user_data);
}

static void
stop (CsPrefixClient *self)
{
  g_clear_handle_id (&self->limit, g_source_remove);
  g_clear_handle_id (&self->again, g_source_remove);
  if (self->stopping)
    return;
  if (!cs_kept_process_is_running (self->process)
      && !cs_kept_process_has_remains (self->process))
    {
      delete_routes (self);
      return;
    }
  self->stopping = TRUE;
  cs_kept_process_stop_async (self->process, on_stopped, self);
}

void
cs_prefix_client_set_wanted (CsPrefixClient *self, gboolean wanted)
{
  if (wanted != self->wanted)
    self->lacking = FALSE;
  self->wanted = wanted;
  if (!wanted)
    stop (self);
  else if (!self->stopping && self->again == 0)
    start (self);
}

gboolean
cs_prefix_client_is_stopping (const CsPrefixClient *self)
{
  return self->stopping;
}

const GArray *
cs_prefix_client_get_prefixes (const CsPrefixClient *self)
{
  return self->prefixes;
}

void
cs_prefix_client_take_news (CsPrefixClient *self, const char *file, gboolean written)
{
  g_autofree char *own = g_strconcat (self->interface, PREFIXES, NULL);

  if (file != NULL && !g_str_equal (file, own))
    return;
  if (file != NULL && written)
    g_clear_handle_id (&self->limit, g_source_remove);
  read_prefixes (self);
}

CsPrefixClient *
cs_prefix_client_new (const CsPrefixClientSetup *setup)
{
  CsPrefixClient *self = g_new0 (CsPrefixClient, 1);
  g_autofree char *note = NULL;
  CsKeptProcessSetup process = { .program = "dhcpcd",
                                 .user = user_id,
                                 .patience = PATIENCE,
                                 .ended = on_ended,
                                 .user_data = self };

  self->folder = g_strdup (setup->folder);
  self->hook = g_strdup (setup->hook);
  self->interface = g_strdup (setup->interface);
  self->changed = setup->changed;
  self->stopped = setup->stopped;
  self->user_data = setup->user_data;
  self->prefixes = g_array_new (FALSE, TRUE, sizeof (CsCidr));
  self->routed = read_file (self);
  note = path_of (self, PROCESS);
  process.note = note;
  self->process = cs_kept_process_new (&process);
  return self;
}

void
cs_prefix_client_free (CsPrefixClient *self)
{
  g_clear_handle_id (&self->limit, g_source_remove);
  g_clear_handle_id (&self->again, g_source_remove);
  cs_kept_process_free (self->process);
  g_array_unref (self->prefixes);
  g_array_unref (self->routed);
  g_free (self->folder);
  g_free (self->hook);
  g_free (self->interface);
  g_free (self);
}
