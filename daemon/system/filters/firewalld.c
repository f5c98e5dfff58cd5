/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks for the zones once, and again when a signal says that they may have changed, or
 * when firewalld has restarted. A reload, even a complete one, keeps runtime settings,
 * but a restart does not: then the zones differ from the plan, and the pass that
 * "changed" triggers repairs that. */
#include "firewalld.h"

#include "core/plan/flow.h"
#include "core/plan/plan-list.h"
#include "core/value/place.h"
#include "dbus/errors.h"

#include <string.h>

#define NAME "org.fedoraproject.FirewallD1"
#define PATH "/org/fedoraproject/FirewallD1"
#define ZONE NAME ".zone"

/* It may be busy with a reload. Milliseconds. */
#define TIMEOUT       10000
#define START_TIMEOUT 3000

struct _CsFirewalld
{
  GObject parent;
  GDBusConnection *connection; /* (owned) */
  guint name_watch;
  guint signals[2];  /* subscriptions */
  gboolean running;  /* and has replied */
  gboolean has_zone; /* CS_FIREWALLD_ZONE */
  GHashTable *zones; /* (owned) interface (owned) -> zone (owned) */
  gboolean opened;   /* the zone has the rules for requests, as far as we know */
  gboolean asking;   /* a query is under way */
  gboolean again;    /* another one is due after it */
};

G_DEFINE_FINAL_TYPE (CsFirewalld, cs_firewalld, G_TYPE_OBJECT)

static guint changed_signal;

static void ask (CsFirewalld *self);

/* @reply is (a{sa{sas}}) of getActiveZones (). */
static GHashTable *
read_zones (GVariant *reply)
{
  GHashTable *zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GVariant) list = NULL;
  GVariantIter iter;
  const char *zone;
  GVariant *content;

  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(a{sa{sas}})")))
    return zones;
  list = g_variant_get_child_value (reply, 0);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_loop (&iter, "{&s@a{sas}}", &zone, &content))
    {
      g_autofree const char **interfaces = NULL;

      if (g_variant_lookup (content, "interfaces", "^a&s", &interfaces))
        for (guint i = 0; interfaces[i] != NULL; i++)
          g_hash_table_replace (zones, g_strdup (interfaces[i]), g_strdup (zone));
    }
  return zones;
}

static gboolean
is_same (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer key, value;

  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (value, g_hash_table_lookup (b, key)) != 0)
      return FALSE;
  return TRUE;
}

/* Takes @zones. */
static void
set_zones (CsFirewalld *self, gboolean running, GHashTable *zones)
{
  gboolean same = self->running == running && is_same (self->zones, zones);

  self->running = running;
  g_hash_table_unref (self->zones);
  self->zones = zones;
  if (!same)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_zones (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFirewalld) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  self->asking = FALSE;
  if (reply != NULL)
    set_zones (self, TRUE, read_zones (reply));
  else if (self->running)
    g_debug ("firewalld: %s", error->message);
  if (self->again)
    ask (self);
}

static void
ask (CsFirewalld *self)
{
  self->again = self->asking;
  if (self->asking)
    return;
  self->asking = TRUE;
  g_dbus_connection_call (self->connection, NAME, PATH, ZONE, "getActiveZones", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT, NULL, on_zones,
                          g_object_ref (self));
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer user_data)
{
  CsFirewalld *self = user_data;

  if (g_str_equal (signal, "Reloaded") || g_str_equal (signal, "RichRuleRemoved"))
    self->opened = FALSE;
  if (g_str_equal (interface, ZONE) || g_str_equal (signal, "Reloaded"))
    ask (self);
}

static gboolean
knows_zone (GVariant *reply)
{
  g_autofree const char **zones = NULL;

  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(as)")))
    return FALSE;
  g_variant_get (reply, "(^a&s)", &zones);
  return g_strv_contains (zones, CS_FIREWALLD_ZONE);
}

static void
on_known_zones (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFirewalld) self = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL)
    return;
  self->has_zone = knows_zone (reply);
  ask (self);
}

/* firewalld owns its name before it loads its rules, and replies to calls afterwards. */
static void
on_appeared (GDBusConnection *connection,
             const char *name,
             const char *owner,
             gpointer user_data)
{
  CsFirewalld *self = user_data;

  if (!self->running)
    g_dbus_connection_call (connection, NAME, PATH, ZONE, "getZones", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT, NULL,
                            on_known_zones, g_object_ref (self));
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CsFirewalld *self = user_data;

  self->opened = FALSE;
  set_zones (self, FALSE,
             g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free));
}

