/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ssdp.h"

#include "description.h"
#include "http.h"

#include <string.h>

#define SERVER "SERVER: Linux UPnP/1.1 connshare/1\r\n"

static void
clear (gpointer data)
{
  CsSsdpTarget *target = data;

  g_free (target->type);
  g_free (target->name);
}

/* @type (nullable): NULL: the name of the device itself. */
static void
add (GArray *targets, const char *device, const char *type)
{
  CsSsdpTarget target = { g_strdup (type != NULL ? type : device), NULL };

  target.name = type != NULL ? g_strconcat (device, "::", type, NULL) : g_strdup (device);
  g_array_append_val (targets, target);
}

GArray *
cs_ssdp_targets (const CsPortdSettings *settings)
{
  GArray *targets = g_array_new (FALSE, FALSE, sizeof (CsSsdpTarget));

  g_array_set_clear_func (targets, clear);
  for (guint device = 0; device < CS_UPNP_DEVICES; device++)
    {
      g_autofree char *name = cs_upnp_device_name (settings, device);

      if (device == 0)
        add (targets, name, "upnp:rootdevice");
      add (targets, name, NULL);
      add (targets, name, cs_upnp_device_type (device));
      for (guint i = 0; i < cs_upnp_n_services; i++)
        if (cs_upnp_services[i].device == device)
          add (targets, name, cs_upnp_services[i].type);
    }
  return targets;
}

static gboolean
is_named (const char *line, gsize length, const char *name)
{
  return length == strlen (name) && g_ascii_strncasecmp (line, name, length) == 0;
}

/* Some end lines with LF only, and some forget the empty line at the end. */
char *
cs_ssdp_parse_search (const char *text, gsize size)
{
  static const char first[] = "M-SEARCH * HTTP/1.";
  const char *end = text + size;
  g_autofree char *search = NULL;
  gboolean discovers = FALSE;

  if (size < strlen (first) || size > CS_SSDP_MAX
      || memcmp (text, first, strlen (first)) != 0)
    return NULL;
  while ((text = memchr (text, '\n', (gsize)(end - text))) != NULL && ++text < end)
    {
      const char *line_end = memchr (text, '\n', (gsize)(end - text));
      gsize length = (gsize)((line_end != NULL ? line_end : end) - text);
      gsize name, value_length;
      const char *value;

      if (length > 0 && text[length - 1] == '\r')
        length--;
      if (!cs_http_split_header (text, length, &name, &value, &value_length))
        continue;
      if (is_named (text, name, "MAN"))
        discovers = g_strstr_len (value, (gssize)value_length, "ssdp:discover") != NULL;
      else if (is_named (text, name, "ST") && search == NULL)
        search = g_strndup (value, value_length);
    }
  return discovers && search != NULL && *search != '\0' ? g_steal_pointer (&search)
                                                        : NULL;
}

gboolean
cs_ssdp_matches (const CsSsdpTarget *target, const char *search)
{
  return g_str_equal (search, "ssdp:all") || g_str_equal (search, target->type);
}

char *
cs_ssdp_print_response (const CsSsdpTarget *target, const CsPortdSettings *settings)
{
  g_autofree char *location = cs_upnp_location (settings);

  return g_strdup_printf ("HTTP/1.1 200 OK\r\n"
                          "CACHE-CONTROL: max-age=%d\r\n"
                          "ST: %s\r\n"
                          "USN: %s\r\n"
                          "EXT:\r\n"
                          "LOCATION: %s\r\n" SERVER "\r\n",
                          CS_SSDP_MAX_AGE, target->type, target->name, location);
}

char *
cs_ssdp_print_notify (const CsSsdpTarget *target,
                      const CsPortdSettings *settings,
                      gboolean alive)
{
  static const char head[] = "NOTIFY * HTTP/1.1\r\n"
                             "HOST: 239.255.255.250:1900\r\n";
  g_autofree char *location = cs_upnp_location (settings);

  if (!alive)
    return g_strdup_printf ("%sNT: %s\r\nUSN: %s\r\nNTS: ssdp:byebye\r\n\r\n", head,
                            target->type, target->name);
  return g_strdup_printf ("%s"
                          "CACHE-CONTROL: max-age=%d\r\n"
                          "LOCATION: %s\r\n" SERVER "NT: %s\r\n"
                          "USN: %s\r\n"
                          "NTS: ssdp:alive\r\n\r\n",
                          head, CS_SSDP_MAX_AGE, location, target->type, target->name);
}
