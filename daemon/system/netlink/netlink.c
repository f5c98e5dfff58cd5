/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests go out with strict checking, so that the kernel itself filters a dump, and
 * with extended acknowledgements, so that a failure comes with a sentence. Messages of
 * another request, which failed before its end, are skipped by their number; and what is
 * not from the kernel is ignored. */
#include "netlink.h"

#include "base/errno-words.h"
#include "dbus/errors.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

/* Twice the largest size of the kernel's own buffer for a part of a dump. */
#define RECEIVE_BUFFER 65536
/* Taken in one turn of the main loop. */
#define PACKETS_MAX 1000

static CsNetlink *
open_socket (int protocol, int flags)
{
  g_autoptr (CsNetlink) self = g_new0 (CsNetlink, 1);

  self->socket = mnl_socket_open2 (protocol, SOCK_CLOEXEC | flags);
  if (self->socket == NULL || mnl_socket_bind (self->socket, 0, MNL_SOCKET_AUTOPID) < 0)
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
set_option (CsNetlink *self, int option)
{
  int on = 1;

  return mnl_socket_setsockopt (self->socket, option, &on, sizeof on) == 0;
}

CsNetlink *
cs_netlink_open (int protocol, GError **error)
{
  g_autoptr (CsNetlink) self = open_socket (protocol, 0);

  if (self == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "cannot talk to the kernel over netlink: %s", cs_errno_words (errno));
      return NULL;
    }
  if (!set_option (self, NETLINK_GET_STRICT_CHK) || !set_option (self, NETLINK_EXT_ACK))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                   "this kernel is too old: Linux 4.20 or later is needed");
      return NULL;
    }
  return g_steal_pointer (&self);
}

CsNetlink *
cs_netlink_renew (CsNetlink **kept, int protocol)
{
  if (*kept != NULL && (*kept)->failed)
    g_clear_pointer (kept, cs_netlink_close);
  if (*kept == NULL)
    *kept = cs_netlink_open (protocol, NULL);
  return *kept;
}

gboolean
cs_netlink_join (CsNetlink *self, int group)
{
  return mnl_socket_setsockopt (self->socket, NETLINK_ADD_MEMBERSHIP, &group,
                                sizeof group)
         == 0;
}

CsNetlink *
cs_netlink_listen (int protocol, const int *groups, GError **error)
{
  g_autoptr (CsNetlink) self = open_socket (protocol, SOCK_NONBLOCK);
  gboolean joined = self != NULL;

  for (guint i = 0; joined && groups[i] != 0; i++)
    joined = cs_netlink_join (self, groups[i]);
  if (joined)
    return g_steal_pointer (&self);
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "cannot listen to the kernel over netlink: %s", cs_errno_words (errno));
  return NULL;
}

void
cs_netlink_close (CsNetlink *self)
{
  int cause = errno;

  g_clear_pointer (&self->socket, mnl_socket_close);
  g_free (self->words);
  g_free (self);
  errno = cause;
}

/* The size of the next packet, 0 if it is not the kernel's, or a negative errno. */
static gssize
receive (CsNetlink *self, char *buffer)
{
  struct sockaddr_nl from = { 0 };
  socklen_t length = sizeof from;
  ssize_t size;

  do
    size = recvfrom (mnl_socket_get_fd (self->socket), buffer, RECEIVE_BUFFER, MSG_TRUNC,
                     (struct sockaddr *)&from, &length);
  while (size < 0 && errno == EINTR);
  if (size < 0)
    return -errno;
  if (size > RECEIVE_BUFFER)
    return -ENOBUFS;
  return from.nl_pid == 0 ? size : 0;
}

/* --- Requests -------------------------------------------------------------------- */

gpointer
cs_netlink_begin (CsNetlinkRequest *request, guint16 type, guint16 flags, gsize size)
{
  mnl_nlmsg_put_header (request->buffer);
  request->header.nlmsg_type = type;
  request->header.nlmsg_flags = flags;
  return mnl_nlmsg_put_extra_header (&request->header, size);
}

