/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all commands share: parsing the command line and reporting errors. Every error
 * is one line on stderr, "sharectl: ...". */
#include "command.h"

#include "client.h"
#include "near.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

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

static const char *
suggest_option (const GOptionEntry *entries, const char *name)
{
  static const char *const synonyms[][2] = { { "password", "passphrase-file" },
                                             { "psk", "passphrase-file" },
                                             { "name", "ssid" },
                                             { "ip", "address" },
                                             { "gateway", "address" },
                                             { "permanent", "persistent" } };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (; entries->long_name != NULL; entries++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (synonyms); i++)
        if (g_str_equal (name, synonyms[i][0])
            && g_str_equal (entries->long_name, synonyms[i][1]))
          return entries->long_name;
      g_ptr_array_add (names, (gpointer)entries->long_name);
    }
  g_ptr_array_add (names, NULL);
  return cs_near_find (name, (const char *const *)names->pdata);
}

static gboolean
is_known (const GOptionEntry *entries, const char *name)
{
  for (; entries->long_name != NULL; entries++)
    if (g_str_equal (entries->long_name, name))
      return TRUE;
  return FALSE;
}

/* GOption's own words name the option, but not the one that was meant. */
static void
complain_of_option (const CsCommand *command,
                    const GOptionEntry *entries,
                    char **arguments,
                    const char *words)
{
  for (; *arguments != NULL && !g_str_equal (*arguments, "--"); arguments++)
    {
      g_auto (GStrv) parts = NULL;
      const char *nearest;

      if (!g_str_has_prefix (*arguments, "--"))
        continue;
      parts = g_strsplit (*arguments + strlen ("--"), "=", 2);
      if (is_known (entries, parts[0]))
        continue;
      nearest = suggest_option (entries, parts[0]);
      if (nearest != NULL)
        cs_command_misused (command, "unknown option \"--%s\" (did you mean \"--%s\"?)",
                            parts[0], nearest);
      else
        cs_command_misused (command, "unknown option \"--%s\"", parts[0]);
      return;
    }
  cs_command_misused (command, "%s", words);
}

/* The non-option arguments, owned; NULL if an option is wrong. */
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
      if (g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        complain_of_option (command, entries, arguments, error->message);
      else
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
      cs_command_misused (command, "unexpected argument \"%s\"", (*words)[maximum]);
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
    text = g_strdup_printf ("%s; see \"sharectl help %s\"", message, command->name);
  else
    text = g_strdup_printf ("%s; see \"sharectl help\"", message);
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
