/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all commands share: reading the command line and telling what went wrong. All
 * that is said about errors goes to stderr, on one line, in the form "sharectl: ...". */
#include "command.h"

#include "client.h"
#include "output.h"

#include <stdio.h>

static void
complain (const char *text)
{
  g_autofree char *line = cs_output_line (text);

  fprintf (stderr, "sharectl: %s\n", line);
}

gboolean
cs_command_parse (const CsCommand *command,
                  const GOptionEntry *entries,
                  char **arguments,
                  guint minimum,
                  guint maximum,
                  char ***words)
{
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autofree char *program = g_strconcat ("sharectl ", command->name, NULL);
  g_autoptr (GPtrArray) strings = g_ptr_array_new ();
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (strings, g_strdup (program));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (strings, g_strdup (arguments[i]));
  g_ptr_array_add (strings, NULL);
  rest = (char **)g_ptr_array_steal (strings, NULL);

  g_set_prgname (program);
  g_option_context_set_summary (context, command->summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &rest, &error))
    {
      cs_command_misused (command, "%s", error->message);
      return FALSE;
    }

  *words = g_new0 (char *, g_strv_length (rest) + 1);
  for (guint i = 1, n = 0; rest[i] != NULL; i++)
    if (!g_str_equal (rest[i], "--"))
      (*words)[n++] = g_strdup (rest[i]);

  if (g_strv_length (*words) < minimum)
    {
      cs_command_misused (command, "%s needs %s", command->name, command->arguments);
      return FALSE;
    }
  if (g_strv_length (*words) > maximum)
    {
      cs_command_misused (command, "unexpected word '%s'", (*words)[maximum]);
      return FALSE;
    }
  return TRUE;
}

int
cs_command_misused (const CsCommand *command, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *text = NULL;
  va_list values;

  va_start (values, format);
  message = g_strdup_vprintf (format, values);
  va_end (values);

  if (command != NULL)
    text = g_strdup_printf ("%s; see 'sharectl help %s'", message, command->name);
  else
    text = g_strdup_printf ("%s; see 'sharectl help'", message);
  complain (text);
  return CS_EXIT_USAGE;
}

int
cs_command_not_shared (const char *lan)
{
  g_autofree char *text
      = g_strdup_printf ("'%s' is not shared; see 'sharectl list' for what is", lan);

  complain (text);
  return CS_EXIT_NO_SUCH_THING;
}

int
cs_command_failed (const GError *error)
{
  g_autofree char *message = cs_client_explain (error);

  complain (message);
  return cs_client_exit_status (error);
}
