/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus-host.h"

#include "mappings.h"

#include "system/clients/clients.h"
#include "system/nft/nft.h"
#include "system/nm/shared.h"
#include "system/probe/probe.h"

static CsClientList *
look_at_clients (gpointer clients, const char *lan)
{
  return cs_clients_look (clients, lan);
}

static guint
count_clients (gconstpointer clients, const char *lan)
{
  return cs_clients_count (clients, lan);
}

static void
end_shared_async (gpointer nm,
                  const char *lan,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  cs_nm_end_shared_async (nm, lan, callback, user_data);
}

CsBusHost cs_bus_host = {
  .read_counters = cs_nft_read_counters,
  .look_at_clients = look_at_clients,
  .count_clients = count_clients,
  .probe_async = cs_probe_async,
  .probe_finish = cs_probe_finish,
  .end_shared_async = end_shared_async,
  .end_shared_finish = cs_nm_end_shared_finish,
  .forward = &cs_mappings_functions,
};
