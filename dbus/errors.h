/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The errors of connshare and their D-Bus names. Core code only uses the enum and the
 * quark; programs on the bus call cs_error_register () first, so that GDBus translates
 * both ways. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_ERROR_FAILED,
  CS_ERROR_INVALID_ARGUMENT,
  CS_ERROR_NOT_AUTHORIZED,
  CS_ERROR_NO_SUCH_DEVICE,
  CS_ERROR_NO_SUCH_SHARE,
  CS_ERROR_NO_SUCH_CLIENT,
  CS_ERROR_NOT_SUITABLE,
  CS_ERROR_ADDRESS_CONFLICT,
  CS_ERROR_NOT_SUPPORTED,
  CS_ERROR_TIMEOUT,
} CsError;

#define CS_ERROR (cs_error_quark ())
GQuark cs_error_quark (void);

void cs_error_register (void);