static GVariant *
ask_now (CsFirewalld *self, const char *method)
{
  return g_dbus_connection_call_sync (self->connection, NAME, PATH, ZONE, method, NULL,
                                      NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                      START_TIMEOUT, NULL, NULL);
}

/* Without firewalld, the first call fails at once. */
static void
ask_first (CsFirewalld *self)
{
  g_autoptr (GVariant) known = ask_now (self, "getZones");
  g_autoptr (GVariant) active = known != NULL ? ask_now (self, "getActiveZones") : NULL;

  if (active == NULL)
    return;
  self->has_zone = knows_zone (known);
  set_zones (self, TRUE, read_zones (active));
}

CsFirewalld *
cs_firewalld_new (GDBusConnection *connection)
{
  static const char *const interfaces[] = { NAME, ZONE };
  CsFirewalld *self = g_object_new (CS_TYPE_FIREWALLD, NULL);

  self->connection = g_object_ref (connection);
  for (gsize i = 0; i < G_N_ELEMENTS (interfaces); i++)
    self->signals[i] = g_dbus_connection_signal_subscribe (
        connection, NAME, interfaces[i], NULL, PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
        on_signal, self, NULL);
  self->name_watch
      = g_bus_watch_name_on_connection (connection, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        on_appeared, on_vanished, self, NULL);
  ask_first (self);
  return self;
}

static void
cs_firewalld_dispose (GObject *object)
{
  CsFirewalld *self = CS_FIREWALLD (object);

  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  for (gsize i = 0; i < G_N_ELEMENTS (self->signals); i++)
    if (self->signals[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->connection, self->signals[i]);
  memset (self->signals, 0, sizeof self->signals);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->zones, g_hash_table_unref);
  G_OBJECT_CLASS (cs_firewalld_parent_class)->dispose (object);
}

static void
cs_firewalld_class_init (CsFirewalldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_firewalld_dispose;
  changed_signal = g_signal_new ("changed", CS_TYPE_FIREWALLD, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_firewalld_init (CsFirewalld *self)
{
  self->zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
cs_firewalld_fill (CsFirewalld *self, CsSnapshot *snapshot)
{
  snapshot->firewalld = self->running && self->has_zone;
  for (guint i = 0; snapshot->firewalld && i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = snapshot->interfaces->pdata[i];

      g_free (interface->zone);
      interface->zone = g_strdup (g_hash_table_lookup (self->zones, interface->name));
    }
}

/* --- Applying ------------------------------------------------------------------- */

/* Of the zone, for clients that ask for port mappings; known for ours by the priority. */
static const char *const rules[] = {
  "rule priority=\"-137\" port port=\"" G_STRINGIFY (
      CS_PORTS_PORT) "\" protocol=\"udp\" accept",
  "rule priority=\"-137\" port port=\"" G_STRINGIFY (
      CS_PORTS_PORT) "\" protocol=\"tcp\" accept",
  "rule priority=\"-137\" port port=\"" G_STRINGIFY (
      CS_SEARCH_PORT) "\" protocol=\"udp\" accept",
};

typedef enum
{
  RULES_STAY,
  RULES_ADD,
  RULES_REMOVE,
} Rules;

/* Of a GTask whose source is the CsFirewalld. */
typedef struct
{
  char *lan; /* (owned) */
  Rules rules;
  guint done; /* how many of them */
} Applying;

static void
applying_free (gpointer data)
{
  Applying *applying = data;

  g_free (applying->lan);
  g_free (applying);
}

/* An error's code precedes its first colon (FirewallError.get_code ()). */
static gboolean
has_code (GError *error, const char *code)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_auto (GStrv) parts = NULL;

  g_dbus_error_strip_remote_error (error);
  parts = g_strsplit (error->message, ":", 2);
  return g_strcmp0 (name, NAME ".Exception") == 0 && g_strcmp0 (parts[0], code) == 0;
}

static void apply_rules (GTask *task);

static void
on_rule (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Applying *applying = g_task_get_task_data (task);
  gboolean adds = applying->rules == RULES_ADD;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || has_code (error, adds ? "ALREADY_ENABLED" : "NOT_ENABLED"))
    {
      applying->done++;
      apply_rules (task);
      return;
    }
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "firewalld did not %s the ports where clients of %s ask for "
                           "port mappings: %s",
                           adds ? "open" : "close", applying->lan, error->message);
  g_object_unref (task);
}

