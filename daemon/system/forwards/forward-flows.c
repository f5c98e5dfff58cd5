/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Also of a new mapping, because conntrack goes on leading a flow as it began: what a
 * peer keeps sending by UDP would never reach the client. */
#include "forward-flows.h"

#include "system/netlink/ctnetlink.h"
#include "system/nft/forward-elements.h"
#include "system/nft/nft-commit.h"

/* Flows that are kept from beginning again. */
#define MOST 1024

typedef struct
{
  CsForward *forward; /* (owned) */
  GArray *uplinks;    /* (owned) of CsAddress */
  CsAddress client;   /* unset: flows to all go */
  GArray *addresses6; /* (owned) of CsAddress */
  GArray *networks6;  /* (owned) of CsCidr */
  GPtrArray *picked;  /* (owned) of struct nlmsghdr (owned) */
} Ending;

static void
ending_free (gpointer data)
{
  Ending *ending = data;

  cs_forward_free (ending->forward);
  g_array_unref (ending->uplinks);
  g_array_unref (ending->addresses6);
  g_array_unref (ending->networks6);
  g_ptr_array_unref (ending->picked);
  g_free (ending);
}

static gboolean
is_mapped (const Ending *ending, const CsConnection *connection)
{
  const CsForward *forward = ending->forward;

  return connection->server_port >= forward->port
         && connection->server_port <= forward->last
         && cs_addresses_contain (ending->uplinks, connection->server)
         && !(cs_address_is_set (ending->client)
              && cs_address_equal (ending->client, connection->answers_from));
}

static gboolean
is_in_pinhole (const Ending *ending, const CsConnection *connection)
{
  const CsForward *forward = ending->forward;
  guint last = (guint)forward->to_port + forward->last - forward->port;

  return connection->server_port >= forward->to_port && connection->server_port <= last
         && cs_addresses_contain (ending->addresses6, connection->server)
         && !cs_cidrs_contain (ending->networks6, connection->client);
}

static void
on_connection (const struct nlmsghdr *message, gpointer user_data)
{
  const Ending *ending = user_data;
  CsConnection connection;

  if (cs_ctnetlink_parse (message, &connection)
      && connection.protocol == ending->forward->protocol
      && (is_mapped (ending, &connection) || is_in_pinhole (ending, &connection)))
    g_ptr_array_add (ending->picked, g_memdup2 (message, message->nlmsg_len));
}

/* Of a range, or where the kernel cannot pick them, all are listed. */
static void
pick (CsNetlink *netlink, Ending *ending, int family, guint16 port)
{
  const CsForward *forward = ending->forward;

  if (forward->port != forward->last
      || cs_ctnetlink_dump_to_port (netlink, family, forward->protocol, port,
                                    on_connection, ending)
             != 0)
    cs_ctnetlink_dump (netlink, family, FALSE, on_connection, ending);
}

/* Of those that led to a client: what it goes on sending would begin the flow again, as
 * conntrack takes any packet for a beginning, and from the very port that it had. */
static void
bar (const Ending *ending)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (GString) commands = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < MIN (ending->picked->len, MOST); i++)
    {
      CsConnection flow;

      if (cs_ctnetlink_parse (ending->picked->pdata[i], &flow)
          && !cs_addresses_contain (ending->uplinks, flow.answers_from))
        cs_ruleset_add_ended_flow (commands, flow.answers_from, flow.protocol,
                                   flow.from_port, flow.answers_to, flow.port);
    }
  if (commands->len == 0)
    return;
  locker = cs_nft_lock ();
  if (!cs_nft_commit (commands->str, NULL, &error))
    g_debug ("clients may begin ended flows again: %s", error->message);
}

static void
end (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Ending *ending = task_data;
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_NETFILTER, NULL);
  GError *error = NULL;
  gboolean done = cs_forward_elements_commit (FALSE, &error);

  if (netlink != NULL && ending->uplinks->len > 0)
    pick (netlink, ending, AF_INET, ending->forward->port);
  if (netlink != NULL && ending->addresses6->len > 0)
    pick (netlink, ending, AF_INET6, ending->forward->to_port);
  bar (ending);
  for (guint i = 0; i < ending->picked->len; i++)
    cs_ctnetlink_delete (netlink, ending->picked->pdata[i]);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
cs_forward_flows_end_async (const CsForward *forward,
                            const GArray *uplinks,
                            const CsAddress *client,
                            const GArray *addresses6,
                            const GArray *networks6,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Ending *ending = g_new0 (Ending, 1);

  ending->forward = cs_forward_copy (forward);
  ending->uplinks = g_array_copy ((GArray *)uplinks);
  if (client != NULL)
    ending->client = *client;
  ending->addresses6 = g_array_copy ((GArray *)addresses6);
  ending->networks6 = g_array_copy ((GArray *)networks6);
  ending->picked = g_ptr_array_new_with_free_func (g_free);
  g_task_set_source_tag (task, cs_forward_flows_end_async);
  g_task_set_task_data (task, ending, ending_free);
  g_task_run_in_thread (task, end);
}

gboolean
cs_forward_flows_end_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
