/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plans and the snapshot are taken at a moment without a pass under way, because
 * half a pass looks broken. Then the probes gather the facts. */
#include "diagnosis.h"

#include "config.h"

#include "core/check/diagnose.h"

/* How often to check whether the pass under way is over, and for how long: after that,
 * even a busy engine is diagnosed. Milliseconds. */
#define CALM_POLL  20
#define CALM_POLLS 100

struct _CsDiagnosis
{
  gatomicrefcount references; /* a probe under way has one */
  CsEngine *engine;           /* (owned) */
  const CsBusHost *host;      /* unowned */
  GPtrArray *callers;         /* (owned) of GDBusMethodInvocation (owned), no more than
                                 the gate lets in */
  guint calm;                 /* timeout source, or 0 */
  guint polls;
  CsPlan *plan;         /* (owned) (nullable) while a probe is under way */
  CsSnapshot *snapshot; /* (owned) (nullable) likewise */
};

static void
caller_free (gpointer invocation)
{
  g_object_unref (invocation);
}

CsDiagnosis *
cs_diagnosis_new (CsEngine *engine, const CsBusHost *host)
{
  CsDiagnosis *self = g_new0 (CsDiagnosis, 1);

  g_atomic_ref_count_init (&self->references);
  self->engine = g_object_ref (engine);
  self->host = host;
  self->callers = g_ptr_array_new_with_free_func (caller_free);
  return self;
}

static void
unref (CsDiagnosis *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_object_unref (self->engine);
  g_ptr_array_unref (self->callers);
  g_clear_pointer (&self->plan, cs_plan_unref);
  g_clear_pointer (&self->snapshot, cs_snapshot_free);
  g_free (self);
}

void
cs_diagnosis_free (CsDiagnosis *self)
{
  g_clear_handle_id (&self->calm, g_source_remove);
  g_ptr_array_set_size (self->callers, 0);
  unref (self);
}

static GVariant *
describe (const CsFinding *finding)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sv}"));
  /* Names of programs and rules of others may be anything; D-Bus needs UTF-8. */
  g_autofree char *message = g_utf8_make_valid (finding->message, -1);
  g_autofree char *remedy = g_utf8_make_valid (finding->remedy, -1);
  const struct
  {
    const char *key;
    const char *value;
  } entries[] = {
    { "severity", cs_severity_to_string (finding->severity) },
    { "code", finding->code },
    { "subject", finding->subject },
    { "message", message },
    { "remedy", remedy },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    g_variant_builder_add (&builder, "{sv}", entries[i].key,
                           g_variant_new_string (entries[i].value));
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_all (const GPtrArray *findings)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < findings->len; i++)
    g_variant_builder_add_value (&builder, describe (g_ptr_array_index (findings, i)));
  return g_variant_builder_end (&builder);
}

/* Exactly one of @findings and @error is given. */
static void
answer (CsDiagnosis *self, const GPtrArray *findings, const GError *error)
{
  g_autoptr (GPtrArray) callers = g_steal_pointer (&self->callers);
  g_autoptr (GVariant) reply = NULL;

  self->callers = g_ptr_array_new_with_free_func (caller_free);
  if (findings != NULL)
    reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", describe_all (findings)));
  for (guint i = 0; i < callers->len; i++)
    {
      GDBusMethodInvocation *caller = g_object_ref (g_ptr_array_index (callers, i));

      if (reply != NULL)
        g_dbus_method_invocation_return_value (caller, reply);
      else
        g_dbus_method_invocation_return_gerror (caller, error);
      cs_engine_uninhibit (self->engine);
    }
}

/* (owned) What mappings may call those that are online. */
static GHashTable *
name_online (const CsBusHost *host, const char *lan)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  CsClientList *list = host->look_at_clients (host->clients, lan);
  g_autoptr (GPtrArray) clients
      = list != NULL ? cs_client_list_get_all (list) : g_ptr_array_new ();

  for (guint i = 0; i < clients->len; i++)
    {
      const CsClient *client = g_ptr_array_index (clients, i);

      if (!client->online)
        continue;
      g_hash_table_add (names, cs_mac_to_string (client->mac));
      for (guint k = 0; k < client->addresses->len; k++)
        g_hash_table_add (names, cs_address_to_string (
                                     g_array_index (client->addresses, CsAddress, k)));
    }
  return names;
}

