/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Share.Update(), and the report on a share that was started or changed; see update.h. */
#include "update.h"

#include "client.h"
#include "describe.h"
#include "lan-address.h"
#include "output.h"
#include "wan-names.h"

#include <stdio.h>
#include <string.h>

static gboolean
update (CsCall *call, const CsShareOptions *wanted, GError **error)
{
  g_autoptr (GVariant) changes = cs_share_options_changes (wanted);
  g_autoptr (CsDbusShare) share = cs_client_get_share_proxy (wanted->lan, error);

  if (share == NULL)
    return FALSE;
  cs_dbus_share_call_update (share, changes, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
                             cs_call_get_cancellable (call), cs_call_done, call);
  return cs_dbus_share_call_update_finish (share, cs_call_wait (call), error);
}

/* It is shared nevertheless: the blocker may go away. */
static void
warn_of_blockers (CsDbusShare *share)
{
  g_autofree char *blockers = cs_describe_blockers (share);

  if (*blockers != '\0')
    fprintf (stderr,
             "sharectl: warning: another packet filter blocks the clients of %s: %s; "
             "\"sharectl doctor\" shows how to open it\n",
             cs_describe_text (cs_dbus_share_get_lan (share)), blockers);
}

static void
report_wifi (const char *lan, const char *ssid)
{
  g_autofree char *name = cs_output_line (cs_describe_text (ssid));

  if (*name != '\0')
    printf ("Wi-Fi network \"%s\": \"sharectl wifi %s\" shows how to join it\n", name,
            lan);
}

/* The only choice cannot be misspelt if it has led to an uplink. */
static void
warn_of_names (const CsShareOptions *wanted, CsDbusShare *share)
{
  const char *uplink = cs_describe_text (cs_dbus_share_get_uplink (share));
  g_autoptr (CsDbusManager) manager = NULL;

  if (wanted->wan == NULL || (*uplink != '\0' && strchr (wanted->wan, ',') == NULL))
    return;
  manager = cs_client_get_manager (NULL);
  if (manager != NULL)
    cs_wan_names_warn (manager, wanted->lan, wanted->wan);
}

static void
warn_of_address (const CsShareOptions *wanted, CsDbusShare *share)
{
  if (g_variant_lookup (wanted->options, "address", "&s", NULL))
    cs_lan_address_warn (cs_describe_text (cs_dbus_share_get_address (share)));
}

/* The share is active, waits, or has failed or ended in the meantime. */
static int
report (const CsShareOptions *wanted)
{
  const char *lan = wanted->lan;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusShare) share = cs_client_get_share (lan, &error);
  g_autofree char *sentence = NULL;

  if (share == NULL)
    return cs_command_failed (error);
  sentence = cs_describe_share (share);
  if (g_strcmp0 (cs_dbus_share_get_state (share), "failed") == 0)
    {
      fprintf (stderr, "sharectl: %s\n", sentence);
      return CS_EXIT_FAILED;
    }
  printf ("%s\n", sentence);
  report_wifi (lan, cs_dbus_share_get_ssid (share));
  warn_of_names (wanted, share);
  warn_of_address (wanted, share);
  warn_of_blockers (share);
  return CS_EXIT_DONE;
}

int
cs_update_run (CsShareOptions *wanted, CsUpdateMissing missing)
{
  CsCall *call = cs_call_new ();
  g_autoptr (GError) error = NULL;
  int status;

  if (!update (call, wanted, &error) && cs_client_is_not_shared (error))
    {
      g_clear_error (&error);
      missing (call, wanted, &error);
    }
  status = cs_call_finish (call, error);
  cs_call_free (call);
  return status == CS_EXIT_DONE ? report (wanted) : status;
}
