/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one way to the kernel over netlink, on libmnl: a socket for queries and changes,
 * which the kernel answers within the call, so that nothing here waits; a socket for what
 * it announces; and the attributes of messages. What each family of messages means is
 * defined elsewhere: rtnetlink.h, and in nft/, routing/conntrack, process/ and
 * watch/wiphy. */
#pragma once

#include "core/value/address.h"

#include <libmnl/libmnl.h>

typedef struct
{
  struct mnl_socket *socket; /* (owned) */
  guint32 sequence;          /* of the last request */
  gboolean failed;           /* the socket, so that something may be left to read */
  char *words;               /* (owned) (nullable) the kernel's, about its last failure */
  gboolean interrupted;      /* something changed during a dump since this was last
                                cleared: a message may be missing or twice */
} CsNetlink;

/* @protocol is NETLINK_ROUTE, NETLINK_NETFILTER, ... */
CsNetlink *cs_netlink_open (int protocol, GError **error);
/* The socket for requests that is kept at @kept (nullable): opened where there is none,
 * or none that still works. NULL, and @errno: there cannot be one. */
CsNetlink *cs_netlink_renew (CsNetlink **kept, int protocol);
/* A socket that gets what the kernel announces to @groups (0-terminated). */
CsNetlink *cs_netlink_listen (int protocol, const int *groups, GError **error);
gboolean cs_netlink_join (CsNetlink *self, int group);
void cs_netlink_close (CsNetlink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNetlink, cs_netlink_close)

/* --- Requests -------------------------------------------------------------------- */

/* One request; it is less than a page. */
typedef union
{
  struct nlmsghdr header;
  char buffer[4096];
} CsNetlinkRequest;

/* Begins a request of @type: returns the family's own header, @size bytes of zero. */
gpointer
cs_netlink_begin (CsNetlinkRequest *request, guint16 type, guint16 flags, gsize size);

typedef void (*CsNetlinkFunc) (const struct nlmsghdr *message, gpointer user_data);

/* Sends @request and calls @func (nullable) for each message of the answer. Returns 0 or
 * a positive errno, the kernel's or the socket's. */
int cs_netlink_ask (CsNetlink *self,
                    struct nlmsghdr *request,
                    CsNetlinkFunc func,
                    gpointer user_data);
/* The same in two halves: sends @count requests at once; and takes the answer to one of
 * them, in their order. */
int cs_netlink_send (CsNetlink *self, struct nlmsghdr *const *requests, guint count);
int cs_netlink_receive (CsNetlink *self,
                        const struct nlmsghdr *request,
                        CsNetlinkFunc func,
                        gpointer user_data);

/* TRUE if @code, which one of these has just returned, is 0. Otherwise sets
 * CS_ERROR_FAILED: the text of @format ("cannot add the route X"), a colon, and why. */
gboolean
cs_netlink_check (CsNetlink *self, int code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* --- Announcements --------------------------------------------------------------- */

/* Calls @func (nullable) for each message that has come since, up to a thousand packets.
 * FALSE: some were lost. */
gboolean cs_netlink_hear (CsNetlink *self, CsNetlinkFunc func, gpointer user_data);

/* --- Attributes ------------------------------------------------------------------ */

/* Calls @func for each complete message in the @size bytes at @buffer. */
void
cs_netlink_walk (const void *buffer, gsize size, CsNetlinkFunc func, gpointer user_data);

/* Sorts the attributes of @message, behind a header of @header_size bytes, by their types
 * into @table, which has @max + 1 entries like @sizes. FALSE: that header is incomplete,
 * or an attribute is shorter than @sizes requires. */
gboolean cs_netlink_parse (const struct nlmsghdr *message,
                           gsize header_size,
                           const guint8 *sizes,
                           const struct nlattr **table,
                           guint max);
/* The first attribute of @type in @nest; both nullable. */
const struct nlattr *cs_netlink_find (const struct nlattr *nest, guint16 type);
/* Of @family; unset if the kernel did not send one. */
CsAddress cs_netlink_get_address (int family, const struct nlattr *attribute);
void cs_netlink_put_address (struct nlmsghdr *request, guint16 type, CsAddress address);
guint32 cs_netlink_get_u32 (const struct nlattr *attribute, guint32 otherwise);
/* What does not fit into the @size bytes at @text is cut off. */
void cs_netlink_get_text (const struct nlattr *attribute, char *text, gsize size);
