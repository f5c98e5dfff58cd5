/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words, checks, and texts made from them. */
#include "hotspot.h"

#include "quote.h"

#include "dbus/errors.h"

#include <string.h>

#define LONGEST_SSID 32 /* bytes; IEEE 802.11, 9.4.2.2 */

static const char *const securities[] = { [CS_SECURITY_WPA2] = "wpa2",
                                          [CS_SECURITY_WPA3] = "wpa3",
                                          [CS_SECURITY_WPA2_WPA3] = "wpa2+wpa3",
                                          [CS_SECURITY_OPEN] = "open" };

gboolean
cs_security_parse (const char *word, CsSecurity *security)
{
  for (guint i = 0; i < G_N_ELEMENTS (securities); i++)
    if (g_str_equal (word, securities[i]))
      {
        *security = i;
        return TRUE;
      }
  return FALSE;
}

const char *
cs_security_to_string (CsSecurity security)
{
  return securities[security];
}

gboolean
cs_band_parse (const char *word, CsBand *band)
{
  static const struct
  {
    const char *word;
    CsBand band;
  } words[] = {
    { "auto", CS_BAND_ANY }, { "2.4GHz", CS_BAND_2GHZ }, { "5GHz", CS_BAND_5GHZ },
    { "bg", CS_BAND_2GHZ },  { "a", CS_BAND_5GHZ },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i].word))
      {
        *band = words[i].band;
        return TRUE;
      }
  return FALSE;
}

/* IEEE 802.11, annex E: 5 GHz has every fourth channel, in three groups. */
CsBand
cs_band_of_channel (guint channel)
{
  if (channel >= 1 && channel <= 14)
    return CS_BAND_2GHZ;
  if (((channel >= 36 && channel <= 64) || (channel >= 100 && channel <= 144))
      && channel % 4 == 0)
    return CS_BAND_5GHZ;
  if (channel >= 149 && channel <= 177 && channel % 4 == 1)
    return CS_BAND_5GHZ;
  return CS_BAND_ANY;
}

gboolean
cs_ssid_is_valid (const char *ssid)
{
  gsize length = strlen (ssid);

  if (!g_utf8_validate (ssid, (gssize)length, NULL))
    return FALSE;
  for (const char *c = ssid; *c; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return FALSE;
  return length >= 1 && length <= LONGEST_SSID;
}

gboolean
cs_passphrase_is_valid (const char *passphrase, gboolean takes_key)
{
  gsize length = strlen (passphrase);

  if (length == 64)
    return takes_key && strspn (passphrase, "0123456789abcdefABCDEF") == length;
  for (const char *c = passphrase; *c; c++)
    if (!g_ascii_isprint (*c))
      return FALSE;
  return length >= 8 && length <= 63;
}

static CsSecurity
security_of (const CsHotspotOptions *options)
{
  CsSecurity security = CS_SECURITY_WPA2;

  if (options->security)
    cs_security_parse (options->security, &security);
  return security;
}

static gboolean
check_ssid (const CsHotspotOptions *options, GError **error)
{
  g_autofree char *quoted = NULL;

  if (!options->ssid || cs_ssid_is_valid (options->ssid))
    return TRUE;
  quoted = cs_quote (options->ssid);
  g_set_error (
      error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
      "invalid value %s for \"ssid\": expected 1 to %d bytes without control characters",
      quoted, LONGEST_SSID);
  return FALSE;
}

static gboolean
check_security (const CsHotspotOptions *options, GError **error)
{
  g_autofree char *quoted = NULL;
  CsSecurity security;

  if (!options->security || cs_security_parse (options->security, &security))
    return TRUE;
  quoted = cs_quote (options->security);
  g_set_error (
      error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
      "invalid value %s for \"security\": expected wpa2, wpa3, wpa2+wpa3 or open",
      quoted);
  return FALSE;
}

static gboolean
check_passphrase (const CsHotspotOptions *options, GError **error)
{
  CsSecurity security = security_of (options);
  gboolean takes_key = security == CS_SECURITY_WPA2;

  if (!options->passphrase)
    return TRUE;
  if (security == CS_SECURITY_OPEN)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "an open network has no passphrase; leave the passphrase out, or set it "
                 "to \"\" if the share has one");
  else if (!*options->passphrase)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "the passphrase is empty; leave it out to have one generated, or use "
                 "the security \"open\" for a network without one");
  else if (!cs_passphrase_is_valid (options->passphrase, takes_key))
    g_set_error (
        error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
        "invalid passphrase: expected 8 to 63 ASCII characters%s, not %" G_GSIZE_FORMAT
        " bytes%s",
        takes_key ? " or 64 hexadecimal digits" : "", strlen (options->passphrase),
        g_str_is_ascii (options->passphrase) ? "" : " with other characters");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_channel (const CsHotspotOptions *options, GError **error)
{
  g_autofree char *quoted = NULL;
  CsBand band = CS_BAND_ANY, own = cs_band_of_channel (options->channel);

  if (options->band && !cs_band_parse (options->band, &band))
    {
      quoted = cs_quote (options->band);
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "invalid value %s for \"band\": expected auto, 2.4GHz or 5GHz",
                   quoted);
      return FALSE;
    }
  if (options->channel && own == CS_BAND_ANY)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "there is no channel %u: 2.4 GHz has 1 to 14, 5 GHz has 36, 40, 44 and "
                 "so on up to 177",
                 options->channel);
  else if (options->channel && band != CS_BAND_ANY && band != own)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "channel %u is not in the band %s; leave the band out, or use a channel "
                 "such as %d",
                 options->channel, options->band, band == CS_BAND_2GHZ ? 6 : 36);
  else
    return TRUE;
  return FALSE;
}

