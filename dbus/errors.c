/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table, error code <-> D-Bus name, registered with GDBus. */
#include "errors.h"

#include <gio/gio.h>

#define NAME(name) "org.connshare1.Error." name

static const GDBusErrorEntry entries[] = {
  { CS_ERROR_FAILED, NAME ("Failed") },
  { CS_ERROR_INVALID_ARGUMENT, NAME ("InvalidArgument") },
  { CS_ERROR_NOT_AUTHORIZED, NAME ("NotAuthorized") },
  { CS_ERROR_NO_SUCH_DEVICE, NAME ("NoSuchDevice") },
  { CS_ERROR_NO_SUCH_SHARE, NAME ("NoSuchShare") },
  { CS_ERROR_NO_SUCH_CLIENT, NAME ("NoSuchClient") },
  { CS_ERROR_NOT_SUITABLE, NAME ("NotSuitable") },
  { CS_ERROR_ADDRESS_CONFLICT, NAME ("AddressConflict") },
  { CS_ERROR_NOT_SUPPORTED, NAME ("NotSupported") },
  { CS_ERROR_TIMEOUT, NAME ("Timeout") },
};

/* clang-format off */
G_DEFINE_QUARK (cs-error-quark, cs_error)
/* clang-format on */

void
cs_error_register (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    g_dbus_error_register_error (CS_ERROR, entries[i].error_code,
                                 entries[i].dbus_error_name);
}
