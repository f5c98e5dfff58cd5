/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log messages about a share: the line begins with its LAN, which is also a journal
 * field, so that `journalctl CONNSHARE_LAN=eth0` shows the share's history. */
#pragma once

#include <glib.h>

#define cs_log(level, lan, format, ...) \
  g_log_structured (G_LOG_DOMAIN, (level), "CONNSHARE_LAN", (lan), "MESSAGE", \
                    "%s: " format, (lan), ##__VA_ARGS__)
#define cs_message(lan, ...) cs_log (G_LOG_LEVEL_MESSAGE, lan, __VA_ARGS__)
#define cs_debug(lan, ...)   cs_log (G_LOG_LEVEL_DEBUG, lan, __VA_ARGS__)
#define cs_warning(lan, ...) cs_log (G_LOG_LEVEL_WARNING, lan, __VA_ARGS__)
