/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs are called by sh(1). */
#include "real-firewall.h"

#include "system/nft/nft-firewall.h"

char *
firewall_shell (const char *command)
{
  /* The usual names are links through /etc. */
  g_autofree char *line = g_strconcat ("iptables () { iptables-nft \"$@\"; }; "
                                       "ip6tables () { ip6tables-nft \"$@\"; }; ",
                                       command, NULL);
  const char *argv[] = { "sh", "-c", line, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *complaint = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                &complaint, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", command, complaint);
  return g_strchomp (output);
}

void
firewall_run (const char *command)
{
  g_free (firewall_shell (command));
}

void
firewall_clear (void)
{
  firewall_run (
      "nft flush ruleset; "
      "! grep -qs . /proc/net/ip_tables_names || iptables-legacy-restore <<END\n"
      "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n"
      "*raw\nCOMMIT\n*mangle\nCOMMIT\nEND");
}

CsFirewall *
firewall_read (void)
{
  guint32 generation;
  CsFirewall *firewall = cs_nft_firewall_read (&generation);

  g_assert_nonnull (firewall);
  g_assert_cmpuint (generation, !=, 0);
  return firewall;
}
