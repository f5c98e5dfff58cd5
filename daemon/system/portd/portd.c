/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That clients cannot ask, as another program has the port for example, is said in the
 * log, and does not fail the share; it is tried again. */
#include "portd.h"

#include "clerk.h"
#include "portd-process.h"

#include "base/log.h"
#include "core/plan/ipv6.h"
#include "core/value/backoff.h"
#include "system/watch/own-network.h"

#include <string.h>

/* The state of a LAN. */
typedef struct
{
  CsStep *step;            /* unowned: it owns this */
  CsForwards *forwards;    /* (owned) */
  char *lan;               /* (owned) */
  CsSharePlan *share;      /* (owned) that it serves */
  CsAddress upstream;      /* of the router behind the uplink; unset: not known */
  CsPortdProcess *process; /* (owned) (nullable) */
  gint64 started;          /* monotonic */
  guint failures;          /* in a row */
  guint pause;             /* timeout source until it is started again, or 0 */
  gboolean complained;     /* that it cannot be started */
  GCancellable *life; /* (owned) cancelled with it: what is served then is nobody's */
} Responder;

typedef struct
{
  CsStep *step;           /* unowned: it owns this */
  char *program;          /* (owned) */
  CsForwards *forwards;   /* (owned) */
  GHashTable *responders; /* (owned) LAN (owned by the value) -> Responder (owned) */
} Portd;

/* LAN (owned) -> why its clients cannot ask (owned) */
static GHashTable *problems;

/* One that dies younger than this has died at once. */
#define MIN_LIFE (G_USEC_PER_SEC / 2)

/* @words (nullable) */
static void
set_problem (const char *lan, const char *words)
{
  if (problems == NULL)
    problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (words != NULL)
    g_hash_table_replace (problems, g_strdup (lan), g_strdup (words));
  else
    g_hash_table_remove (problems, lan);
}

const char *
cs_portd_find_problem (const char *lan)
{
  return problems != NULL ? g_hash_table_lookup (problems, lan) : NULL;
}

static void
stop (Responder *self)
{
  set_problem (self->lan, NULL);
  g_clear_handle_id (&self->pause, g_source_remove);
  if (self->life != NULL)
    g_cancellable_cancel (self->life);
  g_clear_object (&self->life);
  g_clear_pointer (&self->process, cs_portd_process_free);
}

static void
responder_free (gpointer data)
{
  Responder *self = data;

  stop (self);
  g_clear_pointer (&self->share, cs_share_plan_unref);
  g_object_unref (self->forwards);
  g_free (self->lan);
  g_free (self);
}

static Responder *
get_responder (Portd *self, const char *lan)
{
  Responder *one = g_hash_table_lookup (self->responders, lan);

  if (one != NULL)
    return one;
  one = g_new0 (Responder, 1);
  one->step = self->step;
  one->forwards = g_object_ref (self->forwards);
  one->lan = g_strdup (lan);
  g_hash_table_insert (self->responders, one->lan, one);
  return one;
}

/* --- Settings ---------------------------------------------------------------------- */

/* Where clients are that may ask: those of IPv6 whose addresses the Internet reaches. */
static GArray *
list_networks (const CsSharePlan *share)
{
  GArray *networks = cs_share_plan_own_sources6 (share);

  g_array_append_vals (networks, share->subnets->data, share->subnets->len);
  return networks;
}

static CsAddress
external_address (const CsSharePlan *share)
{
  for (guint i = 0; share->uplink != NULL && i < share->uplink_addresses->len; i++)
    {
      CsAddress address = g_array_index (share->uplink_addresses, CsCidr, i).address;

      if (address.family == AF_INET)
        return address;
    }
  return (CsAddress){ 0 };
}

/* The same each time for this LAN of this computer, and nobody's else. */
static void
set_uuid (guint8 uuid[16], const char *lan)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  CsCidr own = cs_own_network_read ();
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (sum, own.address.bytes, sizeof own.address.bytes);
  g_checksum_update (sum, (const guchar *)lan, -1);
  g_checksum_get_digest (sum, digest, &size);
  memcpy (uuid, digest, 16);
  /* Version 8, of RFC 9562: made by a rule of our own. */
  uuid[6] = (guint8)((uuid[6] & 0x0f) | 0x80);
  uuid[8] = (guint8)((uuid[8] & 0x3f) | 0x80);
}

static void
settle (Responder *self)
{
  g_autoptr (GArray) networks = list_networks (self->share);
  CsPortdSettings settings
      = { .gateway = self->share->address, .external = external_address (self->share) };

  if (cs_address_is_set (settings.external) && cs_address_is_set (self->upstream))
    settings.external = self->upstream;
  for (guint i = 0; i < MIN (networks->len, CS_PORTD_NETWORKS); i++)
    settings.networks[i] = g_array_index (networks, CsCidr, i);
  set_uuid (settings.uuid, self->lan);
  if (self->share->host_name != NULL)
    g_strlcpy (settings.host_name, self->share->host_name, sizeof settings.host_name);
  cs_portd_process_settle (self->process, &settings);
}

/* --- Requests ---------------------------------------------------------------------- */

