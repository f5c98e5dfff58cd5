/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only the service knows whether --force helps: it previews the same share with it. */
#include "force.h"

#include "dbus/errors.h"

static gboolean
helps (CsDbusManager *manager, const CsShareOptions *wanted)
{
  GVariantDict options;
  g_autoptr (GVariant) preview = NULL;

  g_variant_dict_init (&options, wanted->options);
  g_variant_dict_insert (&options, "force", "b", TRUE);
  return cs_dbus_manager_call_preview_sync (
      manager, wanted->lan, wanted->wan, g_variant_dict_end (&options),
      G_DBUS_CALL_FLAGS_NONE, -1, &preview, NULL, NULL);
}

void
cs_force_suggest (CsDbusManager *manager, const CsShareOptions *wanted, GError *error)
{
  g_autofree char *message = NULL;

  if (!g_error_matches (error, CS_ERROR, CS_ERROR_NOT_SUITABLE)
      || !helps (manager, wanted))
    return;
  message = g_steal_pointer (&error->message);
  error->message = g_strconcat (message, "; use --force to do it anyway", NULL);
}
