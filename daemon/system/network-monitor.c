/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listens to the kernel (links, IPv4 addresses, routes, rules, net.ipv4.conf.*,
 * nf_tables), to NetworkManager and firewalld, and to two files, resolv.conf and the
 * older iptables' lock, and turns every burst of news into one "changed" in the next turn
 * of the main loop. Losing messages (ENOBUFS) is no harm: the next snapshot has it all.
 *
 * Snapshots may use a fifth of the processor: after one that took 1 ms, the next
 * "changed" waits until 4 ms have passed. So a reconnect is noticed at once, while a
 * storm of changes, or a routing table that takes a second to read, cannot eat the
 * machine. */
#include "network-monitor.h"

#include "dns-port.h"
#include "dbus/errors.h"
#include "iptables-legacy.h"
#include "kernel-view.h"
#include "netlink.h"
#include "nft-watch.h"
#include "nm-view.h"
#include "resolv-conf.h"
#include "wiphy.h"
#include "xtables-lock.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* A pause of so many times what a snapshot took. */
#define PAUSE 4
/* Messages taken in one turn of the main loop. */
#define MESSAGES_MAX 1000
#define MESSAGE_SIZE 32768

struct _CsNetworkMonitor
{
  GObject parent;

  CsNetworkManager *manager; /* (owned) (nullable) */
  CsFirewalld *firewalld;    /* (owned) (nullable) */
  CsOpeningLog *openings;    /* (owned) (nullable) */
  CsKernelView *kernel;      /* (owned) */
  CsResolvConfWatch *resolv; /* (owned) */
  CsNftWatch *filter;        /* (owned) (nullable) where the kernel has none */
  CsXtablesLock *legacy;     /* (owned) */
  int fd;                    /* (owned) rtnetlink, subscribed; -1: none */
  guint fd_source;           /* (owned) */
  GSource *emission;         /* (owned) not ready while there is nothing to tell */
  gboolean queued;
  gint64 not_before; /* monotonic time, µs: of the next emission */
};

static void cs_network_monitor_iface_init (CsMonitorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsNetworkMonitor,
                               cs_network_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_MONITOR,
                                                      cs_network_monitor_iface_init))

static void
queue_changed (gpointer user_data)
{
  CsNetworkMonitor *self = user_data;

  if (self->queued)
    return;
  self->queued = TRUE;
  g_source_set_ready_time (self->emission, self->not_before);
}

static gboolean
dispatch_emission (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static gboolean
emit_changed (gpointer user_data)
{
  CsNetworkMonitor *self = user_data;

  self->queued = FALSE;
  g_source_set_ready_time (self->emission, -1);
  cs_monitor_emit_changed (CS_MONITOR (self));
  return G_SOURCE_CONTINUE;
}

static void
on_message (const struct nlmsghdr *message, gpointer user_data)
{
  CsNetworkMonitor *self = user_data;

  if (!self->queued && cs_kernel_view_is_news (self->kernel, message))
    queue_changed (self);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  CsNetworkMonitor *self = user_data;
  static char buffer[MESSAGE_SIZE] __attribute__ ((aligned (NLMSG_ALIGNTO)));

  for (int i = 0; i < MESSAGES_MAX; i++)
    {
      struct sockaddr_nl from = { 0 };
      socklen_t size = sizeof from;
      ssize_t length
          = recvfrom (fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);

      if (length < 0 && errno == ENOBUFS)
        queue_changed (self);
      else if (length < 0 && errno != EINTR)
        break;
      else if (length > 0 && from.nl_pid == 0)
        cs_netlink_walk (buffer, (gsize)length, on_message, self);
    }
  return G_SOURCE_CONTINUE;
}

static int
open_events (GError **error)
{
  static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE,
                                RTNLGRP_IPV4_RULE, RTNLGRP_IPV4_NETCONF };
  struct sockaddr_nl address = { .nl_family = AF_NETLINK };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  gboolean ok = fd >= 0 && bind (fd, (struct sockaddr *)&address, sizeof address) == 0;

  for (gsize i = 0; ok && i < G_N_ELEMENTS (groups); i++)
    ok = setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof *groups)
         == 0;
  if (ok)
    return fd;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "Cannot listen to the kernel's network part: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Processor time of this thread, in µs: waiting for others costs nobody anything. */
static gint64
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static char *
host_name (void)
{
  struct utsname names;

  return g_strdup (uname (&names) == 0 ? names.nodename : "");
}

