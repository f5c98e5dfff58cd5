/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that outlives the service, and is recognized by what nobody can fake without
 * privileges: its number and the time of its start, in a file that only root can
 * write. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct
{
  int pid;
  guint64 started; /* clock ticks since boot */
} CsOwnProcess;

/* What a child needs to become such a process; must outlive the child's start. */
typedef struct
{
  const char *path; /* of the file */
  pid_t parent;     /* us */
} CsOwnProcessSetup;

/* Call this in the child before it executes its program, as a GSpawnChildSetupFunc with a
 * CsOwnProcessSetup: it gives the child a session of its own and writes the file. It ends
 * the child if that fails, or if the parent is gone and so has not seen the file. */
void cs_own_process_set_up (gpointer setup);

/* Writes the file for @pid, which already runs. */
gboolean cs_own_process_write (const char *path, int pid, GError **error);
/* FALSE if there is no such file, or nothing usable in it. */
gboolean cs_own_process_read (const char *path, CsOwnProcess *process);
/* The current process @pid. */
gboolean cs_own_process_look (int pid, CsOwnProcess *process);
gboolean cs_own_process_lives (const CsOwnProcess *process);

/* Whether @pid was started with @argument. FALSE also for a process that is exiting. */
gboolean cs_own_process_has_argument (int pid, const char *argument);

/* TRUE also if that is unknown. */
gboolean cs_own_process_has_children (int pid);

/* (transfer full) Of int: the live processes in the session that @process leads, or led,
 * that have @argument (nullable: whatever they have) in their command line and belong to
 * root or @user. */
GArray *
cs_own_process_list (const CsOwnProcess *process, const char *argument, uid_t user);
