/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "conntrack": which of the kernel's flows it forgets, in a network of its own.
 */
#include "system/conntrack.h"

#include "private-net.h"
#include "step-call.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>

typedef enum
{
  NOTHING, /* no share */
  WAITING,
  PPP0,
  PPP0_AGAIN, /* redialled: another ifindex, and another address */
  WLAN0,      /* with two addresses */
  BEHIND,     /* by ppp0, with a second network behind the LAN */
} Kind;

/* Flows of UDP: "SOURCE>DESTINATION<ADDRESS", the address that answers come to. */
#define VIA_PPP0     "192.168.137.10>198.51.100.1<203.0.113.10"
#define VIA_AGAIN    "192.168.137.10>198.51.100.1<203.0.113.11"
#define VIA_WLAN0    "192.168.137.10>198.51.100.1<192.0.2.2"
#define VIA_WLAN0_2  "192.168.137.11>198.51.100.1<192.0.2.3"
#define NOT_MASKED   "192.168.137.10>198.51.100.1<192.168.137.10"
#define TO_GATEWAY   "192.168.137.10>192.168.137.1<192.168.137.10"
#define OTHER_CLIENT "192.168.138.10>198.51.100.1<203.0.113.10"
#define OWN          "203.0.113.10>198.51.100.1<203.0.113.10"
#define TO_CLIENT    "198.51.100.9>192.168.137.10<198.51.100.9"
#define BEHIND_LAN   "10.7.0.9>198.51.100.1<203.0.113.10"

typedef struct
{
  const char *name;
  Kind from, to;
  const char *before; /* flows, " " between */
  const char *after;
} Case;

static const Case cases[] = {
  { "begins", NOTHING, PPP0, NOT_MASKED " " OWN, OWN },
  { "begins, adopted", NOTHING, PPP0, VIA_PPP0 " " OWN, VIA_PPP0 " " OWN },
  { "same", PPP0, PPP0, VIA_PPP0 " " NOT_MASKED, VIA_PPP0 " " NOT_MASKED },
  { "better", PPP0, WLAN0, VIA_PPP0 " " VIA_WLAN0 " " VIA_WLAN0_2,
    VIA_WLAN0 " " VIA_WLAN0_2 },
  { "back", WLAN0, PPP0, VIA_PPP0 " " VIA_WLAN0 " " VIA_WLAN0_2, VIA_PPP0 },
  { "redialled", PPP0, PPP0_AGAIN, VIA_PPP0 " " VIA_AGAIN, VIA_AGAIN },
  { "lost: it may return", PPP0, WAITING, VIA_PPP0, VIA_PPP0 },
  { "returned", WAITING, PPP0, VIA_PPP0 " " VIA_WLAN0, VIA_PPP0 },
  { "returned with another address", WAITING, PPP0_AGAIN, VIA_PPP0, "" },
  { "ends", PPP0, NOTHING, VIA_PPP0 " " NOT_MASKED " " OWN, OWN },
  { "ends while it waits", WAITING, NOTHING, VIA_PPP0, "" },
  { "others' flows", PPP0, WLAN0,
    TO_GATEWAY " " OTHER_CLIENT " " OWN " " TO_CLIENT " " BEHIND_LAN,
    TO_GATEWAY " " OTHER_CLIENT " " OWN " " TO_CLIENT " " BEHIND_LAN },
  { "a network behind the LAN", PPP0, BEHIND, BEHIND_LAN " " VIA_PPP0,
    BEHIND_LAN " " VIA_PPP0 },
  { "a network behind the LAN is given up", BEHIND, PPP0,
    BEHIND_LAN " " VIA_PPP0 " " OWN " " OTHER_CLIENT, VIA_PPP0 " " OWN " " OTHER_CLIENT },
  { "with its uplink", BEHIND, WLAN0, BEHIND_LAN " " VIA_WLAN0, VIA_WLAN0 },
  { "a network behind the LAN ends", BEHIND, NOTHING, BEHIND_LAN " " VIA_PPP0 " " OWN,
    OWN },
  { "no flows", PPP0, WLAN0, "", "" },
};

static void
add_address (GArray *addresses, const char *text)
{
  CsCidr address = { .prefix = 32 };

  g_assert_true (cs_ipv4_parse (text, &address.address));
  g_array_append_val (addresses, address);
}

/* (nullable) */
static CsSharePlan *
make_share (Kind kind)
{
  CsSharePlan *share;
  const CsCidr behind = { 0x0a070000, 16 };

  if (kind == NOTHING)
    return NULL;
  share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  if (kind == WAITING)
    return share;
  share->uplink = g_strdup (kind == WLAN0 ? "wlan0" : "ppp0");
  share->uplink_ifindex = kind == WLAN0 ? 7 : kind == PPP0_AGAIN ? 10 : 9;
  if (kind == WLAN0)
    {
      add_address (share->uplink_addresses, "192.0.2.2");
      add_address (share->uplink_addresses, "192.0.2.3");
    }
  else
    add_address (share->uplink_addresses,
                 kind == PPP0_AGAIN ? "203.0.113.11" : "203.0.113.10");
  if (kind == BEHIND)
    g_array_append_val (share->subnets, behind);
  return share;
}

