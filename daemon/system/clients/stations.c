/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stations.h"

#include "system/netlink/genl.h"

#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <string.h>

/* Why a station is dismissed: unspecified (IEEE 802.11, 9.4.1.7). */
#define REASON 1

struct _CsStations
{
  void (*changed) (gpointer);
  gpointer user_data;
  CsGenl *genl; /* (owned) */
};

static void
on_announced (gpointer user_data)
{
  CsStations *self = user_data;

  cs_genl_hear (self->genl, NULL, NULL);
  self->changed (self->user_data);
}

CsStations *
cs_stations_new (void (*changed) (gpointer), gpointer user_data)
{
  static const char *const groups[] = { "mlme", NULL };
  CsStations *self = g_new0 (CsStations, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->genl = cs_genl_new (NL80211_GENL_NAME, groups, on_announced, self);
  return self;
}

void
cs_stations_free (CsStations *self)
{
  cs_genl_free (self->genl);
  g_free (self);
}

static void
begin_request (CsStations *self,
               CsNetlinkRequest *request,
               guint8 command,
               guint16 flags,
               int ifindex)
{
  cs_genl_begin (self->genl, request, command, flags);
  mnl_attr_put_u32 (&request->header, NL80211_ATTR_IFINDEX, (guint32)ifindex);
}

typedef struct
{
  void (*found) (CsMac mac, int signal, gpointer user_data);
  gpointer user_data;
} Listing;

static void
on_station (const struct nlmsghdr *message, gpointer user_data)
{
  static const guint8 sizes[NL80211_ATTR_MAX + 1]
      = { [NL80211_ATTR_MAC] = sizeof (CsMac) };
  const struct nlattr *attributes[NL80211_ATTR_MAX + 1];
  const struct nlattr *signal;
  const Listing *listing = user_data;
  CsMac mac;

  if (!cs_netlink_parse (message, GENL_HDRLEN, sizes, attributes, NL80211_ATTR_MAX)
      || attributes[NL80211_ATTR_MAC] == NULL)
    return;
  memcpy (&mac, mnl_attr_get_payload (attributes[NL80211_ATTR_MAC]), sizeof mac);
  signal = cs_netlink_find (attributes[NL80211_ATTR_STA_INFO], NL80211_STA_INFO_SIGNAL);
  listing->found (mac, signal != NULL ? (gint8)mnl_attr_get_u8 (signal) : 0,
                  listing->user_data);
}

gboolean
cs_stations_list (CsStations *self,
                  int ifindex,
                  void (*found) (CsMac mac, int signal, gpointer user_data),
                  gpointer user_data)
{
  Listing listing = { found, user_data };
  CsNetlinkRequest request;

  if (!cs_genl_open (self->genl))
    return FALSE;
  begin_request (self, &request, NL80211_CMD_GET_STATION, NLM_F_DUMP, ifindex);
  return cs_genl_ask (self->genl, &request, on_station, &listing) == 0;
}

/* A deauthentication frame (IEEE 802.11, 9.3.3.1). */
typedef struct
{
  guint8 control[2];
  guint8 duration[2];
  CsMac receiver;
  CsMac sender;
  CsMac access_point;
  guint8 sequence[2];
  guint8 reason[2];
} Frame;

/* The kernel only forgets a station that it is told to; who should tell the station, the
 * supplicant of the access point, does not know. */
static void
tell (CsStations *self, const char *name, int ifindex, CsMac mac)
{
  g_autofree char *path = g_strdup_printf ("/sys/class/net/%s/address", name);
  g_autofree char *text = NULL;
  Frame frame = { .control = { 0xc0 }, .receiver = mac, .reason = { REASON } };
  CsNetlinkRequest request;

  if (!g_file_get_contents (path, &text, NULL, NULL)
      || !cs_mac_parse (g_strchomp (text), &frame.sender))
    return;
  frame.access_point = frame.sender;
  begin_request (self, &request, NL80211_CMD_FRAME, 0, ifindex);
  mnl_attr_put (&request.header, NL80211_ATTR_FRAME, sizeof frame, &frame);
  mnl_attr_put (&request.header, NL80211_ATTR_DONT_WAIT_FOR_ACK, 0, "");
  cs_genl_ask (self->genl, &request, NULL, NULL);
}

void
cs_stations_dismiss (CsStations *self, const char *name, int ifindex, CsMac mac)
{
  CsNetlinkRequest request;

  if (!cs_genl_open (self->genl))
    return;
  tell (self, name, ifindex, mac);
  begin_request (self, &request, NL80211_CMD_DEL_STATION, 0, ifindex);
  mnl_attr_put (&request.header, NL80211_ATTR_MAC, sizeof mac, &mac);
  mnl_attr_put_u16 (&request.header, NL80211_ATTR_REASON_CODE, REASON);
  cs_genl_ask (self->genl, &request, NULL, NULL);
}
