/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listens to the kernel (links, addresses, routes, rules, net.ipv4.conf.* and
 * net.ipv6.conf.*, nf_tables), to NetworkManager and firewalld, and to two files,
 * resolv.conf and the older iptables' lock, and to the calendar, and turns every burst of
 * news into one "changed" in the next iteration of the main loop.
 *
 * Snapshots may use a fifth of the processor: after one that took 1 ms, the next
 * "changed" waits until 4 ms have passed. So a reconnect is noticed at once, while a
 * storm of changes, or a routing table that takes a second to read, cannot hog the
 * machine. */
#include "network-monitor.h"

#include "kernel-view.h"
#include "month-clock.h"
#include "nm-view.h"
#include "own-network.h"
#include "resolv-conf.h"
#include "wiphy.h"

#include "dbus/errors.h"
#include "system/dnsmasq/dns-port.h"
#include "system/filters/iptables-legacy.h"
#include "system/filters/xtables-lock.h"
#include "system/nft/nft-watch.h"
#include "system/netlink/rtnetlink.h"
#include "system/nft/usages.h"

#include <glib-unix.h>
#include <sys/utsname.h>
#include <time.h>

/* How many times as long as a snapshot the pause after it is. */
#define PAUSE 4

struct _CsNetworkMonitor
{
  GObject parent;

  CsNetworkManager *manager;  /* (owned) (nullable) */
  CsFirewalld *firewalld;     /* (owned) (nullable) */
  CsOpeningLog *openings;     /* (owned) (nullable) */
  CsDelegations *delegations; /* (owned) (nullable) */
  CsForwards *forwards;       /* (owned) (nullable) */
  CsKernelView *kernel;       /* (owned) */
  CsWiphy *wiphy;             /* (owned) */
  CsResolvConfWatch *resolv;  /* (owned) */
  CsNftWatch *filter;         /* (owned) (nullable) if the kernel has none */
  CsXtablesLock *legacy;      /* (owned) */
  CsMonthClock *month;        /* (owned) */
  CsCidr own_network6;        /* as in a snapshot */
  guint fd_source;            /* (owned) of .kernel */
  GSource *emission;          /* (owned) not ready while there is no news */
  gboolean queued;
  gboolean awaiting;    /* the end of what the kernel is doing ... */
  gboolean await_again; /* ... and of what it has begun since */
  gint64 not_before;    /* monotonic time of the next emission, µs */
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
await_changes (GTask *task, gpointer self, gpointer data, GCancellable *cancellable)
{
  cs_rtnetlink_await_changes ();
  g_task_return_boolean (task, TRUE);
}

static void on_awaited (GObject *source, GAsyncResult *result, gpointer user_data);

static void
begin_to_await (CsNetworkMonitor *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_awaited, NULL);

  self->awaiting = TRUE;
  self->await_again = FALSE;
  g_task_set_source_tag (task, begin_to_await);
  g_task_run_in_thread (task, await_changes);
}

static void
on_awaited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsNetworkMonitor *self = CS_NETWORK_MONITOR (source);

  self->awaiting = FALSE;
  if (cs_kernel_view_settle (self->kernel))
    queue_changed (self);
  if (self->await_again)
    begin_to_await (self);
}

/* Takes all pending announcements of the kernel. */
static void
hear (CsNetworkMonitor *self)
{
  if (cs_kernel_view_hear (self->kernel))
    queue_changed (self);
  if (!cs_kernel_view_loses (self->kernel))
    return;
  if (self->awaiting)
    self->await_again = TRUE;
  else
    begin_to_await (self);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  hear (user_data);
  return G_SOURCE_CONTINUE;
}

