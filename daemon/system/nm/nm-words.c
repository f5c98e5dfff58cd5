/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GEnum's nicks, with their dashes as spaces. */
#include "nm-words.h"

static char *
words_of_enum (GType type, int number)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (type);
  const GEnumValue *value = g_enum_get_value (names, number);

  if (value == NULL)
    return g_strdup_printf ("reason %d", number);
  return g_strdelimit (g_strdup (value->value_nick), "-", ' ');
}

/* NULL: it is not about pppd. */
static const char *
words_of_ppp (NMDeviceStateReason reason)
{
  if (reason == NM_DEVICE_STATE_REASON_PPP_START_FAILED)
    return "pppd could not be started";
  if (reason == NM_DEVICE_STATE_REASON_PPP_DISCONNECT
      || reason == NM_DEVICE_STATE_REASON_PPP_FAILED)
    return "pppd ended";
  return NULL;
}

gboolean
cs_nm_is_ppp (NMDeviceStateReason reason)
{
  return words_of_ppp (reason) != NULL;
}

char *
cs_nm_words_of_device (NMDeviceStateReason reason)
{
  if (cs_nm_is_ppp (reason))
    return g_strdup (words_of_ppp (reason));
  return words_of_enum (NM_TYPE_DEVICE_STATE_REASON, (int)reason);
}

char *
cs_nm_words_of_active (NMActiveConnection *active, NMActiveConnectionStateReason reason)
{
  const GPtrArray *devices = nm_active_connection_get_devices (active);

  if (devices->len > 0
      && (reason == NM_ACTIVE_CONNECTION_STATE_REASON_UNKNOWN
          || reason == NM_ACTIVE_CONNECTION_STATE_REASON_DEVICE_DISCONNECTED))
    return cs_nm_words_of_device (nm_device_get_state_reason (devices->pdata[0]));
  return words_of_enum (NM_TYPE_ACTIVE_CONNECTION_STATE_REASON, (int)reason);
}
