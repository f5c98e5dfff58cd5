/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that outlives the service (own-process.h), as the service sees it: found
 * again, watched, and ended. Who starts it has the file written that records it. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

typedef struct _CsKeptProcess CsKeptProcess;
typedef void (*CsKeptProcessFunc) (gpointer user_data);

typedef struct
{
  const char *program;     /* static: for errors, "dnsmasq" */
  const char *note;        /* the file that records the process */
  const char *argument;    /* identifies it among others in its session; NULL: there are
                              no others */
  uid_t (*user) (void);    /* whom it may have become */
  guint patience;          /* seconds before it is killed; 0: 2 */
  CsKeptProcessFunc ended; /* called when it ends unasked */
  gpointer user_data;
} CsKeptProcessSetup;

CsKeptProcess *cs_kept_process_new (const CsKeptProcessSetup *setup);
/* Leaves it running. */
void cs_kept_process_free (CsKeptProcess *self);

const char *cs_kept_process_get_note (CsKeptProcess *self);
const char *cs_kept_process_get_argument (CsKeptProcess *self);
void cs_kept_process_set_argument (CsKeptProcess *self, const char *argument);

/* Checks for a process that the file records; if there is one, watches it. */
gboolean cs_kept_process_is_running (CsKeptProcess *self);
/* Whether one is watched already. */
gboolean cs_kept_process_is_watched (CsKeptProcess *self);
/* Whether there is, or may be, something left to end first. */
gboolean cs_kept_process_has_remains (CsKeptProcess *self);
/* 0: none. */
int cs_kept_process_get_pid (CsKeptProcess *self);
/* To the one that is watched. */
void cs_kept_process_signal (CsKeptProcess *self, int signal);

/* Ends the process if it runs, gently first, and what it has left behind, within seconds.
 * The error names the process that remains. */
void cs_kept_process_stop_async (CsKeptProcess *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cs_kept_process_stop_finish (GAsyncResult *result, GError **error);