int
cs_netlink_send (CsNetlink *self, struct nlmsghdr *const *requests, guint count)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();

  for (guint i = 0; i < count; i++)
    {
      requests[i]->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
      requests[i]->nlmsg_seq = ++self->sequence;
      requests[i]->nlmsg_pid = 0;
      g_byte_array_append (packet, (const guint8 *)requests[i], requests[i]->nlmsg_len);
      g_byte_array_set_size (packet, MNL_ALIGN (packet->len));
    }
  if (mnl_socket_sendto (self->socket, packet->data, packet->len) >= 0)
    return 0;
  self->failed = TRUE;
  return errno;
}

/* An answer, as it comes in. */
typedef struct
{
  CsNetlink *netlink;
  guint32 sequence;
  CsNetlinkFunc func;
  gpointer user_data;
  gboolean ended;
  int error; /* of its end, positive */
} Answer;

/* The sentence of an extended acknowledgement. Its attributes follow the refused request,
 * or its header alone where the kernel capped it; or the number that ends a dump. */
static char *
extended_words (const struct nlmsghdr *end)
{
  const struct nlmsgerr *failure = mnl_nlmsg_get_payload (end);
  gsize skip = end->nlmsg_type == NLMSG_DONE ? sizeof (int) : sizeof *failure;
  const struct nlattr *attribute;

  if (!(end->nlmsg_flags & NLM_F_ACK_TLVS))
    return NULL;
  if (end->nlmsg_type == NLMSG_ERROR && !(end->nlmsg_flags & NLM_F_CAPPED))
    skip += failure->msg.nlmsg_len - MNL_NLMSG_HDRLEN;
  mnl_attr_for_each (attribute, end, (unsigned int)skip)
  {
    if (mnl_attr_get_type (attribute) == NLMSGERR_ATTR_MSG)
      return g_strndup (mnl_attr_get_payload (attribute),
                        mnl_attr_get_payload_len (attribute));
  }
  return NULL;
}

static void
on_end (Answer *answer, const struct nlmsghdr *end)
{
  gsize least = end->nlmsg_type == NLMSG_DONE ? sizeof (int) : sizeof (struct nlmsgerr);

  answer->ended = TRUE;
  if (mnl_nlmsg_get_payload_len (end) < least)
    return;
  answer->error = ABS (*(const int *)mnl_nlmsg_get_payload (end));
  if (answer->error != 0)
    answer->netlink->words = extended_words (end);
}

static void
on_message (const struct nlmsghdr *message, gpointer user_data)
{
  Answer *answer = user_data;

  if (message->nlmsg_seq != answer->sequence || answer->ended)
    return;
  if (message->nlmsg_flags & NLM_F_DUMP_INTR)
    answer->netlink->interrupted = TRUE;
  if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
    on_end (answer, message);
  else if (message->nlmsg_type >= NLMSG_MIN_TYPE && answer->func != NULL)
    answer->func (message, answer->user_data);
}

int
cs_netlink_receive (CsNetlink *self,
                    const struct nlmsghdr *request,
                    CsNetlinkFunc func,
                    gpointer user_data)
{
  Answer answer = {
    .netlink = self, .sequence = request->nlmsg_seq, .func = func, .user_data = user_data
  };
  g_autofree char *buffer = g_malloc (RECEIVE_BUFFER);

  g_clear_pointer (&self->words, g_free);
  while (!answer.ended)
    {
      gssize size = receive (self, buffer);

      self->failed = self->failed || size < 0;
      if (size < 0)
        return (int)-size;
      cs_netlink_walk (buffer, (gsize)size, on_message, &answer);
    }
  return answer.error;
}

