/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the D-Bus objects need from the host itself and not from the engine, because it
 * needs no pass: main.c passes in these functions of system/. */
#pragma once

#include "core/check/facts.h"
#include "core/plan/plan.h"
#include "core/value/client-list.h"
#include "core/value/forward.h"

#include <gio/gio.h>

/* Port mappings, with what these are called with first: see system/forwards/forwards.h.
 */
typedef struct
{
  void (*add_async) (gpointer forwards,
                     const char *lan,
                     CsForward *forward,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  gboolean (*add_finish) (GAsyncResult *result, GError **error);
  void (*remove_async) (gpointer forwards,
                        const char *lan,
                        guint8 protocol,
                        guint port,
                        const char *client,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*remove_finish) (GAsyncResult *result, GError **error);
  const CsForward *(*find) (gpointer forwards,
                            const char *lan,
                            guint8 protocol,
                            guint port,
                            const char *client);
  GPtrArray *(*list) (gpointer forwards, const char *lan);
  CsAddress (*find_address) (gpointer forwards,
                             const char *lan,
                             const CsForward *forward,
                             const GArray **addresses6);
  CsAddress (*external_address) (gpointer forwards, const char *lan);
  CsForwardStanding (*find_standing) (gpointer forwards,
                                      const char *lan,
                                      const CsForward *forward);
  /* Where the router upstream leads it from, "198.51.100.7:8080" (nullable: it does not);
   * and how that is, as in ListForwards (nullable: it is not asked to). */
  char *(*find_upstream) (gpointer upstreams,
                          const char *lan,
                          const CsForward *forward,
                          const char **state);
} CsBusForwards;

typedef struct
{
  /* FALSE if the kernel has no share of this LAN. */
  gboolean (*read_counters) (const char *lan, CsCounters *counters);
  /* See system/probe/probe.h. */
  void (*probe_async) (GDBusConnection *bus,
                       const char *runtime_dir,
                       CsPlan *shown,
                       CsPlan *applied,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  CsFacts *(*probe_finish) (GAsyncResult *result);
  /* Who is on the LAN (nullable: it is not shared; valid until the main loop runs), and
   * how many of them were online the last time somebody came or went. */
  CsClientList *(*look_at_clients) (gpointer clients, const char *lan);
  guint (*count_clients) (gconstpointer clients, const char *lan);
  gpointer clients; /* unowned, what these are called with */
  /* Has NetworkManager end the connection that it shares itself on @lan. */
  void (*end_shared_async) (gpointer nm,
                            const char *lan,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  gboolean (*end_shared_finish) (GAsyncResult *result, GError **error);
  gpointer nm; /* unowned */
  const CsBusForwards *forward;
  gpointer forwards;  /* unowned, what these are called with */
  gpointer upstreams; /* unowned, likewise the last one */
} CsBusHost;
