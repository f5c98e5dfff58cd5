/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The share that the user had last, so that one switch turns it on again: the application
 * and the shell's toggle keep it in one file that only the user can read, as the text of
 * a GVariant (ssa{sv}): LAN, WAN, options. The options may hold the passphrase of a Wi-Fi
 * network, which is to be the same the next time. */
#pragma once

#include <glib.h>

typedef struct
{
  char *lan;         /* (owned) */
  char *wan;         /* (owned) */
  GVariant *options; /* (owned) a{sv} */
} CsLastShare;

CsLastShare *cs_last_share_new (const char *lan, const char *wan, GVariant *options);
void cs_last_share_free (CsLastShare *last);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsLastShare, cs_last_share_free)

/* Where it is kept for this user. */
char *cs_last_share_get_path (void);
/* NULL if there is none, or it is not readable. */
CsLastShare *cs_last_share_load (const char *path);
gboolean cs_last_share_save (const CsLastShare *last, const char *path, GError **error);
