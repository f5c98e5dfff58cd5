/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values get into dnsmasq's configuration as they are. */
#include "dhcp-option.h"

#include "address.h"
#include "quote.h"

#include "dbus/errors.h"

#include <string.h>

#define MOST 16
/* The field of a DHCP message, with its end. */
#define MOST_OF_FILE 127

static gboolean
is_file (const char *value)
{
  gsize length = strlen (value);

  return length > 0 && length <= MOST_OF_FILE
         && strspn (value, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-+:@~%?&=")
                == length;
}

static gboolean
is_server (const char *value)
{
  CsAddress address;

  return cs_address_parse (value, &address) && address.family == AF_INET
         && cs_address_is_remote (address);
}

gboolean
cs_dhcp_option_parse (const char *text, CsDhcpOption *option, const char **value)
{
  static const struct
  {
    const char *begin;
    gboolean (*is_valid) (const char *value);
  } names[] = { [CS_DHCP_BOOT_FILE] = { "boot-file=", is_file },
                [CS_DHCP_NEXT_SERVER] = { "next-server=", is_server },
                [CS_DHCP_NTP_SERVER] = { "ntp-server=", is_server } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (text, names[i].begin))
      {
        *option = i;
        *value = text + strlen (names[i].begin);
        return names[i].is_valid (*value);
      }
  return FALSE;
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

gboolean
cs_dhcp_options_check (char **options, GError **error)
{
  guint counts[CS_DHCP_NTP_SERVER + 1] = { 0 };

  for (guint i = 0; options && options[i]; i++)
    {
      g_autofree char *quoted = cs_quote (options[i]);
      CsDhcpOption option;
      const char *value;

      if (i >= MOST)
        return fail (error, "\"dhcp-option\" lists more than 16 options");
      if (!cs_dhcp_option_parse (options[i], &option, &value))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "invalid \"dhcp-option\" %s: expected boot-file=NAME, "
                       "next-server=ADDRESS or ntp-server=ADDRESS, with an IPv4 address",
                       quoted);
          return FALSE;
        }
      counts[option]++;
    }
  if (counts[CS_DHCP_BOOT_FILE] > 1 || counts[CS_DHCP_NEXT_SERVER] > 1)
    return fail (error, "\"dhcp-option\" has more than one boot-file or next-server: "
                        "clients use one of each");
  if (counts[CS_DHCP_NEXT_SERVER] > counts[CS_DHCP_BOOT_FILE])
    return fail (error, "\"dhcp-option\" has a next-server, but no boot-file");
  return TRUE;
}
