/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to tell the user when a call to the service has failed: a sentence made from the
 * error's code, and the step that helps. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_STEP_NONE,
  CS_STEP_RETRY,
  CS_STEP_CHOOSE_LAN,
  CS_STEP_CHOOSE_WAN,
  CS_STEP_RESTART,
  CS_STEP_DIAGNOSE,
  CS_STEP_PORTS,
} CsStep;

typedef struct
{
  char *sentence; /* (owned) */
  char *details;  /* (owned) what the service said, in English; "" for nothing more */
  CsStep step;
} CsFailure;

/* @subject is what was being changed, such as "Wi-Fi (wlan0)". NULL if the user has
 * cancelled it, which nobody needs to be told. cs_error_register () must have been
 * called. */
CsFailure *cs_failure_new (const GError *error, const char *subject);
/* The same when a port is to lead to a device; @port is "TCP port 8080", @subject what
 * the port belongs to. */
CsFailure *
cs_failure_new_of_port (const GError *error, const char *port, const char *subject);
void cs_failure_free (CsFailure *failure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFailure, cs_failure_free)

/* What a button for this step says. */
const char *cs_step_get_label (CsStep step);
