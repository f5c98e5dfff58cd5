/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything is read from /proc, where only the kernel writes: proc(5). Whatever does
 * not fit, such as the number of a process that has ended, makes it the caller. */
#include "subject.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  guint32 parent;
  int session;
  int terminal; /* 0: none */
  guint64 start_time;
} Process;

static char *
read_file (guint32 pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/%s", pid, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* The program's name in parentheses may be anything, also another parenthesis. */
static gboolean
read_process (guint32 pid, Process *process)
{
  g_autofree char *text = read_file (pid, "stat");
  const char *end = text != NULL ? strrchr (text, ')') : NULL;

  return end != NULL
         && sscanf (end,
                    ") %*c %u %*d %d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                    "%*d %*d %" G_GUINT64_FORMAT,
                    &process->parent, &process->session, &process->terminal,
                    &process->start_time)
                == 4;
}

/* Real, effective, saved and file system user. */
static gboolean
is_all_of (guint32 pid, guint32 uid)
{
  g_autofree char *text = read_file (pid, "status");
  const char *line = text != NULL ? strstr (text, "\nUid:") : NULL;
  guint32 ids[4];

  return line != NULL
         && sscanf (line, "\nUid: %u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) == 4
         && ids[0] == uid && ids[1] == uid && ids[2] == uid && ids[3] == uid;
}

static gboolean
find_shell (guint32 uid, guint32 pid, guint32 *shell, guint64 *start_time)
{
  Process caller, parent;

  if (pid == 0 || !read_process (pid, &caller) || !is_all_of (pid, uid)
      || caller.terminal == 0 || !read_process (caller.parent, &parent)
      || !is_all_of (caller.parent, uid) || parent.session != caller.session
      || parent.terminal != caller.terminal)
    return FALSE;
  *shell = caller.parent;
  *start_time = parent.start_time;
  return TRUE;
}

GVariant *
cs_subject_new (const char *name, guint32 uid, guint32 pid)
{
  GVariantDict dict;
  guint64 start_time;
  guint32 shell;

  g_variant_dict_init (&dict, NULL);
  if (!find_shell (uid, pid, &shell, &start_time))
    {
      g_variant_dict_insert (&dict, "name", "s", name);
      return g_variant_new ("(s@a{sv})", "system-bus-name", g_variant_dict_end (&dict));
    }
  g_variant_dict_insert (&dict, "pid", "u", shell);
  g_variant_dict_insert (&dict, "start-time", "t", start_time);
  g_variant_dict_insert (&dict, "uid", "i", (gint32)uid);
  return g_variant_new ("(s@a{sv})", "unix-process", g_variant_dict_end (&dict));
}
