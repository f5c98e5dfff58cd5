/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share in the ledger in /run/connshare. What is accepted goes into rulesets and
 * configuration files, where no line may come from a value. */
#include "core/plan/ledger-plan.h"
#include "core/render/dnsmasq-config.h"
#include "core/render/ruleset.h"
#include "core/render/describe.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_texts (const CsSharePlan *share)
{
  g_autofree char *change = cs_ruleset_render_change (share, NULL, NULL, NULL);
  g_autofree char *ruleset = cs_ruleset_render_change (NULL, share, NULL, NULL);
  g_autofree char *config = cs_dnsmasq_config_render (share);
  g_auto (GStrv) servers = cs_dnsmasq_servers (share);
  g_auto (GStrv) routes = cs_share_plan_describe_routes (share);
  g_auto (GStrv) sysctls = cs_share_plan_describe_sysctls (share);
  g_autofree char *all = g_strconcat (change, ruleset, config, NULL);

  g_assert_null (strpbrk (all, "\r$`'\033"));
  g_assert_nonnull (routes[0]);
  for (char **line = routes; *line; line++)
    g_assert_null (strchr (*line, '\n'));
  for (char **line = sysctls; *line; line++)
    g_assert_null (strchr (*line, '\n'));
  for (char **server = servers; *server; server++)
    g_assert_null (strpbrk (*server, " \n#"));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GKeyFile) written = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSharePlan) share = NULL;
  g_autoptr (CsSharePlan) again = NULL;
  g_autoptr (CsSharePlan) copy = NULL;

  if (!g_key_file_load_from_data (file, (const char *)data, size, 0, NULL))
    return 0;
  share = cs_share_plan_from_key_file (file, "lan0", &error);
  g_assert_true (!share == (error != NULL));
  if (!share)
    return 0;
  copy = cs_share_plan_copy (share);
  g_assert_true (cs_share_plan_equal (share, copy));
  cs_share_plan_to_key_file (share, written, "lan0");
  again = cs_share_plan_from_key_file (written, "lan0", NULL);
  g_assert_true (again && cs_share_plan_equal (share, again));
  check_texts (share);
  return 0;
}
