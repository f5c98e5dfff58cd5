/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a share's radvd, and how it is started. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

/* The file in its directory that tells which process it is (own-process.h). */
#define CS_RADVD_NOTE "process"

/* Whether @config is the one in @directory. */
gboolean cs_radvd_has_config (const char *directory, const char *config);
gboolean
cs_radvd_write_config (const char *directory, const char *config, GError **error);
/* Removes @directory and everything in it. */
gboolean cs_radvd_remove (const char *directory, GError **error);

/* Starts radvd with the configuration in @directory, and records it there. */
gboolean cs_radvd_spawn (const char *directory, GError **error);
/* The user that it is. */
uid_t cs_radvd_user_id (void);
