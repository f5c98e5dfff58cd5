/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files, read each time: the kernel announces only some of their changes. */
#include "kernel-settings.h"

#include "base/errno-words.h"
#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <stdlib.h>
#include <unistd.h>

#define IPV4 "/proc/sys/net/ipv4/conf/"
#define IPV6 "/proc/sys/net/ipv6/conf/"

gboolean
cs_kernel_settings_have_ipv6 (void)
{
  return g_access (IPV6 "all", F_OK) == 0;
}

gboolean
cs_kernel_settings_can_force_ipv6 (void)
{
  return g_access (IPV6 "all/force_forwarding", F_OK) == 0;
}

/* FALSE, and @errno: it cannot be read. */
static gboolean
read_number (const char *path, int *value)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  char text[16] = "";
  gboolean done = fd >= 0 && read (fd, text, sizeof text - 1) > 0;
  int cause = errno;

  if (fd >= 0)
    close (fd);
  *value = atoi (text);
  errno = cause;
  return done;
}

static gboolean
read_for_all (const char *path, int *value, GError **error)
{
  if (read_number (path, value))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot read %s: %s", path,
               cs_errno_words (errno));
  return FALSE;
}

/* -1: there is no such thing. */
static int
read6 (const char *name, const char *key)
{
  char path[sizeof IPV6 + IFNAMSIZ + 32];
  int value;

  g_snprintf (path, sizeof path, IPV6 "%s/%s", name, key);
  return read_number (path, &value) ? value : -1;
}

CsIpv6Conf
cs_kernel_settings_conf6 (const char *name)
{
  return (CsIpv6Conf){ .disabled = read6 (name, "disable_ipv6"),
                       .accept_ra = read6 (name, "accept_ra"),
                       .forwarding = read6 (name, "forwarding"),
                       .force_forwarding = read6 (name, "force_forwarding"),
                       .proxy_ndp = read6 (name, "proxy_ndp"),
                       .proxy_delay = -1 };
}

int
cs_kernel_settings_proxy_delay (const char *interface)
{
  g_autofree char *path
      = g_strconcat ("/proc/sys/net/ipv6/neigh/", interface, "/proxy_delay", NULL);
  int value;

  return read_number (path, &value) ? value : -1;
}

gboolean
cs_kernel_settings_fill (CsSnapshot *snapshot, int *rp_filter_all, GError **error)
{
  int forwarding, valid_marks, forwarding6;

  if (!read_for_all (IPV4 "all/rp_filter", rp_filter_all, error)
      || !read_for_all (IPV4 "all/forwarding", &forwarding, error)
      || !read_for_all (IPV4 "all/src_valid_mark", &valid_marks, error))
    return FALSE;
  snapshot->host_forwards = forwarding != 0;
  snapshot->valid_marks = valid_marks != 0;
  snapshot->host_forwards6
      = read_number (IPV6 "all/forwarding", &forwarding6) && forwarding6 != 0;
  if (!snapshot->forces_ipv6)
    snapshot->ipv6_default = cs_kernel_settings_conf6 ("default");
  return TRUE;
}
