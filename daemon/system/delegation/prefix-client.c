/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own client, as those that Debian has (dhcpcd, dhclient) are made to be the only one
 * at an interface, where NetworkManager, systemd-networkd or the user may have theirs
 * (dhcpv6-socket.c).
 *
 * What an interface had when it went counts again at once when it returns, as most
 * networks delegate the same; unless they have said so themselves within ten seconds, it
 * counts no more. Nothing is given back (RELEASE), so that whoever shares again has the
 * same prefixes again. */
#include "prefix-client.h"

#include "dhcpv6-exchange.h"
#include "duid.h"

#include "base/clock.h"
#include "base/files.h"
#include "system/netlink/netlink.h"

#include <linux/rtnetlink.h>
#include <string.h>

#define SECOND ((gint64)G_USEC_PER_SEC)
/* The best preference: no other server is waited for. */
#define BEST 255
/* Seconds: a server that says otherwise is not asked more often ... */
#define RENEW_MIN CS_DELEGATION_SHORTEST
/* ... and one that takes back what it has just offered is not asked at once. */
#define AGAIN 30
/* Nor does a clock run longer without being looked at. */
#define LOOK 3600
/* What the interface had and nobody confirms counts no longer. */
#define CONFIRM 10
/* Any other route to the same network is better, and none of those is taken away. */
#define METRIC G_MAXUINT32
/* Between two solicitations, unless a server says otherwise. */
#define SOL_MAX_RT 3600

typedef enum
{
  IDLE,
  SOLICITING, /* any server for an offer */
  REQUESTING, /* what one has offered, or does not know any more */
  BOUND,
  RENEWING,   /* by the server who has delegated it */
  REBINDING,  /* by any */
  CONFIRMING, /* likewise, as the interface may be at another network */
} State;

struct _CsPrefixClient
{
  char *path;      /* (owned) of the file */
  char *interface; /* (owned) its name */
  CsPrefixClientFunc changed;
  gpointer user_data;
  int ifindex; /* of what is asked; 0: nothing is wanted */
  State state;
  CsDhcpv6Exchange *exchange; /* (owned) (nullable) */
  CsDelegation delegation;    /* without prefixes: none */
  GArray *prefixes;           /* (owned) of CsCidr: those of it that others see */
  CsDelegation offer;         /* likewise, while soliciting or requesting */
  guint8 preference;          /* of that one's server */
  guint longest;              /* SOL_MAX_RT, seconds */
  guint timeout;              /* source, or 0 */
  guint end_timeout;          /* likewise, to when the next prefix ends */
};

static void begin (CsPrefixClient *self, State state);

static gint64
now_in_seconds (void)
{
  return cs_clock_now () / SECOND;
}

/* --- What is delegated ------------------------------------------------------------- */

static void
change_route (CsNetlink *netlink, gboolean add, CsCidr network)
{
  CsNetlinkRequest request;
  struct rtmsg *header
      = cs_netlink_begin (&request, add ? RTM_NEWROUTE : RTM_DELROUTE,
                          add ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof *header);

  header->rtm_family = AF_INET6;
  header->rtm_dst_len = network.prefix;
  header->rtm_table = RT_TABLE_MAIN;
  header->rtm_protocol = RTPROT_DHCP;
  header->rtm_type = RTN_UNREACHABLE;
  cs_netlink_put_address (&request.header, RTA_DST, network.address);
  mnl_attr_put_u32 (&request.header, RTA_PRIORITY, METRIC);
  cs_netlink_ask (netlink, &request.header, NULL, NULL);
}

/* What is delegated and on no LAN ends in an unreachable route, so that no packet goes to
 * and fro between this computer and its router (RFC 7084, WPD-5). It is there already, or
 * gone already, is no error. */
static void
change_routes (const GArray *prefixes, gboolean add)
{
  g_autoptr (CsNetlink) netlink
      = prefixes->len > 0 ? cs_netlink_open (NETLINK_ROUTE, NULL) : NULL;

  for (guint i = 0; netlink != NULL && i < prefixes->len; i++)
    change_route (netlink, add, g_array_index (prefixes, CsCidr, i));
}

