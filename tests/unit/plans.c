/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests of their words, and plans as text; a request that is refused ends the program.
 */
#include "plans.h"

#include "core/plan/ipv6.h"

#include "network.h"
#include "statements.h"

#include <string.h>

static CsRequest *
parse_request (char **words)
{
  static const guint8 random[CS_HOTSPOT_RANDOM] = { 0 };
  g_autofree char *wan = word_to_text (words[2]);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  gboolean incomplete = FALSE;
  CsRequest *request;

  for (char **word = words + 3; *word; word++)
    if (g_str_has_prefix (*word, "channel="))
      g_variant_dict_insert (&options, "channel", "u",
                             word_to_number (strchr (*word, '=') + 1));
    else if (g_str_has_prefix (*word, "limit="))
      g_variant_dict_insert (&options, "limit", "t",
                             word_to_number (strchr (*word, '=') + 1)
                                 * G_GUINT64_CONSTANT (1000000));
    else if (g_str_has_prefix (*word, "dns="))
      {
        g_auto (GStrv) servers = g_strsplit (strchr (*word, '=') + 1, ",", -1);

        g_variant_dict_insert (&options, "dns", "^as", servers);
      }
    else if (g_str_has_prefix (*word, "rebind="))
      {
        g_auto (GStrv) domains = g_strsplit (strchr (*word, '=') + 1, ",", -1);

        g_variant_dict_insert (&options, "allow-rebind", "^as", domains);
      }
    else if (g_str_has_prefix (*word, "dhcp="))
      {
        g_auto (GStrv) list = g_strsplit (strchr (*word, '=') + 1, ",", -1);

        g_variant_dict_insert (&options, "dhcp-option", "^as", list);
      }
    else if (g_str_equal (*word, "incomplete"))
      incomplete = TRUE;
    else if (g_str_equal (*word, "temporary"))
      g_variant_dict_insert (&options, "persistent", "b", FALSE);
    else if (g_str_equal (*word, "no-dial"))
      g_variant_dict_insert (&options, "dial", "b", FALSE);
    else if (strchr (*word, '='))
      {
        g_auto (GStrv) parts = g_strsplit (*word, "=", 2);

        g_variant_dict_insert (&options, parts[0], "s", parts[1]);
      }
    else
      g_variant_dict_insert (&options, *word, "b", TRUE);
  variant = g_variant_ref_sink (g_variant_dict_end (&options));
  request = cs_request_new (words[0], wan, variant, &error);
  if (!request)
    g_error ("%s", error->message);
  if (!incomplete)
    cs_hotspot_options_fill_defaults (&request->hotspot, NULL, "desk.example", random);
  return request;
}

GPtrArray *
requests_parse (const char *text)
{
  g_autoptr (GPtrArray) statements = statements_split (text);
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_request_free);

  for (guint i = 0; i < statements->len; i++)
    g_ptr_array_add (requests, parse_request (statements->pdata[i]));
  return requests;
}

CsPlan *
plan_in (const char *requests, const char *network, const CsPlan *previous)
{
  g_autoptr (GPtrArray) parsed = requests_parse (requests);
  g_autoptr (CsSnapshot) snapshot = network_parse (network);

  return cs_plan_new (parsed, snapshot, previous);
}

char *
plan_summary (const CsSharePlan *share)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) keys = NULL;
  GString *summary = g_string_new (NULL);

  g_string_printf (summary, "%s %s: %s |", cs_state_to_string (share->state),
                   cs_reason_to_string (share->reason), share->message);
  cs_share_plan_to_key_file (share, file, "share");
  if (share->better)
    g_key_file_set_string (file, "share", "better", share->better);
  keys = g_key_file_get_keys (file, "share", NULL, NULL);
  for (char **key = keys; *key; key++)
    {
      if ((!share->hotspot.ssid && g_str_has_prefix (*key, "hotspot-"))
          || (share->ipv6.mode <= CS_IPV6_NONE && !cs_share_plan_has_ipv6 (share)
              && g_str_has_prefix (*key, "ipv6-")))
        continue;
      g_autofree char *value = g_key_file_get_value (file, "share", *key, NULL);

      g_string_append_printf (summary, " %s=%s |", *key, value);
    }
  return g_string_free (summary, FALSE);
}

void
plan_assert (const CsPlan *plan, const char *const *patterns)
{
  g_assert_cmpuint (plan->shares->len, <=, 3);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];
      g_autofree char *summary = plan_summary (share);

      g_test_message ("%s", summary);
      if (!patterns[i] || !g_pattern_match_simple (patterns[i], summary))
        g_error ("%s\nis not\n%s", summary, patterns[i]);
      g_assert_cmpint (share->error != NULL, ==, share->state == CS_STATE_FAILED);
    }
  g_assert_true (plan->shares->len == 3 || !patterns[plan->shares->len]);
}
