/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on a private network: calls that wait, shares by hand, and the host as text. */
#pragma once

#include "engine/step.h"

/* What a command prints, without the white space around each line. It must succeed. */
char *shell (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* The command must print this; the message of a failure names @where. */
void assert_shell (const char *where, const char *command, const char *expected);

/* A cable: an interface that is up, and its other end, NAME-far. */
void add_link (const char *name);

/* Calls apply() with a plan of @to (nullable) and @other (nullable), and waits. */
gboolean step_apply (CsStep *step,
                     const CsSharePlan *other,
                     CsSharePlan *from,
                     CsSharePlan *to,
                     GError **error);
/* The same, and it must succeed. */
void step_must_apply (CsStep *step,
                      const CsSharePlan *other,
                      CsSharePlan *from,
                      CsSharePlan *to);

/* A share of @lan through @uplink (nullable), CS_LAN_METHOD_ADDRESS, with @address and
 * its network, table @table, and the ifindexes that the interfaces have now. */
CsSharePlan *
share_new (const char *lan, const char *uplink, const char *address, guint table);