typedef struct
{
  Responder *responder; /* unowned: only while .life is not cancelled */
  GCancellable *life;   /* (owned) */
} Served;

static void
on_served (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Served *served = user_data;
  CsPortdAnswer answer;

  cs_clerk_serve_finish (result, &answer);
  if (!g_cancellable_is_cancelled (served->life))
    cs_portd_process_answer (served->responder->process, &answer);
  g_object_unref (served->life);
  g_free (served);
}

static gboolean
has_uplink (const Responder *self, const CsPortdRequest *request)
{
  return self->share->uplink != NULL
         && (request->client.family == AF_INET6
             || cs_address_is_set (external_address (self->share)));
}

static void
on_request (const CsPortdRequest *request, gpointer user_data)
{
  Responder *self = user_data;
  g_autoptr (GArray) networks = list_networks (self->share);
  CsPortdAnswer refusal = { .serial = request->serial, .result = CS_PORTD_REFUSED };
  Served *served;

  if (!cs_claim_is_valid (request, self->share->address.address, networks))
    {
      cs_portd_process_answer (self->process, &refusal);
      return;
    }
  served = g_new0 (Served, 1);
  served->responder = self;
  served->life = g_object_ref (self->life);
  cs_clerk_serve_async (self->forwards, self->lan, request, has_uplink (self, request),
                        on_served, served);
}

/* --- The process ------------------------------------------------------------------- */

static gboolean
on_pause_over (gpointer user_data)
{
  Responder *self = user_data;

  self->pause = 0;
  cs_step_changed (self->step, self->lan);
  return G_SOURCE_REMOVE;
}

static void
try_later (Responder *self)
{
  gint64 pause = cs_backoff_pause (CS_BACKOFF_SHARE, ++self->failures);

  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause
      = g_timeout_add ((guint)(pause / G_TIME_SPAN_MILLISECOND), on_pause_over, self);
}

static void
on_ended (gpointer user_data)
{
  Responder *self = user_data;

  if (g_get_monotonic_time () - self->started > MIN_LIFE)
    self->failures = 0;
  cs_message (self->lan, "connshare-portd exited unexpectedly; starting it again");
  stop (self);
  set_problem (self->lan, "connshare-portd has exited");
  try_later (self);
}

static void
complain (Responder *self, const GError *error)
{
  if (!self->complained)
    cs_warning (self->lan, "clients cannot ask for port mappings: %s", error->message);
  self->complained = TRUE;
  set_problem (self->lan, error->message);
  try_later (self);
}

static void
start (Responder *self, const char *program)
{
  g_autoptr (GError) error = NULL;
  CsPortdSockets sockets;

  stop (self);
  self->started = g_get_monotonic_time ();
  if (!cs_portd_sockets_open (&sockets, self->lan, self->share->lan_ifindex,
                              self->share->address.address, &error))
    {
      complain (self, error);
      return;
    }
  self->process
      = cs_portd_process_start (program, &sockets, on_request, on_ended, self, &error);
  cs_portd_sockets_close (&sockets);
  if (self->process == NULL)
    {
      complain (self, error);
      return;
    }
  self->complained = FALSE;
  self->life = g_cancellable_new ();
}

static gboolean
is_wanted (const CsSharePlan *share)
{
  return share != NULL && share->upnp && !share->closed && share->lan_ifindex != 0
         && share->address.prefix != 0;
}

/* Whether the sockets of a process for @a do for @b. */
static gboolean
is_same_place (const CsSharePlan *a, const CsSharePlan *b)
{
  return a->lan_ifindex == b->lan_ifindex
         && cs_address_equal (a->address.address, b->address.address);
}

static gboolean
apply (gpointer data, const CsStepCall *call, GError **error)
{
  Portd *self = data;
  Responder *one;
  gboolean stays;

  if (!is_wanted (call->to))
    {
      g_hash_table_remove (self->responders, cs_step_call_lan (call));
      return TRUE;
    }
  one = get_responder (self, call->to->lan);
  stays = one->process != NULL && is_same_place (one->share, call->to);
  g_clear_pointer (&one->share, cs_share_plan_unref);
  one->share = cs_share_plan_ref (call->to);
  if (!stays)
    start (one, self->program);
  if (one->process != NULL)
    settle (one);
  return TRUE;
}

void
cs_portd_set_upstream (CsStep *step, const char *lan, CsAddress upstream)
{
  const Portd *self = step->self;
  Responder *one = g_hash_table_lookup (self->responders, lan);

  if (one == NULL || cs_address_equal (one->upstream, upstream))
    return;
  one->upstream = upstream;
  if (one->process != NULL)
    settle (one);
}

static void
portd_free (gpointer data)
{
  Portd *self = data;

  g_hash_table_unref (self->responders);
  g_object_unref (self->forwards);
  g_free (self->program);
  g_free (self);
}

static const CsStepType type = {
  .name = "portd",
  .apply = apply,
  .free = portd_free,
};

CsStep *
cs_portd_step_new (const char *program, CsForwards *forwards)
{
  Portd *self = g_new0 (Portd, 1);

  self->step = cs_step_new (&type, self);
  self->program = g_strdup (program);
  self->forwards = g_object_ref (forwards);
  self->responders
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, responder_free);
  return self->step;
}
