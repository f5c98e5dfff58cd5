/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main loop runs until the callback has come. */
#include "step-call.h"

#include "private-net.h"

#include <net/if.h>
#include <stdarg.h>

char *
shell (const char *format, ...)
{
  g_autofree char *command = NULL;
  g_autoptr (GError) error = NULL;
  char *argv[] = { (char *)"sh", (char *)"-c", NULL, NULL };
  g_autofree char *output = NULL;
  g_auto (GStrv) lines = NULL;
  int status;
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);
  argv[2] = command;
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", command, error->message);
  lines = g_strsplit (g_strchomp (output), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_strstrip (lines[i]);
  return g_strjoinv ("\n", lines);
}

void
assert_shell (const char *where, const char *command, const char *expected)
{
  g_autofree char *output = shell ("%s", command);

  if (!g_str_equal (output, expected))
    g_error ("%s: \"%s\" printed\n%s\nand not\n%s", where, command, output, expected);
}

void
add_link (const char *name)
{
  private_net_ip ("link add %s type veth peer name %s-far", name, name);
  private_net_ip ("link set %s up", name);
  private_net_ip ("link set %s-far up", name);
}

typedef struct
{
  gboolean over;
  gboolean done;
  GError **error;
} Wait;

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->done = cs_step_apply_finish (result, wait->error);
  wait->over = TRUE;
}

gboolean
step_apply (CsStep *step,
            const CsSharePlan *other,
            CsSharePlan *from,
            CsSharePlan *to,
            GError **error)
{
  g_autoptr (CsPlan) plan = cs_plan_new_empty ();
  Wait wait = { .error = error };

  if (other != NULL)
    g_ptr_array_add (plan->shares, cs_share_plan_copy (other));
  if (to != NULL)
    g_ptr_array_add (plan->shares, cs_share_plan_copy (to));
  cs_step_apply_async (step, plan, from, to, on_applied, &wait);
  while (!wait.over)
    g_main_context_iteration (NULL, TRUE);
  return wait.done;
}

void
step_must_apply (CsStep *step,
                 const CsSharePlan *other,
                 CsSharePlan *from,
                 CsSharePlan *to)
{
  g_autoptr (GError) error = NULL;
  gboolean done = step_apply (step, other, from, to, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

CsSharePlan *
share_new (const char *lan, const char *uplink, const char *address, guint table)
{
  CsSharePlan *share = cs_share_plan_new (lan);
  CsCidr network;

  g_assert_true (cs_cidr_parse (address, &share->address, NULL));
  network = cs_cidr_network (share->address);
  g_array_append_val (share->subnets, network);
  share->lan_method = CS_LAN_METHOD_ADDRESS;
  share->lan_ifindex = (int)if_nametoindex (lan);
  share->table = table;
  share->dns_port = CS_OWN_DNS_FIRST;
  if (uplink != NULL)
    {
      share->uplink = g_strdup (uplink);
      share->uplink_ifindex = (int)if_nametoindex (uplink);
      share->uplink_mtu = 1500;
    }
  return share;
}
