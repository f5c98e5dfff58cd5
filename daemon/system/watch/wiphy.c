/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nl80211 over generic netlink, two requests per device, whose replies are kept until the
 * kernel announces another region or device. Starts only when there is a Wi-Fi device,
 * because it would load the module. */
#include "wiphy.h"

#include "core/value/hotspot.h"
#include "system/netlink/genl.h"

#include <linux/genetlink.h>
#include <linux/nl80211.h>

/* The flag for a dump in parts; without it the kernel lists only the channels known in
 * 2010. */
#define PARTS NL80211_ATTR_SPLIT_WIPHY_DUMP

struct _CsWiphy
{
  void (*changed) (gpointer);
  gpointer user_data;
  CsGenl *genl; /* (owned) */
  /* (owned) ifindex -> CsInterface (owned), with .no_access_point, .channels and .region
   * alone */
  GHashTable *known;
};

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
add_channel (CsInterface *interface, const struct nlattr *frequency)
{
  CsChannel channel = { .use = CS_CHANNEL_FREE };

  channel.number = number_of (
      cs_netlink_get_u32 (cs_netlink_find (frequency, NL80211_FREQUENCY_ATTR_FREQ), 0));
  if (cs_netlink_find (frequency, NL80211_FREQUENCY_ATTR_RADAR) != NULL)
    channel.use = CS_CHANNEL_RADAR;
  else if (cs_netlink_find (frequency, NL80211_FREQUENCY_ATTR_NO_IR) != NULL)
    channel.use = CS_CHANNEL_FORBIDDEN;
  if (cs_netlink_find (frequency, NL80211_FREQUENCY_ATTR_DISABLED) != NULL)
    channel.use = CS_CHANNEL_FORBIDDEN;
  if (cs_band_of_channel (channel.number) == CS_BAND_ANY)
    return;
  if (interface->channels == NULL)
    interface->channels = g_array_new (FALSE, FALSE, sizeof (CsChannel));
  g_array_append_val (interface->channels, channel);
}

/* A band spans several messages, some without channels. */
static void
add_band (CsInterface *interface, const struct nlattr *band)
{
  const struct nlattr *frequencies = cs_netlink_find (band, NL80211_BAND_ATTR_FREQS);
  const struct nlattr *frequency;

  if (frequencies == NULL)
    return;
  mnl_attr_for_each_nested (frequency, frequencies) add_channel (interface, frequency);
}

/* Takes from @left, how many are wanted of each type. */
static void
take_types (const struct nlattr *limit, guint *stations, guint *access_points)
{
  const struct nlattr *types = cs_netlink_find (limit, NL80211_IFACE_LIMIT_TYPES);
  guint room = cs_netlink_get_u32 (cs_netlink_find (limit, NL80211_IFACE_LIMIT_MAX), 0);

  if (types == NULL)
    return;
  if (*stations > 0 && room > 0 && cs_netlink_find (types, NL80211_IFTYPE_STATION))
    {
      *stations = 0;
      room--;
    }
  if (*access_points > 0 && room > 0 && cs_netlink_find (types, NL80211_IFTYPE_AP))
    *access_points = 0;
}

/* On how many channels at once; 0: not both at the same time. */
static guint
channels_of (const struct nlattr *combination)
{
  const struct nlattr *limits = cs_netlink_find (combination, NL80211_IFACE_COMB_LIMITS);
  guint most
      = cs_netlink_get_u32 (cs_netlink_find (combination, NL80211_IFACE_COMB_MAXNUM), 0);
  guint stations = 1, access_points = 1;
  const struct nlattr *limit;

  if (limits == NULL || most < 2)
    return 0;
  mnl_attr_for_each_nested (limit, limits) take_types (limit, &stations, &access_points);
  if (stations > 0 || access_points > 0)
    return 0;
  return cs_netlink_get_u32 (
      cs_netlink_find (combination, NL80211_IFACE_COMB_NUM_CHANNELS), 1);
}

static void
add_combinations (CsInterface *interface, const struct nlattr *combinations)
{
  const struct nlattr *combination;

  interface->ap_with_station_known = TRUE;
  mnl_attr_for_each_nested (combination, combinations) interface->ap_with_station
      = MAX (interface->ap_with_station, channels_of (combination));
}

