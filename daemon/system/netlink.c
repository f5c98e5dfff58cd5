/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests go out with strict checking, so that the kernel itself filters a dump, and
 * with extended acknowledgements, so that a refusal comes with a sentence. Messages are
 * parsed by hand into plain values: libnl's caches would make several objects of each. */
#include "netlink.h"

#include "dbus/errors.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
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
  if (!cs_netlink_check (self, code, error, "Cannot talk to the kernel's network part"))
    return NULL;
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

static gboolean
parse (const struct nlmsghdr *message,
       int family_size,
       struct nlattr **attributes,
       int max,
       const struct nla_policy *policy)
{
  /* libnl reads only, but does not say so */
  return nlmsg_parse ((struct nlmsghdr *)message, family_size, attributes, max, policy)
         >= 0;
}

static guint32
get_u32 (const struct nlattr *attribute, guint32 otherwise)
{
  return attribute == NULL ? otherwise : nla_get_u32 (attribute);
}

static guint32
get_ipv4 (const struct nlattr *attribute)
{
  return GUINT32_FROM_BE (get_u32 (attribute, 0));
}

/* net.ipv4.conf.NAME.* as the array of the kernel's enum, which starts at 1. */
static void
parse_devconf (const struct nlattr *af_spec, CsLink *link)
{
  const struct nlattr *inet = NULL, *conf = NULL;
  const gint32 *values;
  int count;

  if (af_spec != NULL)
    inet = nla_find (nla_data (af_spec), nla_len (af_spec), AF_INET);
  if (inet != NULL)
    conf = nla_find (nla_data (inet), nla_len (inet), IFLA_INET_CONF);
  if (conf == NULL)
    return;
  values = nla_data (conf);
  count = nla_len (conf) / (int)sizeof *values;
  if (count >= IPV4_DEVCONF_FORWARDING)
    link->forwarding = values[IPV4_DEVCONF_FORWARDING - 1];
  if (count >= IPV4_DEVCONF_RP_FILTER)
    link->rp_filter = values[IPV4_DEVCONF_RP_FILTER - 1];
}

