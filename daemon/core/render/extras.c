/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extras.h"

#define TRIAL "connshare_trial"

static const struct
{
  const char *object;
  const char *rule;
} extras[] = {
  [CS_EXTRA_UDP_TIMEOUT] = { "\tct timeout udp_flow {\n"
                             "\t\tprotocol udp\n"
                             "\t\tl3proto ip\n"
                             "\t\tpolicy = { unreplied : 120, replied : 120 }\n"
                             "\t}\n"
                             "\tct timeout udp_flow6 {\n"
                             "\t\tprotocol udp\n"
                             "\t\tl3proto ip6\n"
                             "\t\tpolicy = { unreplied : 120, replied : 120 }\n"
                             "\t}\n",
                             "ct timeout set \"udp_flow\"" },
  [CS_EXTRA_FTP] = { "\tct helper ftp_flow {\n"
                     "\t\ttype \"ftp\" protocol tcp\n"
                     "\t\tl3proto ip\n"
                     "\t}\n",
                     "tcp dport 21 ct helper set \"ftp_flow\"" },
  [CS_EXTRA_NEW_FLOW] = { "\tquota " CS_EXTRA_QUOTA " {\n"
                          "\t\tover 1 bytes\n"
                          "\t}\n",
                          "quota name \"" CS_EXTRA_QUOTA "\"" },
};

const char *
cs_extra_get_object (CsExtra extra)
{
  return extras[extra].object;
}

const char *
cs_extra_get_rule (CsExtra extra)
{
  return extras[extra].rule;
}

char *
cs_extra_render_trial (CsExtra extra)
{
  return g_strdup_printf ("table inet " TRIAL " {\n%s}\ndelete table inet " TRIAL "\n",
                          extras[extra].object);
}