static struct nfct_handle *
open_conntrack (void)
{
  struct nfct_handle *handle = nfct_open (NFNL_SUBSYS_CTNETLINK, 0);

  g_assert_nonnull (handle);
  return handle;
}

static void
add_flow (struct nfct_handle *handle, const char *text, guint16 port)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "><", 3);
  struct nf_conntrack *flow = nfct_new ();

  nfct_set_attr_u8 (flow, ATTR_ORIG_L3PROTO, AF_INET);
  nfct_set_attr_u8 (flow, ATTR_REPL_L3PROTO, AF_INET);
  nfct_set_attr_u8 (flow, ATTR_ORIG_L4PROTO, IPPROTO_UDP);
  nfct_set_attr_u8 (flow, ATTR_REPL_L4PROTO, IPPROTO_UDP);
  nfct_set_attr_u32 (flow, ATTR_ORIG_IPV4_SRC, inet_addr (parts[0]));
  nfct_set_attr_u32 (flow, ATTR_ORIG_IPV4_DST, inet_addr (parts[1]));
  nfct_set_attr_u32 (flow, ATTR_REPL_IPV4_SRC, inet_addr (parts[1]));
  nfct_set_attr_u32 (flow, ATTR_REPL_IPV4_DST, inet_addr (parts[2]));
  nfct_set_attr_u16 (flow, ATTR_ORIG_PORT_SRC, port);
  nfct_set_attr_u16 (flow, ATTR_ORIG_PORT_DST, htons (53));
  nfct_set_attr_u16 (flow, ATTR_REPL_PORT_SRC, htons (53));
  nfct_set_attr_u16 (flow, ATTR_REPL_PORT_DST, port);
  nfct_set_attr_u32 (flow, ATTR_TIMEOUT, 100);
  if (nfct_query (handle, NFCT_Q_CREATE, flow) != 0)
    g_error ("%s: %s", text, g_strerror (errno));
  nfct_destroy (flow);
}

static void
add_text (GString *out, const struct nf_conntrack *flow, enum nf_conntrack_attr attribute)
{
  g_autofree char *text
      = cs_ipv4_to_string (g_ntohl (nfct_get_attr_u32 (flow, attribute)));

  g_string_append (out, text);
}

static int
on_flow (enum nf_conntrack_msg_type type, struct nf_conntrack *flow, void *data)
{
  GPtrArray *flows = data;
  GString *out = g_string_new (NULL);

  add_text (out, flow, ATTR_ORIG_IPV4_SRC);
  g_string_append_c (out, '>');
  add_text (out, flow, ATTR_ORIG_IPV4_DST);
  g_string_append_c (out, '<');
  add_text (out, flow, ATTR_REPL_IPV4_DST);
  g_ptr_array_add (flows, g_string_free (out, FALSE));
  return NFCT_CB_CONTINUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b);
}

/* Sorted, " " between. */
static char *
join (GPtrArray *flows)
{
  g_ptr_array_sort (flows, compare);
  g_ptr_array_add (flows, NULL);
  return g_strjoinv (" ", (char **)flows->pdata);
}

static void
assert_flows (struct nfct_handle *handle, const char *expected)
{
  g_autoptr (GPtrArray) flows = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) words = g_strsplit (expected, " ", -1);
  g_autofree char *got = NULL;
  g_autofree char *sorted = NULL;
  guint32 family = AF_INET;

  nfct_callback_register (handle, NFCT_T_ALL, on_flow, flows);
  g_assert_cmpint (nfct_query (handle, NFCT_Q_DUMP, &family), ==, 0);
  nfct_callback_unregister (handle);
  for (char **word = words; *word; word++)
    g_ptr_array_add (wanted, g_strdup (*word));
  got = join (flows);
  sorted = join (wanted);
  g_assert_cmpstr (got, ==, sorted);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (CsStep) step = cs_conntrack_step_new ();
  g_autoptr (CsSharePlan) from = make_share (c->from);
  g_autoptr (CsSharePlan) to = make_share (c->to);
  struct nfct_handle *handle = open_conntrack ();
  g_auto (GStrv) flows = g_strsplit (c->before, " ", -1);
  guint32 family = AF_INET;

  g_test_message ("%s", c->name);
  for (guint i = 0; flows[i]; i++)
    add_flow (handle, flows[i], htons (1024 + i));
  assert_flows (handle, c->before);
  step_must_apply (step, NULL, from, to);
  assert_flows (handle, c->after);
  g_assert_cmpint (nfct_query (handle, NFCT_Q_FLUSH, &family), ==, 0);
  nfct_close (handle);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/conntrack/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
