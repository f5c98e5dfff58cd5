/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the service and its clients judge alike: which IPv4 addresses are none of the
 * Internet, so that who has one is behind another router's NAT. */
#pragma once

#include <glib.h>

/* Private (RFC 1918), shared, or link-local (RFC 3927). */
gboolean cs_ipv4_is_private (guint32 address);
/* Between a provider and its customers (RFC 6598, RFC 7335). */
gboolean cs_ipv4_is_shared (guint32 address);
/* "192.0.2.1". FALSE: it is none of IPv4. */
gboolean cs_ipv4_parse (const char *text, guint32 *address);
