/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

void
cs_finding_free (gpointer data)
{
  CsFinding *finding = data;

  g_free (finding->subject);
  g_free (finding->message);
  g_free (finding->remedy);
  g_free (finding);
}

void
cs_walk_add (CsWalk *walk,
             CsSeverity severity,
             const char *code,
             char *message,
             char *remedy)
{
  CsFinding *finding = g_new (CsFinding, 1);

  finding->severity = severity;
  finding->code = g_intern_string (code);
  finding->subject = g_strdup (walk->share ? walk->share->lan : "");
  finding->message = message;
  finding->remedy = remedy;
  g_ptr_array_add (walk->findings, finding);
}

const char *
cs_severity_to_string (CsSeverity severity)
{
  static const char *const words[] = { [CS_SEVERITY_INFO] = "info",
                                       [CS_SEVERITY_WARNING] = "warning",
                                       [CS_SEVERITY_ERROR] = "error" };

  return words[severity];
}
