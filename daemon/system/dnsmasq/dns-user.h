/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user that dnsmasq becomes. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* The user and the group (owned, or both NULL): "dnsmasq" of the package of that name, or
 * else "connshare-dns". FALSE if neither exists: dnsmasq then becomes nobody, so any of
 * nobody's programs can end it; @id is always set. */
gboolean cs_dns_user_find (char **user, char **group, uid_t *id);