/* They are ours, but the file that they are stored in counts as hostile. */
static gboolean
check_own (const CsHotspotOptions *options, GError **error)
{
  gboolean ssid = !options->own_ssid || cs_ssid_is_valid (options->own_ssid);
  gboolean passphrase = !options->own_passphrase
                        || cs_passphrase_is_valid (options->own_passphrase, FALSE);

  if (ssid && passphrase)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT, "invalid value for \"%s\"",
               ssid ? "own-passphrase" : "own-ssid");
  return FALSE;
}

gboolean
cs_hotspot_options_check (const CsHotspotOptions *options, GError **error)
{
  return check_own (options, error) && check_ssid (options, error)
         && check_security (options, error) && check_passphrase (options, error)
         && check_channel (options, error);
}

void
cs_hotspot_options_drop_empty (CsHotspotOptions *options)
{
  char **const texts[] = { &options->ssid, &options->passphrase, &options->security };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i] && **texts[i] == '\0')
      g_clear_pointer (texts[i], g_free);
}

void
cs_hotspot_options_drop_defaults (CsHotspotOptions *options)
{
  if (g_strcmp0 (options->band, "auto") == 0)
    g_clear_pointer (&options->band, g_free);
  if (g_strcmp0 (options->security, cs_security_to_string (CS_SECURITY_WPA2)) == 0)
    g_clear_pointer (&options->security, g_free);
}

const char *
cs_hotspot_options_find (const CsHotspotOptions *options)
{
  const struct
  {
    gboolean set;
    const char *key;
  } rows[] = {
    { options->ssid != NULL, "ssid" },
    { options->passphrase != NULL, "passphrase" },
    { options->security != NULL, "security" },
    { options->band != NULL, "band" },
    { options->channel != 0, "channel" },
    { options->hidden, "hidden" },
    { options->isolate, "isolate" },
    { options->idle_off != 0, "idle-off" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].set)
      return rows[i].key;
  return NULL;
}

/* Twelve of 32 letters and digits that are hard to confuse, with dashes: 60 bits, more
 * than can be tried at 4096 hashes a guess. */
static char *
make_passphrase (const guint8 *random)
{
  static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
  GString *text = g_string_new (NULL);

  G_STATIC_ASSERT (sizeof letters == 32 + 1);
  for (guint i = 0; i < CS_HOTSPOT_RANDOM; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (text, '-');
      g_string_append_c (text, letters[random[i] % 32]);
    }
  return g_string_free (text, FALSE);
}

