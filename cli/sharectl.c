/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl: connshare on the command line. One table of commands, each with a file of
 * its own; everything goes through the service's D-Bus interface. */
#include "command.h"
#include "near.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const CsCommand commands[] = {
  { "share", "LAN [via WAN]", "Share a connection with the computers on LAN",
    cs_command_share },
  { "change", "LAN [via WAN]", "Change a share; everything else stays as it is",
    cs_command_change },
  { "unshare", "LAN | --all", "End a share and put everything back", cs_command_unshare },
  { "status", "[LAN]", "Show what shares are doing, and why", cs_command_status },
  { "list", "", "List shares, one per line", cs_command_list },
  { "preview", "LAN [via WAN]", "Show what share would do, without doing it",
    cs_command_preview },
  { "interfaces", "", "List interfaces, and which can be LAN or WAN",
    cs_command_interfaces },
  { "doctor", "", "Find out why clients are not served, and how to fix it",
    cs_command_doctor },
  { "clients", "[LAN]", "Show who is connected", cs_command_clients },
  { "client", "LAN CLIENT", "Name, block or allow a client, or reserve its address",
    cs_command_client },
  { "forward", "add|remove|list", "Lead ports of the uplink to clients",
    cs_command_forward },
  { "adopt", "[via WAN | off]", "Guard what NetworkManager itself shares",
    cs_command_adopt },
  { "wifi", "LAN", "Show how to join the Wi-Fi network of a share, with a QR code",
    cs_command_wifi },
  { "monitor", "", "Print each change of a share until interrupted", cs_command_monitor },
  { "version", "", "Show the version", cs_command_version },
};

/* What other programs call it. */
static const struct
{
  const char *word;
  const char *name;
} synonyms[] = {
  { "start", "share" },      { "on", "share" },          { "up", "share" },
  { "enable", "share" },     { "stop", "unshare" },      { "off", "unshare" },
  { "down", "unshare" },     { "disable", "unshare" },   { "end", "unshare" },
  { "remove", "unshare" },   { "delete", "unshare" },    { "set", "change" },
  { "modify", "change" },    { "update", "change" },     { "show", "status" },
  { "ls", "list" },          { "device", "interfaces" }, { "devices", "interfaces" },
  { "check", "doctor" },     { "diagnose", "doctor" },   { "hotspot", "wifi" },
  { "qr", "wifi" },          { "who", "clients" },       { "users", "clients" },
  { "stations", "clients" }, { "block", "client" },      { "rename", "client" },
  { "watch", "monitor" },    { "map", "forward" },       { "port", "forward" },
  { "ports", "forward" },    { "mapping", "forward" },   { "expose", "forward" },
};

static const CsCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

static const char *
suggest (const char *word)
{
  const char *names[G_N_ELEMENTS (commands) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (synonyms); i++)
    if (g_str_equal (synonyms[i].word, word))
      return synonyms[i].name;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i].name;
  return cs_near_find (word, names);
}

static int
no_such_command (const char *word)
{
  const char *nearest = suggest (word);

  if (nearest == NULL)
    return cs_command_misused (NULL, "there is no command \"%s\"", word);
  return cs_command_misused (NULL, "there is no command \"%s\" (did you mean \"%s\"?)",
                             word, nearest);
}

static void
print_help (void)
{
  printf ("Usage: sharectl COMMAND [OPTION...]\n\nShares a network connection with the "
          "computers on another interface.\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *usage
          = g_strconcat (commands[i].name, " ", commands[i].arguments, NULL);

      printf ("  %-23s %s\n", usage, commands[i].summary);
    }
  printf ("  %-23s %s\n", "help [COMMAND]", "Show this, or the options of a command");
  printf ("\nOptions:\n  %-23s %s\n  %-23s %s\n\nSee sharectl(1) for examples.\n",
          "-h, --help", "Show this", "--version", "Show the version");
}

static gboolean
is_help (const char *word)
{
  return g_str_equal (word, "help") || g_str_equal (word, "--help")
         || g_str_equal (word, "-h");
}

static int
help (char **words)
{
  char option[] = "--help";
  char *options[] = { option, NULL };
  const CsCommand *command;

  if (words[0] == NULL || is_help (words[0]))
    {
      print_help ();
      return CS_EXIT_DONE;
    }
  command = find_command (words[0]);
  if (command == NULL)
    return no_such_command (words[0]);
  if (words[1] != NULL)
    return cs_command_misused (NULL, "unexpected argument \"%s\"", words[1]);
  return command->run (command, options);
}

/* Takes the command's name, the first argument that is not an option, out of @words. */
static const char *
take_command (char **words)
{
  const char *name;
  guint i = 0;

  while (words[i] != NULL && words[i][0] == '-')
    i++;
  name = words[i];
  for (; words[i] != NULL; i++)
    words[i] = words[i + 1];
  return name;
}

/* Nothing but the program's name: most likely to find out what it does. */
static int
show_status (void)
{
  char *none[] = { NULL };
  int status = cs_command_status (find_command ("status"), none);

  if (status == CS_EXIT_DONE)
    printf ("\n\"sharectl help share\" says how to share this computer's connection,\n"
            "\"sharectl interfaces\" lists what can be shared, and \"sharectl help\" all "
            "commands\n");
  return status;
}

static int
version (void)
{
  char *none[] = { NULL };

  return cs_command_version (find_command ("version"), none);
}

static int
run (char **words)
{
  const char *name = take_command (words);
  const CsCommand *command;

  if (name == NULL && words[0] == NULL)
    return show_status ();
  if (name == NULL && g_strv_contains ((const char *const *)words, "--version"))
    return version ();
  if (name == NULL && g_str_equal (words[0], "--"))
    return cs_command_misused (NULL, "missing command");
  if (is_help (name != NULL ? name : words[0]))
    return help (words);
  if (name == NULL)
    return cs_command_misused (NULL, "unknown option \"%s\"", words[0]);
  command = find_command (name);
  if (command == NULL)
    return no_such_command (name);
  return command->run (command, words);
}

/* A file or socket must not become one of the standard streams if these are closed: it
 * would receive the output. */
static void
occupy_closed_streams (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0)
      open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* At exit (), wherever that is called: output that cannot be written makes any run a
 * failure. A reader that has seen enough, as in `| head`, is none. */
static void
check_output (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return;
  if (errno != EPIPE)
    perror ("sharectl: standard output");
  _exit (CS_EXIT_FAILED);
}

int
main (int argc, char **argv)
{
  occupy_closed_streams ();
  atexit (check_output);
  setlocale (LC_CTYPE, "");
  for (int i = 1; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      return cs_command_misused (NULL, "\"%s\" is not UTF-8", argv[i]);
  return run (argv + 1);
}