static void
read_file (CsPrefixClient *self)
{
  g_autofree char *text = cs_file_read (self->path, NULL);
  CsDelegation read;

  if (text != NULL && cs_delegation_parse (text, &read))
    self->delegation = read;
}

static void
write_file (CsPrefixClient *self)
{
  g_autofree char *text = cs_delegation_print (&self->delegation);
  g_autoptr (GError) error = NULL;

  if (self->delegation.count == 0)
    cs_file_remove (self->path, NULL);
  else if (!cs_file_write (self->path, text, &error))
    g_warning ("%s", error->message);
}

static gboolean on_end (gpointer user_data);

/* Those that are valid now are the ones that others see. */
static void
update (CsPrefixClient *self)
{
  g_autoptr (GArray) before = self->prefixes;
  gint64 now = now_in_seconds ();
  gint64 end = cs_delegation_get_next_end (&self->delegation, now);

  g_clear_handle_id (&self->end_timeout, g_source_remove);
  if (end != G_MAXINT64)
    self->end_timeout
        = g_timeout_add_seconds ((guint)MIN (end - now, LOOK), on_end, self);
  self->prefixes = cs_delegation_list (&self->delegation, now);
  if (cs_cidrs_equal (before, self->prefixes))
    return;
  change_routes (before, FALSE);
  change_routes (self->prefixes, TRUE);
  g_message ("%s: %s", self->interface,
             self->prefixes->len > 0 ? "IPv6 prefixes are delegated"
                                     : "no IPv6 prefixes are delegated any more");
  self->changed (self->user_data);
}

static void
set_delegation (CsPrefixClient *self, const CsDelegation *delegation)
{
  self->delegation = *delegation;
  write_file (self);
  update (self);
}

/* --- In time ---------------------------------------------------------------------- */

static void
start_anew (CsPrefixClient *self)
{
  const CsDelegation none = { 0 };

  set_delegation (self, &none);
  begin (self, SOLICITING);
}

static gboolean
has_ended (const CsPrefixClient *self)
{
  return self->delegation.count > 0
         && now_in_seconds () >= cs_delegation_get_end (&self->delegation);
}

/* Whatever is being asked for at the moment, and however late a server wants that. */
static gboolean
on_end (gpointer user_data)
{
  CsPrefixClient *self = user_data;

  self->end_timeout = 0;
  if (has_ended (self))
    start_anew (self);
  else
    update (self);
  return G_SOURCE_REMOVE;
}

static gboolean on_timeout (gpointer user_data);

static void
wait_for (CsPrefixClient *self, gint64 seconds)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout
      = g_timeout_add_seconds ((guint)CLAMP (seconds, 1, LOOK), on_timeout, self);
}

static gint64
renewal_of (const CsDelegation *delegation)
{
  return delegation->renew == CS_LIFETIME_INFINITE
             ? G_MAXINT64
             : delegation->since + MAX (delegation->renew, RENEW_MIN);
}

static gint64
rebinding_of (const CsDelegation *delegation)
{
  return delegation->rebind == CS_LIFETIME_INFINITE
             ? G_MAXINT64
             : delegation->since + MAX (delegation->rebind, RENEW_MIN);
}

/* Does what is due of what the interface has, or waits until it is. */
static void
look (CsPrefixClient *self)
{
  const CsDelegation *delegation = &self->delegation;
  gint64 now = now_in_seconds ();

  if (now >= cs_delegation_get_end (delegation))
    start_anew (self);
  else if (now >= rebinding_of (delegation))
    begin (self, REBINDING);
  else if (now >= renewal_of (delegation))
    begin (self, RENEWING);
  else
    wait_for (self, MIN (renewal_of (delegation) - now, LOOK));
}