/* "2 mapped, 1 refused"; NULL: it was not asked. */
static char *
print_counts (GHashTable *states)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GList) words
      = g_list_sort (g_hash_table_get_keys (states), (GCompareFunc)g_strcmp0);

  for (const GList *word = words; word != NULL; word = word->next)
    g_ptr_array_add (
        parts, g_strdup_printf (
                   "%u %s", GPOINTER_TO_UINT (g_hash_table_lookup (states, word->data)),
                   (const char *)word->data));
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **)parts->pdata);
}

static void
count (GHashTable *states, const char *word)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (states, word));

  g_hash_table_insert (states, (gpointer)word, GUINT_TO_POINTER (number + 1));
}

static void
count_forwards (const CsBusHost *host, CsShareFacts *found)
{
  const CsBusForwards *functions = host->forward;
  g_autoptr (GPtrArray) forwards = functions->list (host->forwards, found->lan);
  g_autoptr (GHashTable) states = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) online = NULL;

  found->external = functions->external_address (host->forwards, found->lan);
  if (forwards->len == 0)
    return;
  online = name_online (host, found->lan);
  found->forwards = forwards->len;
  for (guint i = 0; i < forwards->len; i++)
    {
      const CsForward *forward = g_ptr_array_index (forwards, i);
      const GArray *addresses6 = NULL;
      const char *state;
      g_autofree char *upstream
          = functions->find_upstream (host->upstreams, found->lan, forward, &state);
      CsAddress address
          = functions->find_address (host->forwards, found->lan, forward, &addresses6);

      if (upstream != NULL)
        found->forwards_led++;
      if (state != NULL)
        count (states, state);
      if (functions->find_standing (host->forwards, found->lan, forward).state
          == CS_FORWARD_TAKEN)
        found->forwards_taken++;
      if (!cs_address_is_set (address) && (addresses6 == NULL || addresses6->len == 0))
        found->forwards_lost++;
      else if (!g_hash_table_contains (online, forward->client))
        found->forwards_away++;
    }
  found->router_says = print_counts (states);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsDiagnosis *self = user_data;
  g_autoptr (CsFacts) facts = self->host->probe_finish (result);
  g_autoptr (CsPlan) plan = g_steal_pointer (&self->plan);
  g_autoptr (CsSnapshot) snapshot = g_steal_pointer (&self->snapshot);
  g_autoptr (GPtrArray) findings = NULL;

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (plan->shares, i);
      const CsRequest *request = cs_engine_get_request (self->engine, share->lan);
      CsShareFacts *found = cs_facts_get_share (facts, share->lan);

      found->repairing = cs_engine_is_fighting (self->engine, share->lan);
      found->ipv6_wish = request != NULL ? cs_request_ipv6 (request) : CS_IPV6_OFF;
      count_forwards (self->host, found);
    }
  findings = cs_diagnose (plan, snapshot, facts);
  answer (self, findings, NULL);
  unref (self);
}

static void
begin (CsDiagnosis *self)
{
  GDBusMethodInvocation *first = g_ptr_array_index (self->callers, 0);
  g_autoptr (GError) error = NULL;
  CsPlan *applied;

  self->snapshot = cs_engine_snapshot (self->engine, &error);
  if (self->snapshot == NULL)
    {
      answer (self, NULL, error);
      return;
    }
  self->plan = cs_engine_get_plan (self->engine, &applied);
  g_atomic_ref_count_inc (&self->references);
  self->host->probe_async (g_dbus_method_invocation_get_connection (first),
                           CS_RUNTIME_DIR, cs_plan_copy (self->plan), applied, on_probed,
                           self);
}

static gboolean
on_calm_poll (gpointer user_data)
{
  CsDiagnosis *self = user_data;

  if (cs_engine_is_busy (self->engine) && ++self->polls < CALM_POLLS)
    return G_SOURCE_CONTINUE;
  self->calm = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

void
cs_diagnosis_answer (CsDiagnosis *self, GDBusMethodInvocation *invocation)
{
  cs_engine_inhibit (self->engine);
  g_ptr_array_add (self->callers, invocation);
  if (self->callers->len > 1)
    return;
  self->polls = 0;
  if (cs_engine_is_busy (self->engine))
    self->calm = g_timeout_add (CALM_POLL, on_calm_poll, self);
  else
    begin (self);
}