/* Takes @task. */
static void
apply_rules (GTask *task)
{
  CsFirewalld *self = g_task_get_source_object (task);
  Applying *applying = g_task_get_task_data (task);
  gboolean adds = applying->rules == RULES_ADD;

  if (applying->rules != RULES_STAY && applying->done < G_N_ELEMENTS (rules))
    {
      const char *rule = rules[applying->done];

      g_dbus_connection_call (
          self->connection, NAME, PATH, ZONE, adds ? "addRichRule" : "removeRichRule",
          adds ? g_variant_new ("(ssi)", CS_FIREWALLD_ZONE, rule, 0)
               : g_variant_new ("(ss)", CS_FIREWALLD_ZONE, rule),
          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT, NULL, on_rule, task);
      return;
    }
  if (applying->rules != RULES_STAY)
    self->opened = adds;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* Records the zone of @lan; NULL: it is in none. */
static void
set_zone (CsFirewalld *self, const char *lan, const char *zone)
{
  if (zone != NULL)
    g_hash_table_replace (self->zones, g_strdup (lan), g_strdup (zone));
  else
    g_hash_table_remove (self->zones, lan);
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  CsFirewalld *self = g_task_get_source_object (task);
  const char *lan = ((const Applying *)g_task_get_task_data (task))->lan;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean is_ours;

  ask (self);
  /* NetworkManager may have done this already, when ending the LAN's profile. */
  if (reply != NULL || has_code (error, "UNKNOWN_INTERFACE"))
    {
      apply_rules (task);
      return;
    }
  /* Assume that the zone is unchanged; the reply to ask () corrects that if needed. */
  is_ours = g_strcmp0 (g_hash_table_lookup (self->zones, lan), CS_FIREWALLD_ZONE) == 0;
  set_zone (self, lan, is_ours ? NULL : CS_FIREWALLD_ZONE);
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "firewalld did not change the zone of %s: %s", lan,
                           error->message);
  g_object_unref (task);
}

/* Takes @task. If @zone is NULL, moves the LAN to no zone. */
static void
move (GTask *task, const char *zone)
{
  CsFirewalld *self = g_task_get_source_object (task);
  const char *lan = ((const Applying *)g_task_get_task_data (task))->lan;
  const char *method = zone != NULL ? "changeZoneOfInterface" : "removeInterface";

  /* Record it now, so that nothing is done twice before the reply comes. */
  set_zone (self, lan, zone);
  g_dbus_connection_call (
      self->connection, NAME, PATH, ZONE, method,
      g_variant_new ("(ss)", zone != NULL ? zone : CS_FIREWALLD_ZONE, lan), NULL,
      G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT, NULL, on_moved, task);
}

static gboolean
wants_rules (const CsSharePlan *share)
{
  return share != NULL && share->zone != NULL && share->upnp;
}

/* The zone is that of all shares. */
static Rules
choose_rules (const CsFirewalld *self,
              const CsPlan *plan,
              const CsSharePlan *from,
              const CsSharePlan *to)
{
  if (wants_rules (to))
    return self->opened ? RULES_STAY : RULES_ADD;
  for (guint i = 0; i < plan->shares->len; i++)
    if (wants_rules (cs_share_plan_applied (plan->shares->pdata[i])))
      return RULES_STAY;
  return wants_rules (from) ? RULES_REMOVE : RULES_STAY;
}

void
cs_firewalld_apply_async (CsFirewalld *self,
                          const CsPlan *plan,
                          const CsSharePlan *from,
                          const CsSharePlan *to,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Applying *applying = g_new0 (Applying, 1);
  const char *zone;
  gboolean is_ours, wanted = to != NULL && to->zone != NULL;
  gboolean had = from != NULL && from->zone != NULL;

  g_task_set_source_tag (task, cs_firewalld_apply_async);
  g_task_set_task_data (task, applying, applying_free);
  applying->lan = g_strdup (to != NULL ? to->lan : from->lan);
  zone = g_hash_table_lookup (self->zones, applying->lan);
  is_ours = g_strcmp0 (zone, CS_FIREWALLD_ZONE) == 0;
  if (self->running)
    applying->rules = choose_rules (self, plan, from, to);
  if (!self->running || wanted == is_ours || (!wanted && !had))
    apply_rules (task);
  else
    move (task, wanted ? CS_FIREWALLD_ZONE : from->found_zone);
}

gboolean
cs_firewalld_apply_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
