/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the setup share: setup.c is the object and what it shows,
 * setup-calls.c turns on, off and over. */
#pragma once

#include "setup.h"

/* What the user wanted last, for another try. */
typedef enum
{
  WANT_NOTHING,
  WANT_ON,
  WANT_ON_WITH_FORCE,
  WANT_OFF,
  WANT_CHANGE,
} Want;

struct _CsSetup
{
  GObject parent;
  CsService *service;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char *path;                /* (owned) of the last share */
  char *lan;                 /* (owned) */
  char *wan;                 /* (owned) before there is a share */
  GVariantDict *options;     /* (owned) likewise, and the passphrase in any case */
  GVariant *changes;         /* (owned) (nullable) that were wanted last */
  Want want;
  gboolean first;
  gboolean chosen; /* the user has chosen the LAN */
  gboolean busy;
};

void cs_setup_emit_changed (CsSetup *setup);
/* Unless @error is none for the user. */
void cs_setup_emit_failed (CsSetup *setup, const GError *error);
/* Writes down the share, which becomes the last one. */
void cs_setup_remember (CsSetup *setup);
