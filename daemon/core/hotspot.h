/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The access point that a Wi-Fi LAN becomes: what a user may say about it, what that
 * comes to, and how it is told to who wants to join. What the device can do is in
 * radio.h. */
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

/* As asked for. */
typedef struct
{
  char *ssid;       /* (owned) (nullable) */
  char *passphrase; /* (owned) (nullable) */
  char *security;   /* (owned) (nullable) a word, see cs_security_parse () */
  char *band;       /* (owned) (nullable) a word, see cs_band_parse () */
  guint channel;    /* 0: any */
  gboolean hidden;  /* the name is not announced */
  gboolean isolate; /* clients do not reach each other */

  /* What stands for the first two where the user has said nothing: it was found or made
   * up when the share was asked for, and stays while it lives, so that clients that know
   * the network find it again. */
  char *own_ssid;       /* (owned) (nullable) */
  char *own_passphrase; /* (owned) (nullable) */
} CsHotspotOptions;

/* As it is to be. */
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
gboolean cs_ssid_is_good (const char *ssid);
/* What WPA can use: 8 to 63 printable characters of ASCII or, where @takes_key, the key
 * itself as 64 hexadecimal digits. */
gboolean cs_passphrase_is_good (const char *passphrase, gboolean takes_key);

/* Errors are CS_ERROR_INVALID_ARGUMENT with the option and the value, but for the
 * passphrase, which no message quotes. */
gboolean cs_hotspot_options_check (const CsHotspotOptions *options, GError **error);
/* Of name, passphrase and security, "" becomes no choice. */
void cs_hotspot_options_drop_empty (CsHotspotOptions *options);
/* The key of an option that is set, or NULL. */
const char *cs_hotspot_options_find (const CsHotspotOptions *options);

/* As much randomness as a passphrase takes. */
#define CS_HOTSPOT_RANDOM 12

/* Fills in what stands for an SSID and a passphrase that were not said: those of @before
 * (nullable), what the share had; else @host_name and a passphrase of @random. */
void cs_hotspot_options_settle (CsHotspotOptions *options,
                                const CsHotspotOptions *before,
                                const char *host_name,
                                const guint8 *random);

/* @hotspot is empty before; band and channel are left to radio.h. FALSE: @options were
 * never settled. */
gboolean cs_hotspot_fill (CsHotspot *hotspot, const CsHotspotOptions *options);

gboolean cs_hotspot_equal (const CsHotspot *a, const CsHotspot *b);

/* "desk (wpa2, channel 6)", or "" for none. */
char *cs_hotspot_describe (const CsHotspot *hotspot);

/* "WIFI:T:WPA;S:...;P:...;;", what phones read from a QR code. */
char *cs_hotspot_uri (const CsHotspot *hotspot);
