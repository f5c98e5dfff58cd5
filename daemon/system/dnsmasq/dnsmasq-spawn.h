/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds and starts the program dnsmasq. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

/* The path of the installed program: owned. */
char *cs_dnsmasq_find_program (GError **error);

/* (transfer full) Starts @program with @config and one more @argument, and records it in
 * the file @note (own-process.h). It begins when @gate, which is set even on failure, is
 * closed. Its stderr is a pipe. */
GSubprocess *cs_dnsmasq_spawn (const char *program,
                               const char *argument,
                               const char *note,
                               const char *config,
                               int *gate,
                               GError **error);

/* The user that dnsmasq becomes, if need be nobody. */
uid_t cs_dnsmasq_user_id (void);
