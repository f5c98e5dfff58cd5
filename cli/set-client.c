/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl client: what a user decides about a client; without such an option, what is
 * known about it. */
#include "client-list.h"
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "output.h"

#include <stdio.h>

typedef struct
{
  char *name;    /* (owned) (nullable) "": none */
  char *address; /* (owned) (nullable) "any" */
  gboolean block;
  gboolean allow;
} Settings;

static void
settings_clear (Settings *settings)
{
  g_free (settings->name);
  g_free (settings->address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settings, settings_clear)

static gboolean
changes_anything (const Settings *settings)
{
  return settings->name != NULL || settings->address != NULL || settings->block
         || settings->allow;
}

static gboolean
is_any (const char *address)
{
  return g_str_equal (address, "any");
}

/* a{sv} of SetClient(), floating */
static GVariant *
pack (const Settings *settings)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (settings->name != NULL)
    g_variant_dict_insert (&dict, "name", "s", settings->name);
  if (settings->address != NULL)
    g_variant_dict_insert (&dict, "address", "s",
                           is_any (settings->address) ? "" : settings->address);
  if (settings->block || settings->allow)
    g_variant_dict_insert (&dict, "blocked", "b", settings->block);
  return g_variant_dict_end (&dict);
}

/* The client that @word means (owned), who may have to be asked for. */
static GVariant *
find (CsDbusShare *share, CsCall *call, const char *lan, const char *word, GError **error)
{
  g_autoptr (GVariant) clients = cs_client_list_get (share, call, CS_CALL_FLAGS, error);

  return clients != NULL ? cs_client_list_find (clients, lan, word, error) : NULL;
}

/* The MAC address of what @word means (owned). One that is given as such need not be that
 * of a client that has ever been there, and nobody has to see the others for it. */
static char *
find_mac (CsDbusShare *share,
          CsCall *call,
          const char *lan,
          const char *word,
          GError **error)
{
  char *mac = cs_client_list_read_mac (word);
  g_autoptr (GVariant) client = NULL;

  if (mac != NULL)
    return mac;
  client = find (share, call, lan, word, error);
  return client != NULL ? g_strdup (cs_dictionary_get_string (client, "mac")) : NULL;
}

static gboolean
set (CsDbusShare *share,
     CsCall *call,
     const char *mac,
     const Settings *settings,
     GError **error)
{
  cs_dbus_share_call_set_client (share, mac, pack (settings), CS_CALL_FLAGS,
                                 CS_CALL_TIMEOUT, cs_call_get_cancellable (call),
                                 cs_call_done, call);
  return cs_dbus_share_call_set_client_finish (share, cs_call_wait (call), error);
}

static void
report (const char *lan, const char *word, const Settings *settings)
{
  g_autofree char *who = cs_output_line (word);
  g_autofree char *name = cs_output_line (settings->name != NULL ? settings->name : "");

  if (settings->name != NULL && *name != '\0')
    printf ("%s is called \"%s\"\n", who, name);
  else if (settings->name != NULL)
    printf ("%s has no name of its own any more\n", who);
  if (settings->address != NULL && is_any (settings->address))
    printf ("%s gets any address\n", who);
  else if (settings->address != NULL)
    printf ("%s gets the address %s when it next asks for one\n", who, settings->address);
  if (settings->block)
    printf ("%s is blocked on %s\n", who, lan);
  if (settings->allow)
    printf ("%s is not blocked on %s\n", who, lan);
}

static void
print_row (const char *name, const char *value)
{
  g_autofree char *line = cs_output_line (value);

  if (*line != '\0')
    printf ("%-9s %s\n", name, line);
}

static void
show (GVariant *client)
{
  g_autofree char *addresses = cs_dictionary_join_strings (client, "addresses", " ");
  g_autofree char *since = cs_client_list_time (client, "since");
  g_autofree char *seen = cs_client_list_time (client, "last-seen");
  g_autofree char *sent = cs_client_list_bytes (client, "bytes-sent");
  g_autofree char *received = cs_client_list_bytes (client, "bytes-received");
  g_autofree char *signal = cs_client_list_signal (client);

  print_row ("name", cs_dictionary_get_string (client, "name"));
  print_row ("host name", cs_dictionary_get_string (client, "hostname"));
  print_row ("state", cs_dictionary_get_string (client, "state"));
  print_row ("addresses", addresses);
  print_row ("reserved", cs_dictionary_get_string (client, "reserved"));
  print_row ("MAC", cs_dictionary_get_string (client, "mac"));
  print_row ("maker", cs_client_list_maker (client));
  print_row ("since", since);
  print_row ("last seen", seen);
  print_row ("received", received);
  print_row ("sent", sent);
  print_row ("signal", signal);
}

static int
run (const char *lan, const char *word, const Settings *settings)
{
  g_autoptr (CsDbusShare) share = NULL;
  g_autoptr (CsCall) call = NULL;
  g_autoptr (GVariant) client = NULL;
  g_autofree char *mac = NULL;
  g_autoptr (GPtrArray) shares = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  shares = cs_client_get_shares (lan, &error);
  if (shares == NULL)
    return cs_command_failed (error);
  share = g_object_ref (shares->pdata[0]);
  call = cs_call_new ();
  if (!changes_anything (settings))
    client = find (share, call, lan, word, &error);
  else
    {
      mac = find_mac (share, call, lan, word, &error);
      if (mac != NULL)
        set (share, call, mac, settings, &error);
    }
  status = cs_call_finish (call, error);
  if (status != CS_EXIT_DONE)
    return status;
  if (client != NULL)
    show (client);
  else
    report (lan, word, settings);
  return CS_EXIT_DONE;
}

int
cs_command_client (const CsCommand *command, char **arguments)
{
  g_auto (Settings) settings = { NULL };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &settings.name,
      "Call it so, or by no name of yours if that is empty", "NAME" },
    { "address", 0, 0, G_OPTION_ARG_FILENAME, &settings.address,
      "Always give it this address, or any", "ADDRESS" },
    { "block", 0, 0, G_OPTION_ARG_NONE, &settings.block,
      "Take the network away from it until it is allowed again", NULL },
    { "allow", 0, 0, G_OPTION_ARG_NONE, &settings.allow, "Block it no longer", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;

  if (!cs_command_parse (command, entries, arguments, 2, 2, &words))
    return CS_EXIT_USAGE;
  if (settings.block && settings.allow)
    return cs_command_misused (command, "--block and --allow contradict each other");
  return run (words[0], words[1], &settings);
}