int
cs_netlink_ask (CsNetlink *self,
                struct nlmsghdr *request,
                CsNetlinkFunc func,
                gpointer user_data)
{
  int failure = cs_netlink_send (self, &request, 1);

  return failure != 0 ? failure : cs_netlink_receive (self, request, func, user_data);
}

gboolean
cs_netlink_check (CsNetlink *self, int code, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (code == 0)
    return TRUE;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "%s: %s", what,
               self->words != NULL ? self->words : g_strerror (code));
  return FALSE;
}

/* --- Announcements --------------------------------------------------------------- */

gboolean
cs_netlink_hear (CsNetlink *self, CsNetlinkFunc func, gpointer user_data)
{
  g_autofree char *buffer = g_malloc (RECEIVE_BUFFER);
  gboolean whole = TRUE;

  for (guint i = 0; i < PACKETS_MAX; i++)
    {
      gssize size = receive (self, buffer);

      if (size == -ENOBUFS)
        whole = FALSE;
      else if (size < 0)
        break;
      else if (func != NULL)
        cs_netlink_walk (buffer, (gsize)size, func, user_data);
    }
  return whole;
}

/* --- Attributes ------------------------------------------------------------------ */

void
cs_netlink_walk (const void *buffer, gsize size, CsNetlinkFunc func, gpointer user_data)
{
  const struct nlmsghdr *message = buffer;

  while (NLMSG_OK (message, size))
    {
      gsize whole = MIN (NLMSG_ALIGN (message->nlmsg_len), size);

      func (message, user_data);
      message = (const struct nlmsghdr *)((const char *)message + whole);
      size -= whole;
    }
}

gboolean
cs_netlink_parse (const struct nlmsghdr *message,
                  gsize header_size,
                  const guint8 *sizes,
                  const struct nlattr **table,
                  guint max)
{
  const void *first = mnl_nlmsg_get_payload_offset (message, header_size);
  const char *end = (const char *)message + message->nlmsg_len;
  const struct nlattr *attr; /* as the macro wants it */

  memset (table, 0, (max + 1) * sizeof *table);
  if (mnl_nlmsg_get_payload_len (message) < header_size)
    return FALSE;
  mnl_attr_for_each_payload (first, (end - (const char *)first))
  {
    guint16 type = mnl_attr_get_type (attr);

    if (type > max)
      continue;
    if (mnl_attr_get_payload_len (attr) < sizes[type])
      return FALSE;
    table[type] = attr;
  }
  return TRUE;
}

const struct nlattr *
cs_netlink_find (const struct nlattr *nest, guint16 type)
{
  const struct nlattr *attribute;

  if (nest == NULL)
    return NULL;
  mnl_attr_for_each_nested (attribute, nest)
  {
    if (mnl_attr_get_type (attribute) == type)
      return attribute;
  }
  return NULL;
}

guint32
cs_netlink_get_u32 (const struct nlattr *attribute, guint32 otherwise)
{
  return attribute == NULL || mnl_attr_get_payload_len (attribute) < sizeof (guint32)
             ? otherwise
             : mnl_attr_get_u32 (attribute);
}

CsAddress
cs_netlink_get_address (int family, const struct nlattr *attribute)
{
  guint size = cs_address_size ((CsAddress){ .family = (guint8)family });

  if (attribute == NULL || mnl_attr_get_payload_len (attribute) < size)
    return (CsAddress){ 0 };
  return cs_address_new (family, mnl_attr_get_payload (attribute));
}

void
cs_netlink_put_address (struct nlmsghdr *request, guint16 type, CsAddress address)
{
  mnl_attr_put (request, type, cs_address_size (address), address.bytes);
}

void
cs_netlink_get_text (const struct nlattr *attribute, char *text, gsize size)
{
  gsize length = attribute != NULL ? mnl_attr_get_payload_len (attribute) : 0;

  length = MIN (length, size - 1);
  if (length > 0)
    memcpy (text, mnl_attr_get_payload (attribute), length);
  text[length] = '\0';
}
