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

/* "--force=no", which GOption would take for "--force" */
static const char *
find_flag_with_value (const GOptionEntry *entries, char **arguments)
{
  for (guint i = 0; arguments[i] != NULL && !g_str_equal (arguments[i], "--"); i++)
    for (guint j = 0; entries[j].long_name != NULL; j++)
      {
        g_autofree char *start = g_strdup_printf ("--%s=", entries[j].long_name);

        if (entries[j].arg == G_OPTION_ARG_NONE && g_str_has_prefix (arguments[i], start))
          return entries[j].long_name;
      }
  return NULL;
}

/* The words that are not options, owned; NULL if an option is wrong. */
static char **
parse_options (const CsCommand *command, const GOptionEntry *entries, char **arguments)
{
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autofree char *program = g_strconcat ("sharectl ", command->name, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) line = NULL;
  g_auto (GStrv) words = NULL;
  const GOptionEntry rest[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **)arguments);
  line = g_strv_builder_end (builder);

  g_set_prgname (program);
  g_option_context_set_summary (context, command->summary);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, rest, NULL);
  if (!g_option_context_parse_strv (context, &line, &error))
    {
      cs_command_misused (command, "%s", error->message);
      return NULL;
    }
  return words != NULL ? g_steal_pointer (&words) : g_new0 (char *, 1);
}

gboolean
cs_command_parse (const CsCommand *command,
                  const GOptionEntry *entries,
                  char **arguments,
                  guint minimum,
                  guint maximum,
                  char ***words)
{
  const char *flag = find_flag_with_value (entries, arguments);

  if (flag != NULL)
    {
      cs_command_misused (command, "--%s takes no value", flag);
      return FALSE;
    }
  *words = parse_options (command, entries, arguments);
  if (*words == NULL)
    return FALSE;
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

gboolean
cs_command_parse_reading (const CsCommand *command,
                          char **arguments,
                          char **lan,
                          gboolean *json)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, json, "Print JSON", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;

  if (!cs_command_parse (command, entries, arguments, 0, lan != NULL ? 1 : 0, &words))
    return FALSE;
  if (lan != NULL)
    *lan = g_strdup (words[0]);
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
cs_command_failed (const GError *error)
{
  g_autofree char *message = cs_client_explain (error);

  complain (message);
  return cs_client_exit_status (error);
}
