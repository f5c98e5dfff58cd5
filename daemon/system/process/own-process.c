/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file holds what /proc/PID/stat says (proc(5)), copied by the child itself, which
 * between fork and exec may do only what signal-safety(7) allows. The kernel does not
 * give a session's number to a new process while the session has any process left, so
 * processes with that number descend from the leader; if the session has died out and its
 * number is in use again, the time of start differs, or at least the owner and the
 * program. */
#include "own-process.h"

#include "base/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char state;
  int session;
  guint64 started;
} Stat;

/* "612 (dnsmasq) S 1 612 612 ...": the name may contain anything. */
static gboolean
parse_stat (const char *text, Stat *stat)
{
  const char *end = strrchr (text, ')');

  return end != NULL
         && sscanf (end + 1,
                    " %c %*d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                    "%*d %*d %" G_GUINT64_FORMAT,
                    &stat->state, &stat->session, &stat->started)
                == 3;
}

static gboolean
read_stat (int pid, Stat *stat)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && parse_stat (text, stat)
         && strchr ("ZXx", stat->state) == NULL;
}

void
cs_own_process_set_up (gpointer user_data)
{
  static const char complaint[] = "its process cannot be noted in /run\n";
  const CsOwnProcessSetup *setup = user_data;
  char text[1024];
  int from = open ("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  int to
      = open (setup->path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  ssize_t length = from < 0 ? -1 : read (from, text, sizeof text);

  setsid ();
  if (length <= 0 || to < 0 || write (to, text, (size_t)length) != length)
    {
      length = write (STDERR_FILENO, complaint, sizeof complaint - 1);
      _exit (1);
    }
  if (getppid () != setup->parent)
    _exit (1);
}

gboolean
cs_own_process_write (const char *path, int pid, GError **error)
{
  g_autofree char *stat = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  return g_file_get_contents (stat, &text, NULL, error)
         && cs_file_write (path, text, error);
}

gboolean
cs_own_process_read (const char *path, CsOwnProcess *process)
{
  g_autofree char *text = cs_file_read (path, NULL);
  Stat stat;

  if (text == NULL || sscanf (text, "%d", &process->pid) != 1 || process->pid < 2
      || !parse_stat (text, &stat))
    return FALSE;
  process->started = stat.started;
  return TRUE;
}

gboolean
cs_own_process_look (int pid, CsOwnProcess *process)
{
  Stat stat;

  if (!read_stat (pid, &stat))
    return FALSE;
  *process = (CsOwnProcess){ pid, stat.started };
  return TRUE;
}

gboolean
cs_own_process_lives (const CsOwnProcess *process)
{
  CsOwnProcess now;

  return cs_own_process_look (process->pid, &now) && now.started == process->started;
}

gboolean
cs_own_process_has_argument (int pid, const char *argument)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/cmdline", pid);
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return FALSE;
  for (gsize i = 0; i < length; i += strlen (text + i) + 1)
    if (g_str_equal (text + i, argument))
      return TRUE;
  return FALSE;
}

gboolean
cs_own_process_has_children (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;

  return !g_file_get_contents (path, &text, NULL, NULL) || text[0] != '\0';
}

/* Checks the real user: a set-user-ID program belongs to its caller. */
static gboolean
belongs_to (int pid, uid_t user)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *text = NULL;
  const char *line;
  unsigned int owner;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  line = strstr (text, "\nUid:");
  return line != NULL && sscanf (line, "\nUid: %u", &owner) == 1
         && (owner == 0 || owner == user);
}

GArray *
cs_own_process_list (const CsOwnProcess *process, const char *argument, uid_t user)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *name;
  Stat stat;

  if (read_stat (process->pid, &stat) && stat.started != process->started)
    return list;
  while (processes != NULL && (name = g_dir_read_name (processes)) != NULL)
    {
      int pid = g_ascii_isdigit (name[0]) ? (int)g_ascii_strtoll (name, NULL, 10) : 0;

      if (pid != 0 && read_stat (pid, &stat) && stat.session == process->pid
          && stat.started >= process->started && belongs_to (pid, user)
          && (argument == NULL || cs_own_process_has_argument (pid, argument)))
        g_array_append_val (list, pid);
    }
  return list;
}
