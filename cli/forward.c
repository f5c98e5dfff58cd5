/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl forward: leads ports of the uplink to clients. What its words mean is in
 * mapping.h, what it shows in forward-list.h. */
#include "client-list.h"
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "forward-list.h"
#include "mapping.h"
#include "near.h"
#include "output.h"

#include "dbus/private-address.h"

#include <stdio.h>

typedef struct
{
  const CsCommand *command; /* (unowned) */
  char *name;               /* (owned) (nullable) */
  gboolean json;
  gboolean no_dialog;
} Forward;

static void
forward_clear (Forward *self)
{
  g_free (self->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Forward, forward_clear)

/* a{sv} of AddForward(), floating */
static GVariant *
pack (const CsMapping *mapping, const char *name)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "protocol", "s", mapping->protocol);
  g_variant_dict_insert (&dict, "port", "q", mapping->port);
  if (mapping->end_port != mapping->port)
    g_variant_dict_insert (&dict, "end-port", "q", mapping->end_port);
  g_variant_dict_insert (&dict, "client", "s", mapping->client);
  if (mapping->to_port != 0)
    g_variant_dict_insert (&dict, "to-port", "q", mapping->to_port);
  if (name != NULL)
    g_variant_dict_insert (&dict, "name", "s", name);
  return g_variant_dict_end (&dict);
}

/* Calls to the share of @lan (owned). */
static CsDbusShare *
get_share (const char *lan, GError **error)
{
  g_autoptr (GPtrArray) shares = cs_client_get_shares (lan, error);

  return shares != NULL ? g_object_ref (shares->pdata[0]) : NULL;
}

static void
report (GVariant *mapping, const char *lan, const char *client)
{
  const char *external = cs_dictionary_get_string (mapping, "external-address");
  g_autofree char *sentence = cs_forward_list_sentence (mapping, lan, client);
  g_autofree char *line = cs_output_line (sentence);
  guint32 address;

  printf ("%s\n", line);
  if (g_str_equal (cs_dictionary_get_string (mapping, "upstream-state"), "asking"))
    printf (
        "%s is no address of the Internet, so the router there is asked for the port, "
        "too: \"sharectl forward list %s\" shows what it says\n",
        external, lan);
  else if (*cs_dictionary_get_string (mapping, "upstream") == '\0'
           && cs_ipv4_parse (external, &address) && cs_ipv4_is_private (address))
    printf ("%s is no address of the Internet: from there it is reached only if the "
            "network before this computer forwards the port, too\n",
            external);
}

static int
add (Forward *self, char **words)
{
  g_auto (CsMapping) mapping = { NULL };
  g_autoptr (CsDbusShare) share = NULL;
  g_autoptr (CsCall) call = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!cs_mapping_parse (&mapping, words[1], words[2], words[3], &error))
    return cs_command_misused (self->command, "%s", error->message);
  share = get_share (words[0], &error);
  if (share == NULL)
    return cs_command_failed (error);
  call = cs_call_new ();
  cs_dbus_share_call_add_forward (share, pack (&mapping, self->name), CS_CALL_FLAGS,
                                  CS_CALL_TIMEOUT, cs_call_get_cancellable (call),
                                  cs_call_done, call);
  cs_dbus_share_call_add_forward_finish (share, &result, cs_call_wait (call), &error);
  cs_forward_list_explain (words[0], &error);
  status = cs_call_finish (call, error);
  if (status == CS_EXIT_DONE)
    report (result, words[0], mapping.client);
  return status;
}

static int
remove_one (Forward *self, char **words)
{
  g_auto (CsMapping) mapping = { NULL };
  g_autoptr (CsDbusShare) share = NULL;
  g_autoptr (CsCall) call = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!cs_mapping_parse_key (&mapping, words[1], words[2], words[3], &error))
    return cs_command_misused (self->command, "%s", error->message);
  share = get_share (words[0], &error);
  if (share == NULL)
    return cs_command_failed (error);
  call = cs_call_new ();
  if (mapping.client != NULL)
    cs_dbus_share_call_remove_pinhole (
        share, mapping.protocol, mapping.port, mapping.client, CS_CALL_FLAGS,
        CS_CALL_TIMEOUT, cs_call_get_cancellable (call), cs_call_done, call);
  else
    cs_dbus_share_call_remove_forward (
        share, mapping.protocol, mapping.port, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
        cs_call_get_cancellable (call), cs_call_done, call);
  /* the other one's reply is as empty */
  cs_dbus_share_call_remove_forward_finish (share, cs_call_wait (call), &error);
  cs_forward_list_explain (words[0], &error);
  status = cs_call_finish (call, error);
  if (status == CS_EXIT_DONE)
    printf ("%s port %u is no longer forwarded to a client of %s\n", mapping.protocol,
            mapping.port, words[0]);
  return status;
}

/* The mappings of each of @shares, and for people who the clients are, as far as that is
 * known: a name instead of a MAC address is not worth a failure. */