/* As much of @host_name as fits an SSID, without its domain. */
static char *
make_ssid (const char *host_name)
{
  const char *whole = host_name ? host_name : "";
  g_autofree char *name = g_strndup (whole, strcspn (whole, "."));

  if (strlen (name) > LONGEST_SSID)
    name[LONGEST_SSID] = '\0';
  if (!g_str_is_ascii (name) || !cs_ssid_is_valid (name))
    return g_strdup ("connshare");
  return g_steal_pointer (&name);
}

void
cs_hotspot_options_fill_defaults (CsHotspotOptions *options,
                                  const CsHotspotOptions *before,
                                  const char *host_name,
                                  const guint8 *random)
{
  if (!options->own_ssid)
    options->own_ssid = before && before->own_ssid ? g_strdup (before->own_ssid)
                                                   : make_ssid (host_name);
  if (!options->own_passphrase)
    options->own_passphrase = before && before->own_passphrase
                                  ? g_strdup (before->own_passphrase)
                                  : make_passphrase (random);
}

gboolean
cs_hotspot_fill (CsHotspot *hotspot, const CsHotspotOptions *options)
{
  const char *ssid = options->ssid ? options->ssid : options->own_ssid;
  const char *passphrase
      = options->passphrase ? options->passphrase : options->own_passphrase;
  CsSecurity security = security_of (options);

  if (!ssid || (!passphrase && security != CS_SECURITY_OPEN))
    return FALSE;
  hotspot->ssid = g_strdup (ssid);
  hotspot->passphrase = security == CS_SECURITY_OPEN ? NULL : g_strdup (passphrase);
  hotspot->security = security;
  hotspot->hidden = options->hidden;
  hotspot->isolate = options->isolate;
  return TRUE;
}

void
cs_hotspot_clear (CsHotspot *hotspot)
{
  g_clear_pointer (&hotspot->ssid, g_free);
  g_clear_pointer (&hotspot->passphrase, g_free);
}

gboolean
cs_hotspot_equal (const CsHotspot *a, const CsHotspot *b)
{
  return g_strcmp0 (a->ssid, b->ssid) == 0
         && g_strcmp0 (a->passphrase, b->passphrase) == 0 && a->security == b->security
         && a->band == b->band && a->channel == b->channel && a->hidden == b->hidden
         && a->isolate == b->isolate;
}

char *
cs_hotspot_describe (const CsHotspot *hotspot)
{
  GString *text = g_string_new (hotspot->ssid);

  if (!hotspot->ssid)
    return g_string_free (text, FALSE);
  g_string_append_printf (text, " (%s", cs_security_to_string (hotspot->security));
  if (hotspot->channel)
    g_string_append_printf (text, ", channel %u", hotspot->channel);
  g_string_append_printf (text, "%s%s)", hotspot->hidden ? ", hidden" : "",
                          hotspot->isolate ? ", isolated" : "");
  return g_string_free (text, FALSE);
}

/* ZXing's wiki, "Barcode Contents", which all phones follow. Without the quotes, a
 * name that looks like hexadecimal digits would be taken for them. */
static void
append_field (GString *uri, char key, const char *value, gboolean quote)
{
  g_string_append_c (uri, key);
  g_string_append (uri, quote ? ":\"" : ":");
  for (; *value; value++)
    {
      if (strchr ("\\;,:\"", *value))
        g_string_append_c (uri, '\\');
      g_string_append_c (uri, *value);
    }
  g_string_append (uri, quote ? "\";" : ";");
}

static gboolean
looks_like_hex (const char *text)
{
  return text[strspn (text, "0123456789abcdefABCDEF")] == '\0';
}

/* "R:1": no WPA2 even if the network of this name offers it (WPA3 specification, 7.1);
 * phones that do not know it ignore it. */
char *
cs_hotspot_uri (const CsHotspot *hotspot)
{
  GString *uri = g_string_new ("WIFI:");

  g_string_append (uri, hotspot->passphrase ? "T:WPA;" : "T:nopass;");
  if (hotspot->security == CS_SECURITY_WPA3)
    g_string_append (uri, "R:1;");
  append_field (uri, 'S', hotspot->ssid, looks_like_hex (hotspot->ssid));
  if (hotspot->hidden)
    g_string_append (uri, "H:true;");
  if (hotspot->passphrase)
    append_field (uri, 'P', hotspot->passphrase, FALSE);
  g_string_append_c (uri, ';');
  return g_string_free (uri, FALSE);
}