static gboolean
on_timeout (gpointer user_data)
{
  CsPrefixClient *self = user_data;

  self->timeout = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
rest (CsPrefixClient *self, State state, gint64 seconds)
{
  g_clear_pointer (&self->exchange, cs_dhcpv6_exchange_free);
  self->state = state;
  wait_for (self, seconds);
}

/* --- What servers say -------------------------------------------------------------- */

static void
bind_to (CsPrefixClient *self, const CsDhcpv6Reply *reply)
{
  CsDelegation delegation = reply->delegation;

  delegation.since = now_in_seconds ();
  rest (self, BOUND, MIN (renewal_of (&delegation) - delegation.since, LOOK));
  set_delegation (self, &delegation);
}

/* @count: of the solicitation, which more than one server may hear. */
static void
take_advertisement (CsPrefixClient *self, const CsDhcpv6Reply *reply, guint count)
{
  if (reply->delegation.count == 0
      || (self->offer.count > 0 && reply->preference <= self->preference))
    return;
  self->offer = reply->delegation;
  self->preference = reply->preference;
  if (count > 1 || reply->preference == BEST)
    begin (self, REQUESTING);
}

/* A server of this network has lost what it had delegated: it may delegate it again. */
static void
request_again (CsPrefixClient *self, const CsDhcpv6Reply *reply)
{
  self->offer = self->delegation;
  self->offer.server = reply->delegation.server;
  begin (self, REQUESTING);
}

/* Which is as good as no reply: a server that has failed, or one that has left out what
 * it was asked for (RFC 8415, section 18.2.10). */
static gboolean
says_nothing (const CsDhcpv6Reply *reply)
{
  return reply->status == CS_DHCPV6_UNSPECIFIED
         || (reply->status == CS_DHCPV6_SUCCESS && !reply->answers);
}

static void
take_reply (CsPrefixClient *self, const CsDhcpv6Reply *reply)
{
  const CsDelegation none = { 0 };

  if (reply->delegation.count > 0)
    bind_to (self, reply);
  else if (says_nothing (reply))
    return;
  else if (reply->status == CS_DHCPV6_NO_BINDING && self->state != REQUESTING)
    request_again (self, reply);
  else if (self->state != REQUESTING)
    start_anew (self);
  else
    {
      rest (self, IDLE, AGAIN);
      set_delegation (self, &none);
    }
}

static void
on_replied (const CsDhcpv6Reply *reply, guint count, gpointer user_data)
{
  CsPrefixClient *self = user_data;

  if (reply->longest > 0)
    {
      self->longest = reply->longest;
      if (self->state == SOLICITING)
        cs_dhcpv6_exchange_set_longest (self->exchange, self->longest);
    }
  if (self->state != SOLICITING && reply->type == CS_DHCPV6_REPLY)
    take_reply (self, reply);
  else if (self->state == SOLICITING && reply->type == CS_DHCPV6_ADVERTISE)
    take_advertisement (self, reply, count);
  else if (self->state == SOLICITING && reply->rapid && reply->delegation.count > 0)
    bind_to (self, reply);
}

static gboolean
on_waited (gpointer user_data)
{
  CsPrefixClient *self = user_data;

  if (self->state != SOLICITING || self->offer.count == 0)
    return TRUE;
  begin (self, REQUESTING);
  return FALSE;
}

static void
on_failed (gpointer user_data)
{
  CsPrefixClient *self = user_data;

  if (self->state == RENEWING)
    begin (self, REBINDING);
  else
    start_anew (self);
}

/* --- What is asked ---------------------------------------------------------------- */

/* RFC 8415, section 7.6; a REBIND for another network's sake as its CONFIRM, 18.2.12. */
static CsDhcpv6Times
times_of (const CsPrefixClient *self, State state)
{
  const CsDelegation *delegation = &self->delegation;
  gboolean has_any = delegation->count > 0;
  gint64 now = now_in_seconds ();
  gint64 left = MIN (state == RENEWING ? rebinding_of (delegation) : G_MAXINT64,
                     cs_delegation_get_end (delegation));
  guint in_all = left == G_MAXINT64 ? 0 : (guint)CLAMP (left - now, 1, G_MAXINT32);

  if (state == SOLICITING)
    return (CsDhcpv6Times){ .first = 1, .longest = self->longest };
  if (state == REQUESTING)
    return (CsDhcpv6Times){
      .first = 1, .longest = 30, .times = 10, .in_all = has_any ? CONFIRM : 0
    };
  if (state == CONFIRMING)
    return (CsDhcpv6Times){ .first = 1, .longest = 4, .in_all = CONFIRM };
  return (CsDhcpv6Times){ .first = 10, .longest = 600, .in_all = in_all };
}

/* The IAID, which tells the interfaces of this computer from each other. */
static void
begin (CsPrefixClient *self, State state)
{
  static const CsDhcpv6Type types[] = { [SOLICITING] = CS_DHCPV6_SOLICIT,
                                        [REQUESTING] = CS_DHCPV6_REQUEST,
                                        [RENEWING] = CS_DHCPV6_RENEW,
                                        [REBINDING] = CS_DHCPV6_REBIND,
                                        [CONFIRMING] = CS_DHCPV6_REBIND };
  const CsDhcpv6ExchangeCalls calls = { on_replied, on_waited, on_failed };
  const CsDhcpv6Times times = times_of (self, state);
  const CsDhcpv6Request request
      = { .type = types[state],
          .client = cs_duid_get_own (),
          .association = g_str_hash (self->interface),
          .delegation = state == REQUESTING ? &self->offer : &self->delegation };

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->exchange, cs_dhcpv6_exchange_free);
  self->state = state;
  if (state == SOLICITING)
    self->offer.count = 0;
  self->exchange
      = cs_dhcpv6_exchange_new (self->interface, &request, &times, &calls, self);
}

