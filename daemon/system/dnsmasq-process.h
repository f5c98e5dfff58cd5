/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dnsmasq as a process: started, found again, watched, ended. It outlives connshared,
 * so it may be nobody's child; its directory tells which it is. */
#pragma once

#include <gio/gio.h>

/* Where it is installed, or NULL: owned. */
char *cs_dnsmasq_find_program (void);

typedef struct _CsDnsmasqProcess CsDnsmasqProcess;
typedef void (*CsDnsmasqDiedFunc) (CsDnsmasqProcess *process, gpointer user_data);

/* @directory holds dnsmasq.conf, and the pid file that it names, "pid". @died is called
 * when it ends without having been told to. */
CsDnsmasqProcess *cs_dnsmasq_process_new (const char *directory,
                                          CsDnsmasqDiedFunc died,
                                          gpointer user_data);
/* Leaves it running. */
void cs_dnsmasq_process_free (CsDnsmasqProcess *self);

/* Looks whether there is one that was started with this directory; if so, watches it. */
gboolean cs_dnsmasq_process_is_running (CsDnsmasqProcess *self);

/* 0: none. */
int cs_dnsmasq_process_get_pid (CsDnsmasqProcess *self);

/* Starts one that waits, before it looks at the network, for cs_dnsmasq_process_start. It
 * needs its dnsmasq.conf to begin with "conf-file=-" (dnsmasq-config.c). */
void cs_dnsmasq_process_prepare (CsDnsmasqProcess *self);
gboolean cs_dnsmasq_process_is_prepared (CsDnsmasqProcess *self);

/* Succeeds when it has its sockets and its bus name. The error has dnsmasq's
 * own words; @busy says that a port or address was taken. */
void cs_dnsmasq_process_start_async (CsDnsmasqProcess *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
cs_dnsmasq_process_start_finish (GAsyncResult *result, gboolean *busy, GError **error);

/* Ends it if it runs, kindly first. Always succeeds. */
void cs_dnsmasq_process_stop_async (CsDnsmasqProcess *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void cs_dnsmasq_process_stop_finish (GAsyncResult *result);
