/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd's id, or where there is no systemd, that of D-Bus, which is as lasting. */
#include "machine-id.h"

#include <string.h>

/* As many as the id has; it is "uninitialized" during the first boot. */
#define DIGITS 32

static gboolean
is_id (const char *text)
{
  return strlen (text) == DIGITS && strspn (text, "0123456789abcdef") == DIGITS
         && strspn (text, "0") < DIGITS;
}

char *
cs_machine_id_read (void)
{
  static const char *const paths[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *text = NULL;

      if (g_file_get_contents (paths[i], &text, NULL, NULL) && is_id (g_strstrip (text)))
        return g_steal_pointer (&text);
    }
  return NULL;
}

static const char *
get_key (void)
{
  static char *key;

  if (key == NULL)
    key = cs_machine_id_read ();
  if (key == NULL)
    key = g_uuid_string_random ();
  return key;
}

void
cs_machine_id_derive (const char *purpose,
                      const guint8 *data,
                      gsize size,
                      guint8 digest[CS_MACHINE_ID_DIGEST])
{
  const char *key = get_key ();
  g_autoptr (GHmac) hmac
      = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)key, strlen (key));
  gsize room = CS_MACHINE_ID_DIGEST;

  g_hmac_update (hmac, (const guchar *)purpose, -1);
  if (size > 0)
    g_hmac_update (hmac, data, (gssize)size);
  g_hmac_get_digest (hmac, digest, &room);
}
