/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings that are added and removed: whose port it is, what is waited for, and when it
 * is done. */
#include "forwards-private.h"

#include "forward-flows.h"
#include "forward-rivals.h"

#include "dbus/errors.h"
#include "system/nft/forward-elements.h"

/* How long a pass may take to put a LAN's first mapping in force. Milliseconds. */
#define FIRST_WAIT 2000

/* --- Adding ------------------------------------------------------------------------ */

/* A mapping that is being added, of a GTask whose source is the CsForwards. */
typedef struct
{
  char *lan;          /* (owned) */
  CsForward *forward; /* (owned) */
  guint timeout;      /* source, or 0 */
} Adding;

static void
adding_free (gpointer data)
{
  Adding *adding = data;

  g_clear_handle_id (&adding->timeout, g_source_remove);
  cs_forward_free (adding->forward);
  g_free (adding->lan);
  g_free (adding);
}

static void
set_taken (const CsForward *rival, const char *lan, GError **error)
{
  g_autofree char *what = cs_forward_to_string (rival);

  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s leads to %s%s%s already: remove that port mapping first, or choose "
               "another port",
               what, rival->client, lan != NULL ? " on " : "", lan != NULL ? lan : "");
}

/* Another LAN's, by the same uplink. */
static gboolean
check_others (CsForwards *self,
              const CsLanForwards *own,
              const CsForward *forward,
              GError **error)
{
  const CsLanForwards *lan;
  const CsForward *rival = cs_forwards_find_rival (self, own, forward, &lan);

  if (rival != NULL)
    set_taken (rival, lan->lan, error);
  return rival == NULL;
}

/* @known (nullable) is set to the mapping that leads alike. */
static gboolean
check (CsForwards *self,
       const CsLanForwards *lan,
       const CsForward *forward,
       const CsForward **known,
       GError **error)
{
  const CsForward *rival = cs_forward_table_find_rival (lan->table, forward);
  g_autoptr (GArray) outside = cs_lan_forwards_outside (lan);

  *known = NULL;
  if (rival != NULL && cs_forward_leads_alike (rival, forward))
    {
      *known = rival;
      return TRUE;
    }
  if (rival != NULL)
    {
      set_taken (rival, NULL, error);
      return FALSE;
    }
  if (cs_forward_is_pinhole (forward))
    return cs_forward_table_has_room (lan->table, forward, error);
  return cs_forward_table_has_room (lan->table, forward, error)
         && check_others (self, lan, forward, error)
         && cs_forward_rivals_check (forward, outside,
                                     lan->share != NULL ? lan->share->uplink_ifindex : 0,
                                     error);
}

