/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question each. If the kernel gives no list of channels, the driver is left to
 * refuse. */
#include "radio.h"

#include "core/value/quote.h"
#include "dbus/errors.h"

static const char *
band_words (CsBand band)
{
  return band == CS_BAND_5GHZ ? "5 GHz" : "2.4 GHz";
}

gboolean
cs_radio_is_ours (const CsInterface *lan, gboolean keep_lan)
{
  return lan->kind == CS_KIND_WIFI && lan->managed == CS_MANAGED_YES && !keep_lan;
}

gboolean
cs_radio_waits (const CsInterface *lan,
                const CsRequest *request,
                const CsSharePlan *before)
{
  return !before && lan->kind == CS_KIND_WIFI && lan->managed == CS_MANAGED_NO
         && cs_request_ssid (request);
}

static gboolean
check_options (const CsInterface *lan, const CsHotspotOptions *options, GError **error)
{
  const char *key = cs_hotspot_options_find (options);

  if (!key || cs_radio_is_ours (lan, FALSE))
    return TRUE;
  if (lan->kind != CS_KIND_WIFI)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s is not a Wi-Fi device, so \"%s\" does not apply to it", lan->name,
                 key);
  else
    g_set_error (
        error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
        "NetworkManager does not manage %s, so it cannot become an access point and "
        "\"%s\" does not apply; let NetworkManager manage it (nmcli device set %s "
        "managed yes), or leave the option out and run an access point yourself",
        lan->name, key, lan->name);
  return FALSE;
}

static gboolean
check_use (const CsInterface *lan, gboolean force, GError **error)
{
  g_autofree char *id = NULL;

  /* NetworkManager's own sharing has a message of its own */
  if (force || lan->wifi_use == CS_WIFI_IDLE || lan->connection_ours
      || lan->connection_shared)
    return TRUE;
  id = cs_quote (lan->connection_id ? lan->connection_id : "");
  if (lan->wifi_use == CS_WIFI_STATION)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s is connected to a Wi-Fi network (profile %s) and would have to "
                 "leave it to become an access point",
                 lan->name, id);
  else
    g_set_error (
        error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
        "%s is already an access point (profile %s); \"keep-lan\" shares it as it is",
        lan->name, id);
  return FALSE;
}

static gboolean
check_device (const CsInterface *lan, GError **error)
{
  if (lan->wifi_off)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "Wi-Fi is off, so %s cannot be an access point; switch it on with "
                 "\"nmcli radio wifi on\" or the computer's own switch",
                 lan->name);
  else if (lan->no_access_point)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s cannot be an access point: its hardware or driver can only join "
                 "networks; use another Wi-Fi device",
                 lan->name);
  else
    return TRUE;
  return FALSE;
}

static const CsChannel *
find_channel (const CsInterface *lan, guint number)
{
  for (guint i = 0; i < lan->channels->len; i++)
    {
      const CsChannel *channel = &g_array_index (lan->channels, CsChannel, i);

      if (channel->number == number)
        return channel;
    }
  return NULL;
}

static gboolean
is_free (const CsInterface *lan, guint number)
{
  const CsChannel *channel = find_channel (lan, number);

  return channel && channel->use == CS_CHANNEL_FREE;
}

/* The channels that do not overlap first; in the 5 GHz band those without radar, in
 * the widest block of them. 0: none. */
static guint
pick_channel (const CsInterface *lan, CsBand band, guint current)
{
  static const guint preferred[] = { 1, 6, 11, 36, 44, 149, 157 };

  if (cs_band_of_channel (current) == band && is_free (lan, current))
    return current;
  for (gsize i = 0; i < G_N_ELEMENTS (preferred); i++)
    if (cs_band_of_channel (preferred[i]) == band && is_free (lan, preferred[i]))
      return preferred[i];
  for (guint i = 0; i < lan->channels->len; i++)
    {
      const CsChannel *channel = &g_array_index (lan->channels, CsChannel, i);

      if (cs_band_of_channel (channel->number) == band && channel->use == CS_CHANNEL_FREE)
        return channel->number;
    }
  return 0;
}

/* The channels that can be chosen, "1, 6, 11", for messages; owned. */
static char *
list_free (const CsInterface *lan)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < lan->channels->len; i++)
    {
      const CsChannel *channel = &g_array_index (lan->channels, CsChannel, i);

      if (channel->use == CS_CHANNEL_FREE)
        g_string_append_printf (list, "%s%u", list->len ? ", " : "", channel->number);
    }
  if (list->len == 0)
    g_string_append (list, "none");
  return g_string_free (list, FALSE);
}

/* The region as the kernel knows it, in words; owned. */
static char *
describe_region (const CsInterface *lan)
{
  const char *region = lan->region ? lan->region : "00";

  if (!g_str_equal (region, "00"))
    return g_strdup_printf ("in the region %s", region);
  return g_strdup ("while the region is unknown (set it with \"iw reg set\" and the "
                   "two-letter country code)");
}

