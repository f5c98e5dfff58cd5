/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dnsmasq as a process: starts, finds, watches and ends it. It outlives connshared,
 * so it may not be our child; its directory records which process it is. */
#pragma once

#include <gio/gio.h>

typedef struct _CsDnsmasqProcess CsDnsmasqProcess;
typedef void (*CsDnsmasqDiedFunc) (CsDnsmasqProcess *process, gpointer user_data);

/* How long it may take to become ready, in seconds; normally it takes milliseconds. */
#define CS_DNSMASQ_START_LIMIT 10

/* Puts the file "process" into @directory, which only root can write to. Calls @died when
 * the process ends unasked. */
CsDnsmasqProcess *cs_dnsmasq_process_new (const char *directory,
                                          const char *bus_name,
                                          CsDnsmasqDiedFunc died,
                                          gpointer user_data);
/* Leaves it running. */
void cs_dnsmasq_process_free (CsDnsmasqProcess *self);

/* Checks for a process that was started with this directory; if there is one, watches
 * it. */
gboolean cs_dnsmasq_process_is_running (CsDnsmasqProcess *self);
/* Whether there is, or may be, something left to end first. */
gboolean cs_dnsmasq_process_has_remains (CsDnsmasqProcess *self);

/* 0: none. */
int cs_dnsmasq_process_get_pid (CsDnsmasqProcess *self);

/* Starts a process with the text @config that waits for cs_dnsmasq_process_start_async ()
 * before it looks at the network. The directory must exist. */
void cs_dnsmasq_process_prepare (CsDnsmasqProcess *self, const char *config);
gboolean cs_dnsmasq_process_is_prepared (CsDnsmasqProcess *self);

/* Lets the prepared process begin, or starts one with @config. Succeeds when it has, or
 * may have, its sockets and its bus name. The error quotes dnsmasq. */
void cs_dnsmasq_process_start_async (CsDnsmasqProcess *self,
                                     const char *config,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cs_dnsmasq_process_start_finish (GAsyncResult *result, GError **error);

/* Ends the process if it runs, gently first, and what it has left behind, within seconds.
 * The error names the process that remains. */
void cs_dnsmasq_process_stop_async (CsDnsmasqProcess *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cs_dnsmasq_process_stop_finish (GAsyncResult *result, GError **error);
