/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table for the service's own errors, one for what they mean of a port, another for
 * those of the bus; see failure.h. */
#include "failure.h"

#include "errors.h"
#include "fill.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

typedef struct
{
  int code;
  CsStep step;
  const char *sentence; /* with one %s, the subject, or none */
} Row;

static const Row own[] = {
  { CS_ERROR_FAILED, CS_STEP_DIAGNOSE, N_ ("This did not work for %s.") },
  { CS_ERROR_INVALID_ARGUMENT, CS_STEP_NONE, N_ ("The settings for %s are not valid.") },
  { CS_ERROR_NOT_AUTHORIZED, CS_STEP_RETRY,
    N_ ("Changing this needs the password of an administrator.") },
  { CS_ERROR_NO_SUCH_DEVICE, CS_STEP_CHOOSE_LAN,
    N_ ("%s is not there any more. Plug it in, or choose another one.") },
  { CS_ERROR_NO_SUCH_SHARE, CS_STEP_NONE, N_ ("%s is not shared any more.") },
  { CS_ERROR_NOT_SUITABLE, CS_STEP_CHOOSE_LAN,
    N_ ("%s cannot be used like this. Choose another one.") },
  { CS_ERROR_ADDRESS_CONFLICT, CS_STEP_DIAGNOSE,
    N_ ("The addresses for devices on %s are used by another network.") },
  { CS_ERROR_NOT_SUPPORTED, CS_STEP_CHOOSE_LAN,
    N_ ("This computer cannot do that with %s. Choose another one.") },
  { CS_ERROR_TIMEOUT, CS_STEP_RETRY,
    N_ ("Another part of the system did not answer in time.") },
};

static const Row of_port[] = {
  { CS_ERROR_NOT_SUITABLE, CS_STEP_NONE,
    N_ ("%s is in use already, by this computer or another device. Choose another "
        "one.") },
  { CS_ERROR_INVALID_ARGUMENT, CS_STEP_NONE,
    N_ ("%s cannot lead to this device. Look at the details.") },
  { CS_ERROR_NO_SUCH_CLIENT, CS_STEP_NONE,
    N_ ("%s cannot lead to this device. Look at the details.") },
};

static const Row bus[] = {
  { G_DBUS_ERROR_SERVICE_UNKNOWN, CS_STEP_RETRY,
    N_ ("The sharing service is not installed, or cannot be started.") },
  { G_DBUS_ERROR_NAME_HAS_NO_OWNER, CS_STEP_RETRY,
    N_ ("The sharing service is not running.") },
  { G_DBUS_ERROR_NO_REPLY, CS_STEP_RETRY,
    N_ ("The sharing service has just stopped. It starts again by itself.") },
  { G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND, CS_STEP_RETRY,
    N_ ("The sharing service is not installed, or cannot be started.") },
  { G_DBUS_ERROR_ACCESS_DENIED, CS_STEP_NONE,
    N_ ("This computer does not let you use the sharing service. Ask its "
        "administrator.") },
  { G_DBUS_ERROR_LIMITS_EXCEEDED, CS_STEP_RETRY,
    N_ ("The sharing service is busy. Wait a moment.") },
  { G_DBUS_ERROR_UNKNOWN_METHOD, CS_STEP_NONE,
    N_ ("The sharing service is of another version. Install updates, and restart.") },
};

static const Row elsewhere
    = { 0, CS_STEP_RETRY, N_ ("The sharing service does not answer.") };

static const Row *
find_row (const Row *table, gsize rows, int code)
{
  for (gsize i = 0; i < rows; i++)
    if (table[i].code == code)
      return &table[i];
  return NULL;
}

static const Row *
find (const GError *error)
{
  const Row *row = NULL;

  if (error->domain == CS_ERROR)
    row = find_row (own, G_N_ELEMENTS (own), error->code);
  else if (error->domain == G_DBUS_ERROR)
    row = find_row (bus, G_N_ELEMENTS (bus), error->code);
  return row != NULL ? row : &elsewhere;
}

static char *
strip (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);

  g_dbus_error_strip_remote_error (copy);
  return g_strdup (copy->message);
}

static CsFailure *
new_failure (const GError *error, const Row *row, const char *subject)
{
  CsFailure *failure = g_new0 (CsFailure, 1);

  failure->sentence = cs_fill (_ (row->sentence), subject);
  failure->details = strip (error);
  failure->step = row->step;
  return failure;
}

CsFailure *
cs_failure_new (const GError *error, const char *subject)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return NULL;
  return new_failure (error, find (error), subject);
}

CsFailure *
cs_failure_new_of_port (const GError *error, const char *port, const char *subject)
{
  const Row *row = error->domain == CS_ERROR
                       ? find_row (of_port, G_N_ELEMENTS (of_port), error->code)
                       : NULL;

  return row != NULL ? new_failure (error, row, port) : cs_failure_new (error, subject);
}

void
cs_failure_free (CsFailure *failure)
{
  g_free (failure->sentence);
  g_free (failure->details);
  g_free (failure);
}

const char *
cs_step_get_label (CsStep step)
{
  switch (step)
    {
    case CS_STEP_RETRY:
      return _ ("_Try Again");
    case CS_STEP_CHOOSE_LAN:
    case CS_STEP_CHOOSE_WAN:
      return _ ("_Choose Another");
    case CS_STEP_RESTART:
      return _ ("_Start Again");
    case CS_STEP_DIAGNOSE:
      return _ ("Look for _Problems");
    case CS_STEP_PORTS:
      return _ ("_Show Ports");
    case CS_STEP_NONE:
    default:
      return _ ("_Dismiss");
    }
}