static CsSnapshot *
cs_network_monitor_snapshot (CsMonitor *monitor, GError **error)
{
  CsNetworkMonitor *self = CS_NETWORK_MONITOR (monitor);
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
  gint64 begin = processor_time ();

  if (!cs_kernel_view_fill (self->kernel, snapshot, error))
    return NULL;
  snapshot->now = g_get_monotonic_time ();
  snapshot->host_name = host_name ();
  g_strfreev (snapshot->resolv_dns);
  snapshot->resolv_dns = cs_resolv_conf_servers ();
  snapshot->dns_port = cs_dns_port_choose ();
  cs_iptables_legacy_fill (snapshot);
  if (self->firewalld != NULL)
    cs_firewalld_fill (self->firewalld, snapshot);
  if (self->openings != NULL)
    cs_opening_log_fill (self->openings, snapshot);
  if (self->filter != NULL)
    {
      snapshot->firewall = cs_nft_watch_get_firewall (self->filter);
      snapshot->filter_changed = g_strdup (cs_nft_watch_get_intruder (self->filter));
    }
  if (self->manager != NULL)
    cs_nm_view_fill (cs_network_manager_get_client (self->manager),
                     cs_network_manager_get_dial_log (self->manager), snapshot);
  cs_wiphy_fill (snapshot);
  self->not_before = g_get_monotonic_time () + PAUSE * (processor_time () - begin);
  return g_steal_pointer (&snapshot);
}

static void
cs_network_monitor_iface_init (CsMonitorInterface *iface)
{
  iface->snapshot = cs_network_monitor_snapshot;
}

static void
cs_network_monitor_init (CsNetworkMonitor *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_emission };

  self->fd = -1;
  self->kernel = cs_kernel_view_new ();
  self->emission = g_source_new (&funcs, sizeof (GSource));
  g_source_set_static_name (self->emission, "connshare network changed");
  g_source_set_callback (self->emission, emit_changed, self, NULL);
  g_source_attach (self->emission, NULL);
}

static void
cs_network_monitor_finalize (GObject *object)
{
  CsNetworkMonitor *self = CS_NETWORK_MONITOR (object);

  g_clear_handle_id (&self->fd_source, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_source_destroy (self->emission);
  g_source_unref (self->emission);
  g_clear_pointer (&self->filter, cs_nft_watch_free);
  g_clear_pointer (&self->legacy, cs_xtables_lock_unwatch);
  g_clear_pointer (&self->resolv, cs_resolv_conf_unwatch);
  g_clear_pointer (&self->kernel, cs_kernel_view_free);
  g_clear_object (&self->manager);
  g_clear_object (&self->firewalld);
  g_clear_object (&self->openings);
  G_OBJECT_CLASS (cs_network_monitor_parent_class)->finalize (object);
}

static void
cs_network_monitor_class_init (CsNetworkMonitorClass *class)
{
  G_OBJECT_CLASS (class)->finalize = cs_network_monitor_finalize;
}

static void
follow (CsNetworkMonitor *self, gpointer source)
{
  g_signal_connect_object (source, "changed", G_CALLBACK (queue_changed), self,
                           G_CONNECT_SWAPPED);
}

CsMonitor *
cs_network_monitor_new (CsNetworkManager *manager,
                        CsFirewalld *firewalld,
                        CsOpeningLog *openings,
                        GError **error)
{
  g_autoptr (CsNetworkMonitor) self = g_object_new (CS_TYPE_NETWORK_MONITOR, NULL);
  g_autoptr (GError) unheard = NULL;

  self->fd = open_events (error);
  if (self->fd < 0)
    return NULL;
  self->fd_source = g_unix_fd_add (self->fd, G_IO_IN, on_readable, self);
  self->filter = cs_nft_watch_new (queue_changed, self, &unheard);
  if (self->filter == NULL)
    g_warning ("%s; what others change there is not repaired", unheard->message);
  self->legacy = cs_xtables_lock_watch (queue_changed, self);
  self->resolv = cs_resolv_conf_watch (queue_changed, self);
  if (g_set_object (&self->firewalld, firewalld))
    follow (self, firewalld);
  if (g_set_object (&self->openings, openings))
    follow (self, openings);
  if (g_set_object (&self->manager, manager))
    follow (self, manager);
  return CS_MONITOR (g_steal_pointer (&self));
}