gboolean
cs_netlink_parse_link (const struct nlmsghdr *message, CsLink *link)
{
  static const struct nla_policy policy[IFLA_MAX + 1] = {
    [IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
    [IFLA_MTU] = { .type = NLA_U32 },
    [IFLA_MASTER] = { .type = NLA_U32 },
  };
  struct nlattr *attributes[IFLA_MAX + 1];
  const struct ifinfomsg *info = nlmsg_data (message);
  const struct nlattr *kind = NULL, *link_info;

  /* wireless extensions send scan results and the like as links without properties */
  if ((message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
      || !parse (message, sizeof *info, attributes, IFLA_MAX, policy)
      || info->ifi_family != AF_UNSPEC || attributes[IFLA_IFNAME] == NULL
      || attributes[IFLA_WIRELESS] != NULL)
    return FALSE;
  *link = (CsLink){ .ifindex = info->ifi_index,
                    .flags = info->ifi_flags,
                    .type = info->ifi_type,
                    .mtu = get_u32 (attributes[IFLA_MTU], 0),
                    .master = (int)get_u32 (attributes[IFLA_MASTER], 0),
                    .forwarding = -1,
                    .rp_filter = -1 };
  nla_strlcpy (link->name, attributes[IFLA_IFNAME], sizeof link->name);
  link_info = attributes[IFLA_LINKINFO];
  if (link_info != NULL)
    kind = nla_find (nla_data (link_info), nla_len (link_info), IFLA_INFO_KIND);
  if (kind != NULL)
    nla_strlcpy (link->info_kind, kind, sizeof link->info_kind);
  parse_devconf (attributes[IFLA_AF_SPEC], link);
  return TRUE;
}

gboolean
cs_netlink_parse_address (const struct nlmsghdr *message,
                          int *ifindex,
                          CsAddress *address)
{
  static const struct nla_policy policy[IFA_MAX + 1] = {
    [IFA_ADDRESS] = { .minlen = sizeof (guint32) },
    [IFA_LOCAL] = { .minlen = sizeof (guint32) },
  };
  struct nlattr *attributes[IFA_MAX + 1];
  const struct ifaddrmsg *info = nlmsg_data (message);
  guint32 local, peer;

  if ((message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR)
      || !parse (message, sizeof *info, attributes, IFA_MAX, policy)
      || info->ifa_family != AF_INET || info->ifa_prefixlen > 32)
    return FALSE;
  peer = get_ipv4 (attributes[IFA_ADDRESS]);
  local = attributes[IFA_LOCAL] != NULL ? get_ipv4 (attributes[IFA_LOCAL]) : peer;
  *ifindex = (int)info->ifa_index;
  *address = (CsAddress){ .local = { local, info->ifa_prefixlen },
                          .peer = peer == local ? 0 : peer };
  return TRUE;
}

/* Of a route with several next hops, the first. */
static void
parse_nexthop (const struct nlattr *multipath, CsRoute *route)
{
  const struct rtnexthop *hop = nla_data (multipath);
  const struct nlattr *gateway;
  size_t length = (size_t)nla_len (multipath);

  if (!RTNH_OK (hop, length))
    return;
  route->ifindex = hop->rtnh_ifindex;
  route->onlink = (hop->rtnh_flags & RTNH_F_ONLINK) != 0;
  gateway = nla_find ((const struct nlattr *)RTNH_DATA (hop),
                      (int)(hop->rtnh_len - RTNH_LENGTH (0)), RTA_GATEWAY);
  if (gateway != NULL && nla_len (gateway) >= (int)sizeof (guint32))
    route->gateway = get_ipv4 (gateway);
}

gboolean
cs_netlink_parse_route (const struct nlmsghdr *message, CsRoute *route)
{
  static const struct nla_policy policy[RTA_MAX + 1] = {
    [RTA_DST] = { .minlen = sizeof (guint32) },
    [RTA_GATEWAY] = { .minlen = sizeof (guint32) },
    [RTA_PREFSRC] = { .minlen = sizeof (guint32) },
    [RTA_PRIORITY] = { .type = NLA_U32 },
    [RTA_OIF] = { .type = NLA_U32 },
    [RTA_TABLE] = { .type = NLA_U32 },
  };
  struct nlattr *attributes[RTA_MAX + 1];
  const struct rtmsg *info = nlmsg_data (message);

  if ((message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE)
      || !parse (message, sizeof *info, attributes, RTA_MAX, policy)
      || info->rtm_family != AF_INET || info->rtm_dst_len > 32
      || (info->rtm_flags & RTM_F_CLONED) != 0 || attributes[RTA_VIA] != NULL)
    return FALSE;
  *route = (CsRoute){
    .destination = { get_ipv4 (attributes[RTA_DST]), info->rtm_dst_len },
    .gateway = get_ipv4 (attributes[RTA_GATEWAY]),
    .source = get_ipv4 (attributes[RTA_PREFSRC]),
    .metric = get_u32 (attributes[RTA_PRIORITY], 0),
    .ifindex = (int)get_u32 (attributes[RTA_OIF], 0),
    .table = get_u32 (attributes[RTA_TABLE], info->rtm_table),
    .unicast = info->rtm_type == RTN_UNICAST,
    .onlink = (info->rtm_flags & RTNH_F_ONLINK) != 0,
  };
  if (attributes[RTA_MULTIPATH] != NULL)
    parse_nexthop (attributes[RTA_MULTIPATH], route);
  return TRUE;
}

gboolean
cs_netlink_parse_rule (const struct nlmsghdr *message, CsRule *rule)
{
  static const struct nla_policy policy[FRA_MAX + 1] = {
    [FRA_IIFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
    [FRA_OIFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
    [FRA_PROTOCOL] = { .type = NLA_U8 },
    [FRA_PRIORITY] = { .type = NLA_U32 },
    [FRA_TABLE] = { .type = NLA_U32 },
  };
  struct nlattr *attributes[FRA_MAX + 1];
  const struct fib_rule_hdr *info = nlmsg_data (message);

  if ((message->nlmsg_type != RTM_NEWRULE && message->nlmsg_type != RTM_DELRULE)
      || !parse (message, sizeof *info, attributes, FRA_MAX, policy)
      || info->family != AF_INET)
    return FALSE;
  *rule = (CsRule){ .priority = get_u32 (attributes[FRA_PRIORITY], 0) };
  if (attributes[FRA_IIFNAME] != NULL)
    nla_strlcpy (rule->iif, attributes[FRA_IIFNAME], sizeof rule->iif);
  if (attributes[FRA_OIFNAME] != NULL)
    nla_strlcpy (rule->oif, attributes[FRA_OIFNAME], sizeof rule->oif);
  if (attributes[FRA_PROTOCOL] != NULL)
    rule->protocol = nla_get_u8 (attributes[FRA_PROTOCOL]);
  if (info->action == FR_ACT_TO_TBL)
    rule->table = get_u32 (attributes[FRA_TABLE], info->table);
  return TRUE;
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
