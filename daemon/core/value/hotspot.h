/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The access point that a Wi-Fi LAN becomes: what a user can choose, what results from
 * it, and how it is told to users who want to join. radio.h knows what the device can
 * do. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_SECURITY_WPA2,
  CS_SECURITY_WPA3,
  CS_SECURITY_WPA2_WPA3,
  CS_SECURITY_OPEN,
} CsSecurity;

typedef enum
{
  CS_BAND_ANY,
  CS_BAND_2GHZ,
  CS_BAND_5GHZ,
} CsBand;

/* As requested. */
typedef struct
{
  char *ssid;       /* (owned) (nullable) */
  char *passphrase; /* (owned) (nullable) */
  char *security;   /* (owned) (nullable) a word, see cs_security_parse () */
  char *band;       /* (owned) (nullable) a word, see cs_band_parse () */
  guint channel;    /* 0: any */
  gboolean hidden;  /* the name is not announced */
  gboolean isolate; /* clients do not reach each other */
  guint idle_off;   /* minutes without a client, then it ends; 0: never */

  /* Defaults for the first two: generated when the share is requested, and kept for as
   * long as it lives, so that clients that know the network find it again. */
  char *own_ssid;       /* (owned) (nullable) */
  char *own_passphrase; /* (owned) (nullable) */
} CsHotspotOptions;

/* The result. */
typedef struct
{
  char *ssid;       /* (owned) (nullable) none: no access point */
  char *passphrase; /* (owned) (nullable) none: open */
  CsSecurity security;
  CsBand band;
  guint channel; /* 0: NetworkManager's choice */
  gboolean hidden;
  gboolean isolate;
} CsHotspot;

void cs_hotspot_clear (CsHotspot *hotspot);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsHotspot, cs_hotspot_clear)

/* "wpa2" "wpa3" "wpa2+wpa3" "open". */
gboolean cs_security_parse (const char *word, CsSecurity *security);
const char *cs_security_to_string (CsSecurity security);
/* "auto" "2.4GHz" "5GHz", and NetworkManager's words for the latter: "bg" "a". */
gboolean cs_band_parse (const char *word, CsBand *band);
/* Of the channel with this number, CS_BAND_ANY if there is none. */
CsBand cs_band_of_channel (guint channel);

/* 1 to 32 bytes of UTF-8 without control characters. */
gboolean cs_ssid_is_valid (const char *ssid);
/* What WPA accepts: 8 to 63 printable ASCII characters or, if @takes_key, the key
 * itself as 64 hexadecimal digits. */
gboolean cs_passphrase_is_valid (const char *passphrase, gboolean takes_key);

/* Errors are CS_ERROR_INVALID_ARGUMENT with the option and the value, except for the
 * passphrase, which no message quotes. */
gboolean cs_hotspot_options_check (const CsHotspotOptions *options, GError **error);
/* "" restores the default of name, passphrase and security. */
void cs_hotspot_options_drop_empty (CsHotspotOptions *options);
/* Who chooses a default has chosen nothing. */
void cs_hotspot_options_drop_defaults (CsHotspotOptions *options);
/* The key of an option that is set, or NULL. */
const char *cs_hotspot_options_find (const CsHotspotOptions *options);

/* As much randomness as a passphrase needs. */
#define CS_HOTSPOT_RANDOM 12

/* Fills in the defaults of SSID and passphrase: those of @before (nullable), what the
 * share had; otherwise @host_name and a passphrase made from @random. */
void cs_hotspot_options_fill_defaults (CsHotspotOptions *options,
                                       const CsHotspotOptions *before,
                                       const char *host_name,
                                       const guint8 *random);

/* @hotspot is empty before; radio.h sets band and channel. FALSE: @options have no
 * defaults yet. */
gboolean cs_hotspot_fill (CsHotspot *hotspot, const CsHotspotOptions *options);

gboolean cs_hotspot_equal (const CsHotspot *a, const CsHotspot *b);

/* "desk (wpa2, channel 6)", or "" for none. */
char *cs_hotspot_describe (const CsHotspot *hotspot);

/* "WIFI:T:WPA;S:...;P:...;;", which phones read from a QR code. */
char *cs_hotspot_uri (const CsHotspot *hotspot);
