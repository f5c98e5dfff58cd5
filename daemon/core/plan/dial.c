/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dial.h"

#include <string.h>

/* What pppd 2.4.9 and its PPPoE plugin say, the most telling first: most ends also hang
 * up. */
static const struct
{
  const char *line;
  const char *words;
} ends[] = {
  { "authentication failed", "the provider refused the user name or the password" },
  { "refused to authenticate", "the provider refused the user name or the password" },
  { "waiting for PADO", "no access concentrator answers on the line" },
  { "waiting for PADS", "the access concentrator does not open a session" },
  { "complete PPPoE Discovery", "no access concentrator answers on the line" },
  { "timeout sending Config-Requests", "the other side does not answer" },
  { "echo-requests", "the other side stopped answering" },
  { "Modem hangup", "the other side hung up" },
};

const char *
cs_dial_words_of_pppd (const char *lines)
{
  const char *run = g_strrstr (lines, " started by ");

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (strstr (run ? run : lines, ends[i].line))
      return ends[i].words;
  return NULL;
}

gboolean
cs_dial_choose (const GArray *devices,
                const CsPlan *plan,
                const char **device,
                const char **lan)
{
  const CsDialDevice *best = NULL;

  *lan = NULL;
  for (guint i = 0; i < devices->len; i++)
    {
      const CsDialDevice *each = &g_array_index (devices, CsDialDevice, i);

      if (cs_plan_find (plan, each->name))
        *lan = each->name;
      else if (each->usable && (!best || (each->free && !best->free)))
        best = each;
    }
  *device = *lan && best ? best->name : NULL;
  return !*lan || best;
}
