/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of one LAN's port mappings: a line is added for each change, and it is written
 * anew now and then. It is there as long as there are mappings, and so is its folder. */
#pragma once

#include "core/value/forward-table.h"

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) */
  guint lines;  /* that it has */
} CsForwardFile;

CsForwardFile *cs_forward_file_new (const char *folder, const char *lan);
void cs_forward_file_free (CsForwardFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsForwardFile, cs_forward_file_free)

/* Fills @table, which is empty, with what is in it. */
void cs_forward_file_read (CsForwardFile *self, CsForwardTable *table);
/* Adds @line, by which it says what is in @table; @lasts: also if the power fails now.
 * The error, CS_ERROR_FAILED, names the file. */
gboolean cs_forward_file_add (CsForwardFile *self,
                              const char *line,
                              const CsForwardTable *table,
                              gboolean lasts,
                              GError **error);
void cs_forward_file_remove (CsForwardFile *self);

/* The LANs that have one in @folder (strv, owned). */
char **cs_forward_files_list (const char *folder);