/* What a server of another network said of solicitations does not count here. */
static void
start (CsPrefixClient *self)
{
  self->longest = SOL_MAX_RT;
  if (now_in_seconds () >= cs_delegation_get_end (&self->delegation))
    {
      start_anew (self);
      return;
    }
  update (self);
  change_routes (self->prefixes, TRUE);
  begin (self, CONFIRMING);
}

static void
stop (CsPrefixClient *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_handle_id (&self->end_timeout, g_source_remove);
  g_clear_pointer (&self->exchange, cs_dhcpv6_exchange_free);
  self->state = IDLE;
  change_routes (self->prefixes, FALSE);
}

/* What is due after a sleep of the computer is done when that is over, which is news. An
 * interface in place of another may be at another network, and sockets do not move to it.
 */
void
cs_prefix_client_set_wanted (CsPrefixClient *self, int ifindex)
{
  gboolean same = ifindex == self->ifindex;

  self->ifindex = ifindex;
  if (!same || ifindex == 0)
    stop (self);
  if (!same && ifindex != 0)
    start (self);
  else if (ifindex != 0 && (self->state == BOUND || has_ended (self)))
    look (self);
}

const GArray *
cs_prefix_client_get_prefixes (const CsPrefixClient *self)
{
  return self->prefixes;
}

CsPrefixClient *
cs_prefix_client_new (const char *folder,
                      const char *interface,
                      CsPrefixClientFunc changed,
                      gpointer user_data)
{
  CsPrefixClient *self = g_new0 (CsPrefixClient, 1);

  self->path = g_strconcat (folder, "/", interface, CS_PREFIX_CLIENT_FILE, NULL);
  self->interface = g_strdup (interface);
  self->changed = changed;
  self->user_data = user_data;
  self->longest = SOL_MAX_RT;
  read_file (self);
  self->prefixes = cs_delegation_list (&self->delegation, now_in_seconds ());
  return self;
}

void
cs_prefix_client_free (CsPrefixClient *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_handle_id (&self->end_timeout, g_source_remove);
  g_clear_pointer (&self->exchange, cs_dhcpv6_exchange_free);
  g_array_unref (self->prefixes);
  g_free (self->path);
  g_free (self->interface);
  g_free (self);
}
