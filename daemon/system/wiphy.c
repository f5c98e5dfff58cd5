/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nl80211 over generic netlink, two requests a device: the kernel answers within the
 * call. It is only asked when there is a Wi-Fi device, as it would load the module. */
#include "wiphy.h"

#include "core/hotspot.h"

#include <linux/nl80211.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

/* The flag of a dump in parts; without it the kernel tells of as many channels as were
 * known in 2010. */
#define PARTS NL80211_ATTR_SPLIT_WIPHY_DUMP

typedef struct nl_sock CsGenlSocket;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsGenlSocket, nl_socket_free)
typedef struct nl_msg CsGenlMessage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsGenlMessage, nlmsg_free)

static guint
number_of (guint32 mhz)
{
  if (mhz == 2484)
    return 14;
  if (mhz >= 2412 && mhz <= 2472)
    return (mhz - 2407) / 5;
  return mhz >= 5000 && mhz <= 5900 ? (mhz - 5000) / 5 : 0;
}

static void
add_channel (CsInterface *interface, struct nlattr *frequency)
{
  static struct nla_policy policy[NL80211_FREQUENCY_ATTR_MAX + 1]
      = { [NL80211_FREQUENCY_ATTR_FREQ] = { .type = NLA_U32 } };
  struct nlattr *attributes[NL80211_FREQUENCY_ATTR_MAX + 1];
  CsChannel channel = { .use = CS_CHANNEL_FREE };

  if (nla_parse_nested (attributes, NL80211_FREQUENCY_ATTR_MAX, frequency, policy) < 0
      || attributes[NL80211_FREQUENCY_ATTR_FREQ] == NULL)
    return;
  channel.number = number_of (nla_get_u32 (attributes[NL80211_FREQUENCY_ATTR_FREQ]));
  if (attributes[NL80211_FREQUENCY_ATTR_RADAR] != NULL)
    channel.use = CS_CHANNEL_RADAR;
  else if (attributes[NL80211_FREQUENCY_ATTR_NO_IR] != NULL)
    channel.use = CS_CHANNEL_FORBIDDEN;
  if (attributes[NL80211_FREQUENCY_ATTR_DISABLED] != NULL)
    channel.use = CS_CHANNEL_FORBIDDEN;
  if (cs_band_of_channel (channel.number) == CS_BAND_ANY)
    return;
  if (interface->channels == NULL)
    interface->channels = g_array_new (FALSE, FALSE, sizeof (CsChannel));
  g_array_append_val (interface->channels, channel);
}

/* A band comes in several messages, some without channels. */
static void
add_band (CsInterface *interface, struct nlattr *band)
{
  struct nlattr *frequencies
      = nla_find (nla_data (band), nla_len (band), NL80211_BAND_ATTR_FREQS);
  struct nlattr *frequency;
  int left;

  if (frequencies != NULL)
    nla_for_each_nested (frequency, frequencies, left) add_channel (interface, frequency);
}

void
cs_wiphy_parse (const struct nlmsghdr *message, CsInterface *interface)
{
  static struct nla_policy policy[NL80211_ATTR_MAX + 1]
      = { [NL80211_ATTR_REG_ALPHA2] = { .minlen = 2 } };
  struct nlattr *attributes[NL80211_ATTR_MAX + 1];
  struct nlattr *band;
  int left;

  /* libnl reads only, but does not say so */
  if (genlmsg_parse ((struct nlmsghdr *)message, 0, attributes, NL80211_ATTR_MAX, policy)
      < 0)
    return;
  if (attributes[NL80211_ATTR_SUPPORTED_IFTYPES] != NULL)
    interface->no_access_point
        = nla_find (nla_data (attributes[NL80211_ATTR_SUPPORTED_IFTYPES]),
                    nla_len (attributes[NL80211_ATTR_SUPPORTED_IFTYPES]),
                    NL80211_IFTYPE_AP)
          == NULL;
  if (attributes[NL80211_ATTR_WIPHY_BANDS] != NULL)
    nla_for_each_nested (band, attributes[NL80211_ATTR_WIPHY_BANDS], left)
        add_band (interface, band);
  if (attributes[NL80211_ATTR_REG_ALPHA2] != NULL)
    {
      g_free (interface->region);
      interface->region = g_strndup (nla_data (attributes[NL80211_ATTR_REG_ALPHA2]), 2);
    }
}

static int
on_message (struct nl_msg *message, void *user_data)
{
  cs_wiphy_parse (nlmsg_hdr (message), user_data);
  return NL_OK;
}

static void
ask (CsGenlSocket *socket, int family, int flags, guint8 command, CsInterface *interface)
{
  g_autoptr (CsGenlMessage) request = nlmsg_alloc ();

  if (request == NULL)
    g_error ("out of memory");
  genlmsg_put (request, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command, 0);
  nla_put_u32 (request, NL80211_ATTR_IFINDEX, (guint32)interface->ifindex);
  if (flags & NLM_F_DUMP)
    nla_put_flag (request, PARTS);
  nl_socket_modify_cb (socket, NL_CB_VALID, NL_CB_CUSTOM, on_message, interface);
  if (nl_send_auto (socket, request) >= 0)
    nl_recvmsgs_default (socket);
}

void
cs_wiphy_fill (CsSnapshot *snapshot)
{
  g_autoptr (CsGenlSocket) socket = NULL;
  int family = -1;

  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);

      if (interface->kind != CS_KIND_WIFI)
        continue;
      if (socket == NULL)
        {
          socket = nl_socket_alloc ();
          if (socket == NULL || genl_connect (socket) < 0)
            return;
          family = genl_ctrl_resolve (socket, NL80211_GENL_NAME);
        }
      if (family < 0)
        return;
      ask (socket, family, NLM_F_DUMP, NL80211_CMD_GET_WIPHY, interface);
      ask (socket, family, 0, NL80211_CMD_GET_REG, interface);
    }
}
