/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests go out with strict checking, so that the kernel itself filters a dump, and
 * with extended acknowledgements, so that a refusal comes with a sentence. */
#include "netlink.h"

#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <netlink/msg.h>
#include <sys/socket.h>

/* As large as the kernel's own buffer for a part of a dump can be, twice. */
#define RECEIVE_BUFFER 65536

/* The sentence in an extended acknowledgement, owned, or NULL. The attributes follow the
 * refused request, or its header alone where the kernel capped it. */
static char *
extended_words (const struct nlmsgerr *refusal)
{
  const struct nlmsghdr *header
      = (const struct nlmsghdr *)((const char *)refusal - NLMSG_HDRLEN);
  const struct nlattr *attribute;
  size_t skip = sizeof (struct nlmsgerr);

  if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
    return NULL;
  if (!(header->nlmsg_flags & NLM_F_CAPPED))
    skip += refusal->msg.nlmsg_len - NLMSG_HDRLEN;
  if (skip + NLMSG_HDRLEN > header->nlmsg_len)
    return NULL;
  attribute
      = nla_find ((const struct nlattr *)((const char *)refusal + skip),
                  (int)(header->nlmsg_len - NLMSG_HDRLEN - skip), NLMSGERR_ATTR_MSG);
  if (attribute == NULL)
    return NULL;
  return g_strndup (nla_data (attribute), (gsize)nla_len (attribute));
}

static int
on_refusal (struct sockaddr_nl *from, struct nlmsgerr *refusal, void *user_data)
{
  CsNetlink *self = user_data;

  self->kernel_error = -refusal->error;
  g_free (self->kernel_words);
  self->kernel_words = extended_words (refusal);
  return NL_STOP;
}

static gboolean
set_option (CsNetlink *self, int option)
{
  int on = 1;

  return setsockopt (nl_socket_get_fd (self->socket), SOL_NETLINK, option, &on, sizeof on)
         == 0;
}

CsNetlink *
cs_netlink_open (GError **error)
{
  g_autoptr (CsNetlink) self = g_new0 (CsNetlink, 1);
  int code;

  self->socket = nl_socket_alloc ();
  if (self->socket == NULL)
    g_error ("out of memory");
  nl_socket_disable_msg_peek (self->socket);
  nl_socket_set_msg_buf_size (self->socket, RECEIVE_BUFFER);
  nl_socket_modify_err_cb (self->socket, NL_CB_CUSTOM, on_refusal, self);
  code = nl_connect (self->socket, NETLINK_ROUTE);
  if (code < 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "Cannot talk to the kernel's network part: %s",
                   cs_errno_words (errno));
      return NULL;
    }
  if (!set_option (self, NETLINK_GET_STRICT_CHK) || !set_option (self, NETLINK_EXT_ACK))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                   "This kernel is too old: Linux 4.20 or later is needed");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
cs_netlink_close (CsNetlink *self)
{
  nl_socket_free (self->socket);
  g_free (self->kernel_words);
  g_free (self);
}

/* libnl folds many errno into few codes; the kernel's own are better, if @code is theirs.
 */
static const char *
words_of (CsNetlink *self, int code)
{
  if (self->kernel_error == 0 || nl_syserr2nlerr (self->kernel_error) != ABS (code))
    return nl_geterror (code);
  if (self->kernel_words != NULL)
    return self->kernel_words;
  return g_strerror (self->kernel_error);
}

gboolean
cs_netlink_check (CsNetlink *self, int code, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (code >= 0)
    return TRUE;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "%s: %s", what, words_of (self, code));
  return FALSE;
}

/* One dump in progress. */
typedef struct
{
  CsNetlinkFunc func;
  gpointer user_data;
  int error; /* errno in the message that ends the dump, positive */
} Dump;

static int
on_message (struct nl_msg *message, void *user_data)
{
  Dump *dump = user_data;

  dump->func (nlmsg_hdr (message), dump->user_data);
  return NL_OK;
}

static int
on_end (struct nl_msg *message, void *user_data)
{
  Dump *dump = user_data;
  const struct nlmsghdr *header = nlmsg_hdr (message);

  if (nlmsg_datalen (header) >= (int)sizeof (int))
    dump->error = -*(const int *)nlmsg_data (header);
  return NL_OK;
}

static struct nl_msg *
dump_request (int type, guint32 table)
{
  struct nl_msg *request = nlmsg_alloc_simple (type, NLM_F_DUMP);
  struct ifinfomsg link = { 0 };
  struct ifaddrmsg address = { .ifa_family = AF_INET };
  struct rtmsg route = { .rtm_family = AF_INET };
  struct fib_rule_hdr rule = { .family = AF_INET };

  if (request == NULL)
    g_error ("out of memory");
  if (type == RTM_GETLINK)
    {
      nlmsg_append (request, &link, sizeof link, NLMSG_ALIGNTO);
      nla_put_u32 (request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }
  else if (type == RTM_GETADDR)
    nlmsg_append (request, &address, sizeof address, NLMSG_ALIGNTO);
  else if (type == RTM_GETRULE)
    nlmsg_append (request, &rule, sizeof rule, NLMSG_ALIGNTO);
  else
    nlmsg_append (request, &route, sizeof route, NLMSG_ALIGNTO);
  if (table != 0)
    nla_put_u32 (request, RTA_TABLE, table);
  return request;
}

gboolean
cs_netlink_dump (CsNetlink *self,
                 int type,
                 guint32 table,
                 CsNetlinkFunc func,
                 gpointer user_data,
                 GError **error)
{
  Dump dump = { .func = func, .user_data = user_data };
  struct nl_msg *request = dump_request (type, table);
  struct nl_cb *original = nl_socket_get_cb (self->socket);
  struct nl_cb *callbacks = nl_cb_clone (original);
  int code;

  nl_cb_put (original);
  if (callbacks == NULL)
    g_error ("out of memory");
  nl_cb_set (callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_message, &dump);
  nl_cb_set (callbacks, NL_CB_FINISH, NL_CB_CUSTOM, on_end, &dump);
  code = nl_send_auto (self->socket, request);
  if (code >= 0)
    code = nl_recvmsgs (self->socket, callbacks);
  nl_cb_put (callbacks);
  nlmsg_free (request);

  if (code == -NLE_DUMP_INTR)
    {
      self->interrupted = TRUE;
      code = 0;
    }
  if (dump.error != 0 && !(table != 0 && dump.error == ENOENT))
    code = -nl_syserr2nlerr (dump.error);
  return cs_netlink_check (self, code, error, "Cannot read the state of the network");
}

void
cs_nl_addr_free (CsNlAddr *address)
{
  nl_addr_put (address);
}

CsNlAddr *
cs_nl_addr_new (CsCidr cidr)
{
  guint32 wire = GUINT32_TO_BE (cidr.address);
  struct nl_addr *address = nl_addr_build (AF_INET, &wire, sizeof wire);

  if (address == NULL)
    g_error ("out of memory");
  nl_addr_set_prefixlen (address, cidr.prefix);
  return address;
}
