/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a name server of ours can listen. */
#pragma once

#include <glib.h>

/* 53, or the first free one of 10053 to 10063 where some other program holds port 53 on
 * all addresses, which leaves it on none. */
guint cs_dns_port_choose (void);