static GPtrArray *
get_lists (Forward *self,
           GPtrArray *shares,
           CsCall *call,
           GPtrArray *clients,
           GError **error)
{
  GDBusCallFlags flags = self->no_dialog ? G_DBUS_CALL_FLAGS_NONE : CS_CALL_FLAGS;
  g_autoptr (GPtrArray) lists
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);

  for (guint i = 0; i < shares->len; i++)
    {
      GVariant *mappings = cs_forward_list_get (shares->pdata[i], call, flags, error);

      if (mappings == NULL)
        {
          cs_forward_list_explain (cs_dbus_share_get_lan (shares->pdata[i]), error);
          return NULL;
        }
      g_ptr_array_add (lists, mappings);
      g_ptr_array_add (clients, self->json || g_variant_n_children (mappings) == 0
                                    ? NULL
                                    : cs_client_list_get (shares->pdata[i], call,
                                                          G_DBUS_CALL_FLAGS_NONE, NULL));
    }
  return g_steal_pointer (&lists);
}

static void
unref_variant (gpointer variant)
{
  if (variant != NULL)
    g_variant_unref (variant);
}

static int
list (Forward *self, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) shares = cs_client_get_shares (words[0], &error);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (unref_variant);
  g_autoptr (GPtrArray) lists = NULL;
  g_autoptr (CsCall) call = NULL;
  int status;

  if (shares == NULL)
    return cs_command_failed (error);
  call = self->no_dialog ? cs_call_new_without_agent () : cs_call_new ();
  lists = get_lists (self, shares, call, clients, &error);
  status = cs_call_finish (call, error);
  if (status != CS_EXIT_DONE)
    return status;
  if (self->json)
    cs_forward_list_print_json (shares, lists);
  else
    cs_forward_list_print_table (shares, lists, clients);
  return CS_EXIT_DONE;
}

static const struct
{
  const char *name;
  const char *arguments;
  guint minimum;
  guint maximum;
  int (*run) (Forward *self, char **words);
} verbs[] = {
  { "add", "LAN tcp|udp PORT[-PORT] CLIENT[:PORT]", 4, 4, add },
  { "remove", "LAN tcp|udp PORT [CLIENT]", 3, 4, remove_one },
  { "list", "[LAN]", 0, 1, list },
};

static int
no_such_verb (Forward *self, const char *word)
{
  const char *names[G_N_ELEMENTS (verbs) + 1] = { NULL };
  const char *nearest;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    names[i] = verbs[i].name;
  nearest = cs_near_find (word, names);
  if (g_str_equal (word, "delete") || g_str_equal (word, "del"))
    nearest = "remove";
  if (nearest == NULL)
    return cs_command_misused (self->command,
                               "forward needs add, remove or list, not \"%s\"", word);
  return cs_command_misused (self->command,
                             "there is no \"forward %s\" (did you mean \"forward %s\"?)",
                             word, nearest);
}

/* What does not belong to the verb is an error rather than without effect. */
static const char *
find_stray_option (const Forward *self, const char *verb)
{
  if (self->name != NULL && !g_str_equal (verb, "add"))
    return "--name";
  if (self->json && !g_str_equal (verb, "list"))
    return "--json";
  if (self->no_dialog && !g_str_equal (verb, "list"))
    return "--no-ask-password";
  return NULL;
}

static int
run (Forward *self, char **words)
{
  guint count = g_strv_length (words);

  if (count == 0)
    return cs_command_misused (self->command, "forward needs add, remove or list");
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      const char *stray = find_stray_option (self, verbs[i].name);

      if (!g_str_equal (words[0], verbs[i].name))
        continue;
      if (count - 1 < verbs[i].minimum)
        return cs_command_misused (self->command, "forward %s needs %s", words[0],
                                   verbs[i].arguments);
      if (count - 1 > verbs[i].maximum)
        return cs_command_misused (self->command, "unexpected argument \"%s\"",
                                   words[1 + verbs[i].maximum]);
      if (stray != NULL)
        return cs_command_misused (self->command, "forward %s takes no %s", words[0],
                                   stray);
      return verbs[i].run (self, words + 1);
    }
  return no_such_verb (self, words[0]);
}

int
cs_command_forward (const CsCommand *command, char **arguments)
{
  const CsCommand verbose = { command->name,
                              "add LAN tcp|udp PORT[-PORT] CLIENT[:PORT] |\n"
                              "    remove LAN tcp|udp PORT [CLIENT] |\n    list [LAN]",
                              command->summary, command->run };
  g_auto (Forward) self = { .command = command };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &self.name, "What it is for (add)", "TEXT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.json, "Print JSON (list)", NULL },
    { "no-ask-password", 0, 0, G_OPTION_ARG_NONE, &self.no_dialog,
      "Fail rather than ask for a password (list)", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;

  if (!cs_command_parse (&verbose, entries, arguments, 0, 5, &words))
    return CS_EXIT_USAGE;
  return run (&self, words);
}
