/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket is connected, so that the kernel accepts packets from the server only, and
 * reports ICMP errors. Of the reply (RFC 1035, 4.1.1) only the identifier, the code and
 * the number of answers matter. */
#include "dns-query.h"

#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define AGAIN_AFTER   600 /* milliseconds */
#define HEADER_SIZE   12
#define LABEL_MAX     63
#define TYPE_A        1
#define TYPE_NS       2
#define TYPE_AAAA     28
#define CLASS_IN      1
#define NAME_MAX_SIZE (LABEL_MAX + 2)
#define QUERY_SIZE    (HEADER_SIZE + NAME_MAX_SIZE + 4)
#define NO_ERROR      0
#define NXDOMAIN      3
#define REFUSED       5

typedef struct
{
  GSocket *socket; /* (owned) (nullable) until it is open */
  GSource *input;  /* (owned) (nullable) likewise */
  guint again;     /* timeout source, or 0 */
  guint limit;     /* timeout source, or 0 */
  guint8 message[QUERY_SIZE];
  gsize size;
  gboolean found; /* the reply has an answer */
} Query;

static void
stop (Query *query)
{
  g_clear_handle_id (&query->again, g_source_remove);
  g_clear_handle_id (&query->limit, g_source_remove);
  if (query->input != NULL)
    g_source_destroy (query->input);
  g_clear_pointer (&query->input, g_source_unref);
}

static void
query_free (Query *query)
{
  stop (query);
  g_clear_object (&query->socket);
  g_free (query);
}

static void
put16 (Query *query, guint value)
{
  query->message[query->size++] = (guint8)(value >> 8);
  query->message[query->size++] = (guint8)value;
}

/* Labels, each behind its length. */
static void
put_name (Query *query, const char *name)
{
  gsize start = query->size;
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (char **label = labels; *label; label++)
    {
      gsize length = strlen (*label);

      if (length == 0 || query->size - start + length + 2 > NAME_MAX_SIZE)
        break;
      query->message[query->size++] = (guint8)length;
      memcpy (query->message + query->size, *label, length);
      query->size += length;
    }
  query->message[query->size++] = 0;
}

static guint
type_of (const char *name)
{
  if (name[0] == '\0')
    return TYPE_NS;
  return g_str_equal (name, CS_DNS_IPV4_ONLY) ? TYPE_AAAA : TYPE_A;
}

/* One question, recursion desired. */
static void
write_message (Query *query, const char *name)
{
  put16 (query, (guint)g_random_int_range (0, G_MAXUINT16 + 1));
  put16 (query, 0x0100);
  put16 (query, 1);
  put16 (query, 0);
  put16 (query, 0);
  put16 (query, 0);
  put_name (query, name);
  put16 (query, type_of (name));
  put16 (query, CLASS_IN);
}

/* Releases the reference held for the sources, which end here. */
static void
return_reply (GTask *task, CsDnsReply found)
{
  stop (g_task_get_task_data (task));
  g_task_return_int (task, found);
  g_object_unref (task);
}

static CsDnsReply
reply_of_error (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
             ? CS_DNS_REPLY_CLOSED
             : CS_DNS_REPLY_NO_WAY;
}

/* Many servers refuse questions about the root and answer all others. */
static CsDnsReply
reply_of_code (int code)
{
  if (code == NO_ERROR || code == NXDOMAIN)
    return CS_DNS_REPLY_GOOD;
  return code == REFUSED ? CS_DNS_REPLY_REFUSED : CS_DNS_REPLY_FAILED;
}

static gboolean
on_limit (gpointer user_data)
{
  return_reply (user_data, CS_DNS_REPLY_NONE);
  return G_SOURCE_REMOVE;
}

/* FALSE: sending failed, and the task has returned. */
static gboolean
send_message (GTask *task)
{
  const Query *query = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (g_socket_send (query->socket, (const char *)query->message, query->size, NULL,
                     &error)
      >= 0)
    return TRUE;
  return_reply (task, reply_of_error (error));
  return FALSE;
}

static gboolean
on_again (gpointer user_data)
{
  return send_message (user_data);
}

static gboolean
on_input (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  GTask *task = user_data;
  Query *query = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  guint8 reply[HEADER_SIZE];
  gssize size = g_socket_receive (socket, (char *)reply, sizeof reply, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (error == NULL
      && (size < HEADER_SIZE || memcmp (reply, query->message, 2) != 0
          || (reply[2] & 0x80) == 0))
    return G_SOURCE_CONTINUE; /* not the reply to this query */
  query->found
      = error == NULL && (reply[3] & 0x0f) == NO_ERROR && (reply[6] | reply[7]) != 0;
  return_reply (task,
                error != NULL ? reply_of_error (error) : reply_of_code (reply[3] & 0x0f));
  return G_SOURCE_REMOVE;
}

static GSocket *
open_socket (CsAddress server, guint port, const char *device, GError **error)
{
  g_autoptr (GInetAddress) inet
      = g_inet_address_new_from_bytes (server.bytes, server.family);
  guint scope = device != NULL && g_inet_address_get_is_link_local (inet)
                    ? if_nametoindex (device)
                    : 0;
  g_autoptr (GSocketAddress) address = g_object_new (
      G_TYPE_INET_SOCKET_ADDRESS, "address", inet, "port", port, "scope-id", scope, NULL);
  g_autoptr (GSocket) opened = g_socket_new (server.family, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, error);

  if (opened == NULL)
    return NULL;
  g_socket_set_blocking (opened, FALSE);
  if (device != NULL
      && setsockopt (g_socket_get_fd (opened), SOL_SOCKET, SO_BINDTODEVICE, device,
                     (socklen_t)strlen (device) + 1)
             < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "no %s", device);
      return NULL;
    }
  if (!g_socket_connect (opened, address, NULL, error))
    return NULL;
  return g_steal_pointer (&opened);
}

void
cs_dns_query_async (CsAddress server,
                    guint port,
                    const char *device,
                    const char *name,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Query *query = g_new0 (Query, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, cs_dns_query_async);
  g_task_set_task_data (task, query, (GDestroyNotify)query_free);
  write_message (query, name);
  query->socket = open_socket (server, port, device, &error);
  if (query->socket == NULL)
    {
      return_reply (task, reply_of_error (error));
      return;
    }
  query->input = g_socket_create_source (query->socket, G_IO_IN, NULL);
  g_source_set_callback (query->input, G_SOURCE_FUNC (on_input), task, NULL);
  g_source_attach (query->input, NULL);
  query->again = g_timeout_add (AGAIN_AFTER, on_again, task);
  query->limit = g_timeout_add (CS_DNS_QUERY_LIMIT, on_limit, task);
  send_message (task);
}

CsDnsReply
cs_dns_query_finish (GAsyncResult *result, gboolean *found)
{
  const Query *query = g_task_get_task_data (G_TASK (result));

  if (found != NULL)
    *found = query->found;
  return (CsDnsReply)g_task_propagate_int (G_TASK (result), NULL);
}
