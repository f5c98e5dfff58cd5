/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests, announcements and attributes, on the kernel of a network of its own. */
#include "system/netlink/genl.h"
#include "system/netlink/link.h"
#include "system/netlink/rtnetlink.h"

#include "private-net.h"

#include <errno.h>
#include <linux/genetlink.h>

static CsNetlink *
must_open (int protocol)
{
  g_autoptr (GError) error = NULL;
  CsNetlink *netlink = cs_netlink_open (protocol, &error);

  g_assert_no_error (error);
  return netlink;
}

/* An unreachable route, or one by a gateway that nothing leads to. */
static void
build_route (CsNetlinkRequest *request, guint8 last, gboolean by_gateway)
{
  const CsAddress destination = CS_IPV4 (192, 0, 2, last);
  const CsAddress gateway = CS_IPV4 (203, 0, 113, 1);
  struct rtmsg *header
      = cs_netlink_begin (request, RTM_NEWROUTE, NLM_F_CREATE, sizeof *header);

  header->rtm_family = AF_INET;
  header->rtm_dst_len = 32;
  header->rtm_table = RT_TABLE_MAIN;
  header->rtm_type = by_gateway ? RTN_UNICAST : RTN_UNREACHABLE;
  cs_netlink_put_address (&request->header, RTA_DST, destination);
  if (by_gateway)
    cs_netlink_put_address (&request->header, RTA_GATEWAY, gateway);
}

static void
count (const struct nlmsghdr *message, gpointer user_data)
{
  (*(guint *)user_data)++;
}

/* --- Requests -------------------------------------------------------------------- */

static void
test_refusal (void)
{
  g_autoptr (CsNetlink) netlink = must_open (NETLINK_ROUTE);
  g_autoptr (GError) error = NULL;
  CsNetlinkRequest request;
  int failure;

  build_route (&request, 1, TRUE);
  failure = cs_netlink_ask (netlink, &request.header, NULL, NULL);
  g_assert_cmpint (failure, ==, ENETUNREACH);
  g_assert_false (cs_netlink_check (netlink, failure, &error, "Cannot add %d", 1));
  g_assert_cmpstr (error->message, ==, "Cannot add 1: Nexthop has invalid gateway");
  g_assert_false (netlink->failed);
  build_route (&request, 1, FALSE);
  g_assert_cmpint (cs_netlink_ask (netlink, &request.header, NULL, NULL), ==, 0);
  g_assert_null (netlink->words);
}

static void
test_several (void)
{
  static const int expected[] = { 0, ENETUNREACH, 0 };
  g_autoptr (CsNetlink) netlink = must_open (NETLINK_ROUTE);
  CsNetlinkRequest built[G_N_ELEMENTS (expected)];
  struct nlmsghdr *requests[G_N_ELEMENTS (expected)];

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      build_route (&built[i], (guint8)(10 + i), expected[i] != 0);
      requests[i] = &built[i].header;
    }
  g_assert_cmpint (cs_netlink_send (netlink, requests, G_N_ELEMENTS (expected)), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (cs_netlink_receive (netlink, requests[i], NULL, NULL), ==,
                     expected[i]);
}

/* What is left of an answer that nobody has waited for belongs to no other. */
static void
test_left_over (void)
{
  g_autoptr (CsNetlink) netlink = must_open (NETLINK_ROUTE);
  CsNetlinkRequest refused, fine;
  struct nlmsghdr *request = &refused.header;

  build_route (&refused, 20, TRUE);
  build_route (&fine, 21, FALSE);
  g_assert_cmpint (cs_netlink_send (netlink, &request, 1), ==, 0);
  g_assert_cmpint (cs_netlink_ask (netlink, &fine.header, NULL, NULL), ==, 0);
}

static void
test_dump (void)
{
  g_autoptr (CsNetlink) netlink = must_open (NETLINK_ROUTE);
  g_autoptr (GError) error = NULL;
  guint links = 0, routes = 0;

  g_assert_true (
      cs_rtnetlink_dump (netlink, RTM_GETLINK, AF_UNSPEC, 0, count, &links, &error));
  g_assert_cmpuint (links, ==, 3);
  /* there is no such table */
  g_assert_true (
      cs_rtnetlink_dump (netlink, RTM_GETROUTE, AF_INET, 4711, count, &routes, &error));
  g_assert_cmpuint (routes, ==, 0);
  g_assert_no_error (error);
}

static void
count_news (gpointer user_data)
{
  ++*(guint *)user_data;
}

static void
on_family (const struct nlmsghdr *message, gpointer user_data)
{
  *(guint16 *)user_data = message->nlmsg_type;
}

