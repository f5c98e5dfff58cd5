/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a share's dnsmasq, for root, and where it says so for its user. */
#pragma once

#include "core/plan/share-plan.h"

/* Whether @config is the one in @directory. */
gboolean cs_dnsmasq_files_have (const char *directory, const char *config);
/* Writes the configuration to @directory, and the leases that a dnsmasq for @share begins
 * with: those of the one before it. Without the directory, that was before this computer
 * was started: nobody could renew a lease since then, so each counts from now. */
gboolean cs_dnsmasq_files_write (const char *directory,
                                 const CsSharePlan *share,
                                 const char *config,
                                 GError **error);
/* Writes the addresses that are kept for clients of @share, for dnsmasq's user to read;
 * @changed: they were others. */
gboolean cs_dnsmasq_files_write_hosts (const CsSharePlan *share,
                                       gboolean *changed,
                                       GError **error);
/* Removes @directory, everything in it, and what @lan has elsewhere. */
gboolean cs_dnsmasq_files_remove (const char *directory, const char *lan, GError **error);
/* Removes the leases of LANs that are not in @lans and have no directory in
 * @runtime_dir. */
void cs_dnsmasq_files_sweep (const char *runtime_dir, const char *const *lans);
