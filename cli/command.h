/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command of sharectl: one row of the table in sharectl.c, and one file with its
 * function. The function gets the command line without the command's own name, and
 * returns the exit status. */
#pragma once

#include <glib.h>

/* Exit status, see sharectl(1) */
typedef enum
{
  CS_EXIT_DONE = 0,
  CS_EXIT_FAILED = 1,
  CS_EXIT_USAGE = 2,
  CS_EXIT_NO_SUCH_THING = 3,
  CS_EXIT_NOT_AUTHORIZED = 4,
  CS_EXIT_NO_SERVICE = 5,
} CsExit;

typedef struct _CsCommand CsCommand;
struct _CsCommand
{
  const char *name;
  const char *arguments; /* as printed by help, "" for none */
  const char *summary;
  int (*run) (const CsCommand *command, char **arguments);
};

int cs_command_share (const CsCommand *command, char **arguments);
int cs_command_change (const CsCommand *command, char **arguments);
int cs_command_unshare (const CsCommand *command, char **arguments);
int cs_command_status (const CsCommand *command, char **arguments);
int cs_command_list (const CsCommand *command, char **arguments);
int cs_command_preview (const CsCommand *command, char **arguments);
int cs_command_interfaces (const CsCommand *command, char **arguments);
int cs_command_doctor (const CsCommand *command, char **arguments);
int cs_command_monitor (const CsCommand *command, char **arguments);
int cs_command_clients (const CsCommand *command, char **arguments);
int cs_command_client (const CsCommand *command, char **arguments);
int cs_command_forward (const CsCommand *command, char **arguments);
int cs_command_adopt (const CsCommand *command, char **arguments);
int cs_command_wifi (const CsCommand *command, char **arguments);
int cs_command_version (const CsCommand *command, char **arguments);

/* Fills the variables of @entries, and @words with the @minimum to @maximum arguments
 * that are not options. Otherwise reports what is wrong, and the caller returns
 * CS_EXIT_USAGE. With --help among @arguments it prints help and does not return. */
gboolean cs_command_parse (const CsCommand *command,
                           const GOptionEntry *entries,
                           char **arguments,
                           guint minimum,
                           guint maximum,
                           char ***words);

/* The same for a command with no option but --json, and with the optional argument
 * @lan (owned); NULL for a command without arguments. */
gboolean cs_command_parse_reading (const CsCommand *command,
                                   char **arguments,
                                   char **lan,
                                   gboolean *json);

/* Reports on one line of stderr what is wrong with the command line and how to get the
 * command's help (@command may be NULL), and returns CS_EXIT_USAGE. */
int cs_command_misused (const CsCommand *command, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Reports @error on one line of stderr, in the service's own words, and returns its
 * exit status. */
int cs_command_failed (const GError *error);