/* Processor time of this thread, in µs: waiting costs nobody anything. */
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

  hear (self);
  if (!cs_kernel_view_fill (self->kernel, snapshot, error))
    return NULL;
  hear (self);
  snapshot->now = g_get_monotonic_time ();
  snapshot->host_name = host_name ();
  snapshot->own_network6 = self->own_network6;
  g_array_unref (snapshot->resolv_dns);
  snapshot->resolv_dns = cs_resolv_conf_servers ();
  snapshot->dns_refused = cs_dns_port_get_refused ();
  snapshot->dns_port = cs_dns_port_choose (snapshot->dns_refused);
  cs_iptables_legacy_fill (snapshot);
  if (self->firewalld != NULL)
    cs_firewalld_fill (self->firewalld, snapshot);
  if (self->openings != NULL)
    cs_opening_log_fill (self->openings, snapshot);
  if (self->delegations != NULL)
    cs_delegations_fill (self->delegations, snapshot);
  if (self->forwards != NULL)
    cs_forwards_fill (self->forwards, snapshot);
  if (self->filter != NULL)
    {
      snapshot->firewall = cs_nft_watch_get_firewall (self->filter);
      snapshot->filter_changed = g_strdup (cs_nft_watch_get_intruder (self->filter));
    }
  if (self->manager != NULL)
    cs_nm_view_fill (cs_network_manager_get_client (self->manager),
                     cs_network_manager_get_dial_log (self->manager), snapshot);
  cs_wiphy_fill (self->wiphy, snapshot);
  cs_usages_fill (snapshot);
  self->not_before = g_get_monotonic_time () + PAUSE * (processor_time () - begin);
  return g_steal_pointer (&snapshot);
}

static void
cs_network_monitor_mind (CsMonitor *monitor, GPtrArray *requests)
{
  cs_kernel_view_mind (CS_NETWORK_MONITOR (monitor)->kernel, requests);
}

static void
cs_network_monitor_iface_init (CsMonitorInterface *iface)
{
  iface->snapshot = cs_network_monitor_snapshot;
  iface->mind = cs_network_monitor_mind;
}

static void
cs_network_monitor_init (CsNetworkMonitor *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_emission };

  self->wiphy = cs_wiphy_new (queue_changed, self);
  self->month = cs_month_clock_new (queue_changed, self);
  self->own_network6 = cs_own_network_read ();
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
  g_source_destroy (self->emission);
  g_source_unref (self->emission);
  g_clear_pointer (&self->filter, cs_nft_watch_free);
  g_clear_pointer (&self->legacy, cs_xtables_lock_unwatch);
  g_clear_pointer (&self->resolv, cs_resolv_conf_unwatch);
  g_clear_pointer (&self->kernel, cs_kernel_view_free);
  g_clear_pointer (&self->wiphy, cs_wiphy_free);
  g_clear_pointer (&self->month, cs_month_clock_free);
  g_clear_object (&self->manager);
  g_clear_object (&self->firewalld);
  g_clear_object (&self->openings);
  g_clear_object (&self->delegations);
  g_clear_object (&self->forwards);
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
                        CsDelegations *delegations,
                        CsForwards *forwards,
                        GError **error)
{
  g_autoptr (CsNetworkMonitor) self = g_object_new (CS_TYPE_NETWORK_MONITOR, NULL);
  g_autoptr (GError) unheard = NULL;

  self->kernel = cs_kernel_view_new (error);
  if (self->kernel == NULL)
    return NULL;
  self->fd_source
      = g_unix_fd_add (cs_kernel_view_get_fd (self->kernel), G_IO_IN, on_readable, self);
  self->filter = cs_nft_watch_new (queue_changed, self, &unheard);
  if (self->filter == NULL)
    g_warning ("%s; what others change in the packet filter is not repaired",
               unheard->message);
  self->legacy = cs_xtables_lock_watch (queue_changed, self);
  self->resolv = cs_resolv_conf_watch (queue_changed, self);
  if (g_set_object (&self->firewalld, firewalld))
    follow (self, firewalld);
  if (g_set_object (&self->openings, openings))
    follow (self, openings);
  if (g_set_object (&self->delegations, delegations))
    follow (self, delegations);
  if (g_set_object (&self->forwards, forwards))
    follow (self, forwards);
  if (g_set_object (&self->manager, manager))
    follow (self, manager);
  return CS_MONITOR (g_steal_pointer (&self));
}