static void
test_genl (void)
{
  static const char *const groups[] = { "nowhere", "notify", NULL };
  guint news = 0;
  guint16 family = 0;
  g_autoptr (CsGenl) genl = cs_genl_new ("nlctrl", groups, count_news, &news);
  g_autoptr (CsGenl) none = cs_genl_new ("no-family", groups, count_news, &news);
  CsNetlinkRequest request;

  g_assert_false (cs_genl_hear (genl, NULL, NULL)); /* nobody listens */
  g_assert_true (cs_genl_open (genl));
  g_assert_true (cs_genl_hear (genl, NULL, NULL));
  cs_genl_begin (genl, &request, CTRL_CMD_GETFAMILY, 0);
  mnl_attr_put_strz (&request.header, CTRL_ATTR_FAMILY_NAME, "nlctrl");
  g_assert_cmpint (cs_genl_ask (genl, &request, on_family, &family), ==, 0);
  g_assert_cmpuint (family, ==, GENL_ID_CTRL);
  g_assert_false (cs_genl_open (none));
  g_assert_cmpuint (news, ==, 0);
}

/* --- Announcements --------------------------------------------------------------- */

static void
switch_link (CsNetlink *netlink, guint times)
{
  int ifindex = (int)if_nametoindex ("lan0");

  for (guint i = 0; i < times; i++)
    g_assert_true (cs_link_switch (netlink, ifindex, "lan0", i % 2 == 0, NULL));
}

static void
test_announcements (void)
{
  static const int groups[] = { RTNLGRP_LINK, 0 };
  g_autoptr (CsNetlink) netlink = must_open (NETLINK_ROUTE);
  g_autoptr (CsNetlink) events = cs_netlink_listen (NETLINK_ROUTE, groups, NULL);
  int size = 4096, socket = mnl_socket_get_fd (events->socket);
  guint heard = 0;

  g_assert_true (cs_netlink_hear (events, count, &heard));
  g_assert_cmpuint (heard, ==, 0);
  switch_link (netlink, 2);
  g_assert_true (cs_netlink_hear (events, count, &heard));
  g_assert_cmpuint (heard, >=, 2);
  g_assert_cmpint (setsockopt (socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), ==, 0);
  switch_link (netlink, 100);
  g_assert_false (cs_netlink_hear (events, NULL, NULL));
  g_assert_true (cs_netlink_hear (events, NULL, NULL));
}

/* --- Attributes ------------------------------------------------------------------ */

static void
test_attributes (void)
{
  static const guint8 sizes[] = { 0, 4, 0, 0 };
  const struct nlattr *table[G_N_ELEMENTS (sizes)];
  CsNetlinkRequest message;
  struct nlattr *nest;
  char text[4];

  cs_netlink_begin (&message, NLMSG_MIN_TYPE, 0, 4);
  g_assert_false (cs_netlink_parse (&message.header, 8, sizes, table, 3));
  mnl_attr_put_u32 (&message.header, 1, 7);
  nest = mnl_attr_nest_start (&message.header, 3);
  mnl_attr_put_strz (&message.header, 5, "bridge");
  mnl_attr_nest_end (&message.header, nest);
  mnl_attr_put_u8 (&message.header, 9, 0); /* newer than we are */
  g_assert_true (cs_netlink_parse (&message.header, 4, sizes, table, 3));
  g_assert_cmpuint (cs_netlink_get_u32 (table[1], 1), ==, 7);
  g_assert_cmpuint (cs_netlink_get_u32 (table[2], 1), ==, 1);
  cs_netlink_get_text (cs_netlink_find (table[3], 5), text, sizeof text);
  g_assert_cmpstr (text, ==, "bri");
  cs_netlink_get_text (cs_netlink_find (table[2], 5), text, sizeof text);
  g_assert_cmpstr (text, ==, "");
  mnl_attr_put_u16 (&message.header, 1, 7); /* too short */
  g_assert_false (cs_netlink_parse (&message.header, 4, sizes, table, 3));
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  private_net_ip_batch ("link add lan0 type veth peer name far0\nlink set lo up\n");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/netlink/failure", test_refusal);
  g_test_add_func ("/netlink/several", test_several);
  g_test_add_func ("/netlink/left-over", test_left_over);
  g_test_add_func ("/netlink/dump", test_dump);
  g_test_add_func ("/netlink/genl", test_genl);
  g_test_add_func ("/netlink/announcements", test_announcements);
  g_test_add_func ("/netlink/attributes", test_attributes);
  return g_test_run ();
}