static gboolean
check_channel (const CsInterface *lan, guint number, GError **error)
{
  const CsChannel *channel = find_channel (lan, number);
  g_autofree char *region = describe_region (lan);
  g_autofree char *others = list_free (lan);
  const char *problem;

  if (is_free (lan, number))
    return TRUE;
  if (!channel)
    problem = "is not one of the hardware's";
  else if (channel->use == CS_CHANNEL_RADAR)
    problem = "is shared with radar, which this access point cannot detect,";
  else
    problem = "is not allowed for access points";
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "channel %u of %s %s %s; free channels: %s", number, lan->name, problem,
               region, others);
  return FALSE;
}

/* The band in use is tried first. */
static gboolean
choose_channel (CsHotspot *hotspot, const CsInterface *lan, guint current, GError **error)
{
  g_autofree char *region = NULL;
  g_autofree char *others = NULL;
  const CsBand wanted = hotspot->band;
  const CsBand bands[] = { cs_band_of_channel (current), CS_BAND_2GHZ, CS_BAND_5GHZ };

  for (gsize i = 0; i < G_N_ELEMENTS (bands); i++)
    {
      hotspot->band = bands[i];
      if (bands[i] != CS_BAND_ANY && (wanted == CS_BAND_ANY || wanted == bands[i]))
        hotspot->channel = pick_channel (lan, bands[i], current);
      if (hotspot->channel)
        return TRUE;
    }
  region = describe_region (lan);
  others = list_free (lan);
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s has no%s%s channel free for an access point %s; free channels: %s",
               lan->name, wanted != CS_BAND_ANY ? " " : "",
               wanted != CS_BAND_ANY ? band_words (wanted) : "", region, others);
  return FALSE;
}

static gboolean
choose (CsHotspot *hotspot,
        const CsInterface *lan,
        const CsHotspotOptions *options,
        guint current,
        GError **error)
{
  hotspot->channel = options->channel;
  hotspot->band = cs_band_of_channel (options->channel);
  if (options->channel == 0 && options->band)
    cs_band_parse (options->band, &hotspot->band);
  if (!lan->channels)
    return TRUE;
  if (hotspot->channel)
    return check_channel (lan, hotspot->channel, error);
  return choose_channel (hotspot, lan, current, error);
}

const CsInterface *
cs_radio_find_sibling (const CsInterface *lan,
                       gboolean station,
                       const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      const CsInterface *other = snapshot->interfaces->pdata[i];

      if (other != lan && lan->radio != 0 && other->radio == lan->radio
          && lan->ap_with_station_known && lan->ap_with_station <= 1
          && (other->station_channel != 0) == station)
        return other;
    }
  return NULL;
}

/* Whether the user wants another channel than @number. */
static gboolean
wants_other (const CsHotspotOptions *options, guint number)
{
  CsBand band = CS_BAND_ANY;

  if (options->channel)
    return options->channel != number;
  return options->band && cs_band_parse (options->band, &band) && band != CS_BAND_ANY
         && band != cs_band_of_channel (number);
}

/* NetworkManager would try for half a minute, then say "supplicant timeout". */
static gboolean
check_station (const CsInterface *lan,
               const CsHotspotOptions *options,
               const CsInterface *station,
               GError **error)
{
  guint number = station->station_channel;

  if (lan->ap_with_station == 0)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s and %s are one radio, which cannot be an access point while %s is "
                 "in a Wi-Fi network; disconnect %s, or use another Wi-Fi device",
                 lan->name, station->name, station->name, station->name);
  else if (lan->channels && !is_free (lan, number))
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s and %s are one radio, which uses one channel at a time, and the "
                 "network of %s is on channel %u, which is not free for access points; "
                 "connect %s to a network on another channel, or disconnect it",
                 lan->name, station->name, station->name, number, station->name);
  else if (wants_other (options, number))
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s and %s are one radio, which uses one channel at a time: while %s is "
                 "in a network on channel %u, only channel %u works",
                 lan->name, station->name, station->name, number, number);
  else
    return TRUE;
  return FALSE;
}

/* What is in force beside a station works, or the station would not be there. */
static gboolean
choose_beside (CsHotspot *hotspot,
               const CsInterface *lan,
               const CsHotspotOptions *options,
               guint current,
               const CsSnapshot *snapshot,
               GError **error)
{
  const CsInterface *station = cs_radio_find_sibling (lan, TRUE, snapshot);

  if (!station || current != 0)
    return choose (hotspot, lan, options, current, error);
  if (!check_station (lan, options, station, error))
    return FALSE;
  hotspot->channel = station->station_channel;
  hotspot->band = cs_band_of_channel (hotspot->channel);
  return TRUE;
}

gboolean
cs_radio_plan (CsSharePlan *share,
               const CsRequest *request,
               const CsSharePlan *before,
               const CsInterface *lan,
               const CsSnapshot *snapshot,
               GError **error)
{
  const CsHotspotOptions *options = &request->hotspot;

  if (!check_options (lan, options, error))
    return FALSE;
  if (share->lan_method != CS_LAN_METHOD_PROFILE
      || !cs_radio_is_ours (lan, request->keep_lan))
    return TRUE;
  if (!cs_hotspot_fill (&share->hotspot, options))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                   "%s was not a Wi-Fi device when it was shared, so it has no "
                   "passphrase; share it again",
                   lan->name);
      return FALSE;
    }
  return check_device (lan, error) && check_use (lan, request->force || before, error)
         && choose_beside (&share->hotspot, lan, options,
                           before ? before->hotspot.channel : 0, snapshot, error);
}