gboolean
cs_forwards_can_add (CsForwards *self,
                     const char *name,
                     const CsForward *forward,
                     GError **error)
{
  const CsForward *known;

  return check (self, cs_forwards_get_lan (self, name), forward, &known, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsForwards *self = g_task_get_source_object (task);
  const Adding *adding = g_task_get_task_data (task);
  const CsLanForwards *lan = cs_forwards_find_lan (self, adding->lan);
  const CsForward *forward
      = lan != NULL ? cs_forward_table_find_rival (lan->table, adding->forward) : NULL;
  GError *error = NULL;

  if (!cs_forward_elements_commit_finish (result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (forward != NULL)
    cs_lan_forwards_clear_flows (lan, forward);
  g_task_return_boolean (task, TRUE);
}

static void
bring (GTask *task)
{
  cs_forward_elements_commit_async (FALSE, on_added, task);
}

static gboolean
on_late (gpointer user_data)
{
  GTask *task = user_data;
  CsForwards *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);

  adding->timeout = 0;
  bring (g_object_ref (task));
  g_ptr_array_remove (self->waiting, task);
  return G_SOURCE_REMOVE;
}

static void
await_plan (CsForwards *self, GTask *task)
{
  Adding *adding = g_task_get_task_data (task);

  adding->timeout = g_timeout_add (FIRST_WAIT, on_late, task);
  g_ptr_array_add (self->waiting, task);
}

void
cs_forwards_follow (CsForwards *self, const CsPlan *plan)
{
  cs_forwards_note_blocks (self, plan);
  for (guint i = self->waiting->len; i-- > 0;)
    {
      GTask *task = self->waiting->pdata[i];
      Adding *adding = g_task_get_task_data (task);
      const CsSharePlan *share = cs_plan_find (plan, adding->lan);

      if (share == NULL || !share->maps)
        continue;
      g_clear_handle_id (&adding->timeout, g_source_remove);
      bring (g_object_ref (task));
      g_ptr_array_remove_index (self->waiting, i);
    }
}

/* Only who asks for one, and until when, may be different. */
static void
renew (CsForwards *self, CsLanForwards *lan, GTask *task, const CsForward *known)
{
  const Adding *adding = g_task_get_task_data (task);
  GError *error = NULL;

  if (cs_forward_equal (known, adding->forward))
    g_task_return_boolean (task, TRUE);
  else if (cs_lan_forwards_add (lan, cs_forward_copy (adding->forward), NULL, &error))
    {
      cs_forwards_await_end (self);
      cs_forwards_tell (self, lan->lan);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

/* Also if the last mapping has only just gone: then no other plan may come. */
static gboolean
is_planned (const CsLanForwards *lan)
{
  return lan->share != NULL && lan->share->maps;
}

static void
add (CsForwards *self, CsLanForwards *lan, GTask *task)
{
  const Adding *adding = g_task_get_task_data (task);
  gboolean is_first = !cs_lan_forwards_is_mapped (lan);
  GError *error = NULL;

  if (!cs_lan_forwards_add (lan, cs_forward_copy (adding->forward),
                            cs_forwards_look (self, lan->lan), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  cs_forwards_await_end (self);
  g_signal_emit_by_name (self, "added", lan->lan, adding->forward);
  cs_forwards_tell (self, lan->lan);
  if (is_first)
    g_signal_emit_by_name (self, "changed");
  if (is_first && !is_planned (lan))
    await_plan (self, g_object_ref (task));
  else
    bring (g_object_ref (task));
}

void
cs_forwards_add_async (CsForwards *self,
                       const char *name,
                       CsForward *forward,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  CsLanForwards *lan = cs_forwards_get_lan (self, name);
  Adding *adding = g_new0 (Adding, 1);
  const CsForward *known;
  GError *error = NULL;

  adding->lan = g_strdup (name);
  adding->forward = forward;
  g_task_set_source_tag (task, cs_forwards_add_async);
  g_task_set_task_data (task, adding, adding_free);
  if (!check (self, lan, forward, &known, &error))
    g_task_return_error (task, error);
  else if (known != NULL)
    renew (self, lan, task, known);
  else
    add (self, lan, task);
}

gboolean
cs_forwards_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Removing ---------------------------------------------------------------------- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const GError *unkept = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_forward_flows_end_finish (result, &error))
    g_task_return_error (task, error);
  else if (unkept != NULL)
    g_task_return_error (task, g_error_copy (unkept));
  else
    g_task_return_boolean (task, TRUE);
}

static void
set_unknown (const CsForward *around, guint8 protocol, guint port, GError **error)
{
  const char *word = cs_forward_protocol_to_string (protocol);
  g_autofree char *range = around != NULL ? cs_forward_to_string (around) : NULL;

  if (around == NULL)
    g_set_error (
        error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
        "there is no port mapping of %s port %u; \"sharectl forward list\" shows "
        "those that there are",
        word, port);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "%s port %u is part of the port mapping of %s: name its first port",
                 word, port, range);
}

/* Each client may have a pinhole at the same port: one of them (nullable). */
static const CsForward *
find_pinhole (const CsForwardTable *table, guint8 protocol, guint port, guint *count)
{
  g_autoptr (GPtrArray) clients = cs_forward_table_list_clients (table);
  const CsForward *found = NULL;

  *count = 0;
  for (guint i = 0; i < clients->len; i++)
    {
      const CsForwardClient *client = clients->pdata[i];
      const CsForward *one
          = client->ports != NULL
                ? cs_forward_table_find (table, protocol, port, client->client)
                : NULL;

      if (one == NULL)
        continue;
      found = one;
      *count += 1;
    }
  return found;
}

/* What is to be removed (nullable: the error says why nothing is). */
static const CsForward *
find_named (const CsLanForwards *lan,
            guint8 protocol,
            guint port,
            const char *client,
            GError **error)
{
  const CsForward *forward
      = lan != NULL ? cs_forward_table_find (lan->table, protocol, port, client) : NULL;
  guint count = 0;

  if (forward == NULL && lan != NULL && client == NULL)
    forward = find_pinhole (lan->table, protocol, port, &count);
  if (count > 1)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "%u clients have their own %s port %u open: name the IPv6 address of "
                   "one",
                   count, cs_forward_protocol_to_string (protocol), port);
      return NULL;
    }
  if (forward != NULL && forward->port == port)
    return forward;
  set_unknown (forward, protocol, port, error);
  return NULL;
}

void
cs_forwards_remove_async (CsForwards *self,
                          const char *name,
                          guint8 protocol,
                          guint port,
                          const char *client,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  CsLanForwards *lan = cs_forwards_find_lan (self, name);
  GError *error = NULL;
  const CsForward *forward = find_named (lan, protocol, port, client, &error);

  g_task_set_source_tag (task, cs_forwards_remove_async);
  if (forward == NULL)
    g_task_return_error (task, error);
  else if (!cs_forwards_take_away (self, lan, forward, on_removed, g_object_ref (task),
                                   &error))
    g_task_set_task_data (task, error, (GDestroyNotify)g_error_free);
}

gboolean
cs_forwards_remove_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
