/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LAN's address by rtnetlink. */
#include "system/lan/lan-address.h"

#include "private-net.h"
#include "step-call.h"

#define ADDRESSES "ip -o -4 address show lan0 | sed 's/^[^i]*inet/inet/; s/\\\\.*//'"
#define STATE     "cat /sys/class/net/lan0/flags"
#define UP        "0x1003"
#define DOWN      "0x1002"
#define OURS      "inet 192.168.137.1/24 brd 192.168.137.255 scope global lan0"

static void
set_up (void)
{
  add_link ("lan0");
}

static void
tear_down (void)
{
  private_net_ip ("link del lan0");
}

static void
must_apply (const CsSharePlan *from, const CsSharePlan *to)
{
  g_autoptr (GError) error = NULL;
  gboolean done = cs_lan_address_apply (from, to, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static void
test_start_and_end (void)
{
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  must_apply (NULL, share);
  assert_shell ("start", ADDRESSES, OURS);
  assert_shell ("start", "ip -4 route show dev lan0",
                "192.168.137.0/24 proto kernel scope link src 192.168.137.1");
  must_apply (NULL, share);
  must_apply (share, share);
  assert_shell ("again", ADDRESSES, OURS);
  must_apply (share, NULL);
  assert_shell ("end", ADDRESSES, "");
  must_apply (share, NULL);
  assert_shell ("end", STATE, UP);
  tear_down ();
}

static void
test_switched_off (void)
{
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  private_net_ip ("link set lan0 down");
  share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  share->found_link_down = TRUE;
  must_apply (NULL, share);
  assert_shell ("start", STATE, UP);
  assert_shell ("start", ADDRESSES, OURS);
  must_apply (share, NULL);
  assert_shell ("end", STATE, DOWN);
  assert_shell ("end", ADDRESSES, "");
  tear_down ();
}

static void
test_was_there (void)
{
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  private_net_ip ("address add 192.168.137.1/24 brd + dev lan0");
  share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  share->found_address = TRUE;
  must_apply (NULL, share);
  must_apply (share, NULL);
  assert_shell ("end", ADDRESSES, OURS);
  tear_down ();
}

/* In the same network, where the kernel would take the new with the old. */
static void
test_change (gconstpointer data)
{
  const char *address = data;
  g_autoptr (CsSharePlan) before = NULL;
  g_autoptr (CsSharePlan) after = NULL;
  g_autofree char *command = g_strdup_printf (ADDRESSES " | cut -d ' ' -f 2");

  set_up ();
  before = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  after = share_new ("lan0", NULL, address, 13700);
  must_apply (NULL, before);
  must_apply (before, after);
  assert_shell (address, command, address);
  must_apply (after, before);
  assert_shell ("undone", command, "192.168.137.1/24");
  tear_down ();
}

/* The device was unplugged, and another has its name. */
static void
test_new_device (void)
{
  g_autoptr (CsSharePlan) before = NULL;
  g_autoptr (CsSharePlan) after = NULL;

  set_up ();
  before = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  must_apply (NULL, before);
  tear_down ();
  set_up ();
  after = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  must_apply (before, after);
  assert_shell ("new device", ADDRESSES, OURS);
  tear_down ();
  must_apply (after, NULL);
}

static void
test_refused (void)
{
  g_autoptr (CsSharePlan) share = share_new ("lan7", NULL, "192.168.137.1/24", 13700);
  g_autoptr (GError) error = NULL;

  share->lan_ifindex = 9999;
  g_assert_false (cs_lan_address_apply (NULL, share, &error));
  g_assert_cmpstr (
      error->message, ==,
      "cannot add the address 192.168.137.1/24 to \"lan7\": ipv4: Device not found");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_test_add_func ("/lan-address/start and end", test_start_and_end);
  g_test_add_func ("/lan-address/switched off", test_switched_off);
  g_test_add_func ("/lan-address/was there", test_was_there);
  g_test_add_data_func ("/lan-address/change", "10.137.0.1/24", test_change);
  g_test_add_data_func ("/lan-address/change in the network", "192.168.137.9/24",
                        test_change);
  g_test_add_func ("/lan-address/new device", test_new_device);
  g_test_add_func ("/lan-address/refused", test_refused);
  return g_test_run ();
}