void
cs_wiphy_parse (const struct nlmsghdr *message, CsInterface *interface)
{
  static const guint8 sizes[NL80211_ATTR_MAX + 1] = { [NL80211_ATTR_REG_ALPHA2] = 2,
                                                      [NL80211_ATTR_WIPHY] = 4,
                                                      [NL80211_ATTR_WIPHY_FREQ] = 4,
                                                      [NL80211_ATTR_IFTYPE] = 4 };
  const struct nlattr *attributes[NL80211_ATTR_MAX + 1];
  const struct nlattr *types, *bands, *band;

  if (!cs_netlink_parse (message, GENL_HDRLEN, sizes, attributes, NL80211_ATTR_MAX))
    return;
  types = attributes[NL80211_ATTR_SUPPORTED_IFTYPES];
  bands = attributes[NL80211_ATTR_WIPHY_BANDS];
  if (types != NULL)
    interface->no_access_point = cs_netlink_find (types, NL80211_IFTYPE_AP) == NULL;
  if (bands != NULL)
    mnl_attr_for_each_nested (band, bands) add_band (interface, band);
  if (attributes[NL80211_ATTR_INTERFACE_COMBINATIONS] != NULL)
    add_combinations (interface, attributes[NL80211_ATTR_INTERFACE_COMBINATIONS]);
  if (attributes[NL80211_ATTR_WIPHY] != NULL)
    interface->radio = mnl_attr_get_u32 (attributes[NL80211_ATTR_WIPHY]) + 1;
  if (cs_netlink_get_u32 (attributes[NL80211_ATTR_IFTYPE], 0) == NL80211_IFTYPE_STATION)
    interface->station_channel
        = number_of (cs_netlink_get_u32 (attributes[NL80211_ATTR_WIPHY_FREQ], 0));
  if (attributes[NL80211_ATTR_REG_ALPHA2] != NULL)
    {
      g_free (interface->region);
      interface->region
          = g_strndup (mnl_attr_get_payload (attributes[NL80211_ATTR_REG_ALPHA2]), 2);
    }
}

/* --- Questions ------------------------------------------------------------------- */

static void
on_message (const struct nlmsghdr *message, gpointer user_data)
{
  cs_wiphy_parse (message, user_data);
}

static void
ask (CsWiphy *self, guint16 flags, guint8 command, CsInterface *interface)
{
  CsNetlinkRequest request;

  cs_genl_begin (self->genl, &request, command, flags);
  mnl_attr_put_u32 (&request.header, NL80211_ATTR_IFINDEX, (guint32)interface->ifindex);
  if (flags & NLM_F_DUMP)
    mnl_attr_put (&request.header, PARTS, 0, "");
  cs_genl_ask (self->genl, &request, on_message, interface);
}

static const CsInterface *
find (CsWiphy *self, int ifindex)
{
  CsInterface *known = g_hash_table_lookup (self->known, GINT_TO_POINTER (ifindex));

  if (known != NULL)
    return known;
  known = cs_interface_new ("", ifindex);
  ask (self, NLM_F_DUMP, NL80211_CMD_GET_WIPHY, known);
  ask (self, 0, NL80211_CMD_GET_REG, known);
  g_hash_table_insert (self->known, GINT_TO_POINTER (ifindex), known);
  return known;
}

/* --- What is kept ---------------------------------------------------------------- */

static void
forget (const struct nlmsghdr *message, gpointer user_data)
{
  CsWiphy *self = user_data;

  g_hash_table_remove_all (self->known);
}

/* Where nothing can be heard, nothing is kept. */
static void
hear (CsWiphy *self)
{
  if (!cs_genl_hear (self->genl, forget, self))
    forget (NULL, self);
}

static void
on_announced (gpointer user_data)
{
  CsWiphy *self = user_data;

  hear (self);
  self->changed (self->user_data);
}

static void
complete (CsInterface *interface, const CsInterface *known)
{
  interface->no_access_point = known->no_access_point;
  if (known->channels != NULL)
    interface->channels = g_array_ref (known->channels);
  interface->region = g_strdup (known->region);
  interface->radio = known->radio;
  interface->ap_with_station = known->ap_with_station;
  interface->ap_with_station_known = known->ap_with_station_known;
}

static gboolean
shares_radio (const CsInterface *interface, const CsSnapshot *snapshot)
{
  for (guint i = 0; interface->radio != 0 && i < snapshot->interfaces->len; i++)
    {
      const CsInterface *other = g_ptr_array_index (snapshot->interfaces, i);

      if (other != interface && other->radio == interface->radio)
        return TRUE;
    }
  return FALSE;
}

/* Nobody announces the channel in a way that is worth waking up for, and few radios have
 * two interfaces. */
static void
fill_channels (CsWiphy *self, CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);

      if (shares_radio (interface, snapshot))
        ask (self, 0, NL80211_CMD_GET_INTERFACE, interface);
    }
}

void
cs_wiphy_fill (CsWiphy *self, CsSnapshot *snapshot)
{
  hear (self);
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);

      if (interface->kind != CS_KIND_WIFI)
        continue;
      if (!cs_genl_open (self->genl))
        return;
      complete (interface, find (self, interface->ifindex));
    }
  fill_channels (self, snapshot);
}

CsWiphy *
cs_wiphy_new (void (*changed) (gpointer), gpointer user_data)
{
  static const char *const groups[] = { "config", "regulatory", NULL };
  CsWiphy *self = g_new0 (CsWiphy, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->genl = cs_genl_new (NL80211_GENL_NAME, groups, on_announced, self);
  self->known
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)cs_interface_free);
  return self;
}

void
cs_wiphy_free (CsWiphy *self)
{
  cs_genl_free (self->genl);
  g_hash_table_unref (self->known);
  g_free (self);
}
