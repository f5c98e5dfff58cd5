/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user wants clients to learn by DHCP besides what each share says: "NAME=VALUE".
 */
#pragma once

#include <glib.h>

typedef enum
{
  CS_DHCP_BOOT_FILE,   /* a name or URL, for booting by network */
  CS_DHCP_NEXT_SERVER, /* the address that has it; this computer's own without it */
  CS_DHCP_NTP_SERVER,  /* an address; there may be several */
} CsDhcpOption;

/* Points @value into @text. FALSE: it is none, or has a bad value. */
gboolean
cs_dhcp_option_parse (const char *text, CsDhcpOption *option, const char **value);
/* Whether a share can have these (nullable); the error is for the option
 * "dhcp-option". */
gboolean cs_dhcp_options_check (char **options, GError **error);
