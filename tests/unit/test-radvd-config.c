/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden files, which radvd itself reads too. */
#include "golden.h"

#include "core/render/radvd-config.h"

#include <string.h>

typedef struct
{
  const char *golden;
  const char *lan;
  CsIpv6Mode mode;
  const char *uplink; /* (nullable) */
  guint lan_mtu;
  guint dns_port;
  const char *domain; /* (nullable) */
  const char *addresses;
  const char *deprecated;
} Row;

static const Row rows[] = {
  { "radvd.conf", "lan0", CS_IPV6_DELEGATED, "ppp0", 1492, 249, "lan",
    "fd00:1:2:3::1/64 2001:db8:1:2::1/64", "2001:db8:9:2::1/64" },
  { "radvd-extended.conf", "3g@b+c=d-e_f.g", CS_IPV6_EXTENDED, "wwan0", 1000, 249,
    "home.example.com", "fd00:1:2:3::1/64 2001:db8:1:2::1/64", "2001:db8:9:2::1/64" },
  { "radvd-waiting.conf", "lan0", CS_IPV6_NONE, NULL, 0, 249, "lan",
    "fd00:1:2:3::1/64 2001:db8:1:2::1/64", "" },
  { "radvd-nameless.conf", "lan0", CS_IPV6_MASQUERADE, "eth1", 0, 0, NULL,
    "fd00:1:2:3::1/64", "" },
};

static void
add_all (GArray *list, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (char **word = words; *word; word++)
    {
      CsCidr cidr;

      g_assert_true (cs_cidr_parse (*word, &cidr, NULL));
      g_array_append_val (list, cidr);
    }
}

static CsSharePlan *
new_share (const Row *row)
{
  CsSharePlan *share = cs_share_plan_new (row->lan);

  share->lan_method = CS_LAN_METHOD_ADDRESS;
  share->uplink = g_strdup (row->uplink);
  share->lan_mtu = row->lan_mtu;
  share->dns_port = row->dns_port;
  share->domain = g_strdup (row->domain);
  share->ipv6.mode = row->mode;
  if (row->mode == CS_IPV6_EXTENDED)
    add_all (share->ipv6.extended, "2001:db8:1:2::/64 2001:db8:9:2::/64");
  add_all (share->ipv6.addresses, row->addresses);
  add_all (share->ipv6.deprecated, row->deprecated);
  return share;
}

/* radvd's complaints, less the times. */
static void
assert_read_by_radvd (const char *golden)
{
  g_autofree char *path = golden_path (golden);
  g_autofree char *command = g_strdup_printf ("radvd --configtest --config=%s", path);
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (command, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", errors);
  g_assert_null (strstr (errors, "warning"));
  g_assert_null (strstr (errors, "error"));
  g_assert_cmpint (status, ==, 0);
}

static void
test_config (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSharePlan) share = new_share (&rows[i]);
      g_autofree char *config = cs_radvd_config_render (share);

      golden_assert (rows[i].golden, config);
      assert_read_by_radvd (rows[i].golden);
    }
}

int
main (int argc, char **argv)
{
  /* where the system's own programs are */
  g_autofree char *path = g_strconcat (g_getenv ("PATH"), ":/usr/sbin:/sbin", NULL);

  g_test_init (&argc, &argv, NULL);
  g_setenv ("PATH", path, TRUE);
  g_test_add_func ("/radvd-config/golden", test_config);
  return g_test_run ();
}
