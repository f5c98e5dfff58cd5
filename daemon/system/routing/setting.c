/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is found by the number of its interface, opened once, and read before it is
 * written. */
#include "setting.h"

#include "base/errno-words.h"
#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

GArray *
cs_setting_list (CsSettingFunc func, const CsSharePlan *share)
{
  GArray *settings = g_array_new (FALSE, FALSE, sizeof (CsSetting));

  func (share, settings);
  return settings;
}

static gboolean
has_setting (CsSettingFunc func, const CsSharePlan *share, const CsSetting *wanted)
{
  g_autoptr (GArray) settings = cs_setting_list (func, share);

  for (guint i = 0; i < settings->len; i++)
    {
      const CsSetting *one = &g_array_index (settings, CsSetting, i);

      if (one->family == wanted->family && g_str_equal (one->interface, wanted->interface)
          && g_str_equal (one->key, wanted->key))
        return TRUE;
    }
  return FALSE;
}

gboolean
cs_setting_is_needed (const CsSetting *self, const CsStepCall *call, CsSettingFunc func)
{
  if (has_setting (func, call->to, self))
    return TRUE;
  for (guint i = 0; i < call->plan->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (call->plan->shares, i);

      if (cs_share_plan_applied (share) != NULL
          && !g_str_equal (share->lan, cs_step_call_lan (call))
          && has_setting (func, share, self))
        return TRUE;
    }
  return FALSE;
}

static const char *
family_word (const CsSetting *self)
{
  return self->family == AF_INET6 ? "ipv6" : "ipv4";
}

/* Gets an interface's current name. 0 or errno: ENODEV if it is gone. (if_indextoname ()
 * says ENOENT if it gets no socket, whatever the reason.) */
static int
find_name (int ifindex, char *name)
{
  struct ifreq request = { .ifr_ifindex = ifindex };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int cause = fd < 0 || ioctl (fd, SIOCGIFNAME, &request) != 0 ? errno : 0;

  if (fd >= 0)
    close (fd);
  g_strlcpy (name, request.ifr_name, IF_NAMESIZE);
  return cause;
}

/* Whether the kernel has such settings at all. */
static gboolean
has_family (const CsSetting *self)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/sys/net/%s/conf/all", family_word (self));

  return g_access (path, F_OK) == 0;
}

/* Opens the file of a setting for reading and writing; -1 and errno: ENODEV if the
 * setting is gone, with its interface or with its family on it, which a small MTU
 * ends. */
static int
open_setting (const CsSetting *self)
{
  char name[IF_NAMESIZE];

  g_strlcpy (name, self->interface, sizeof name);
  /* Once more, because it may have been renamed in between. */
  for (int attempt = 0; attempt < 2; attempt++)
    {
      int cause = self->ifindex != 0 ? find_name (self->ifindex, name) : 0;
      g_autofree char *path = NULL;
      int fd;

      if (cause != 0)
        {
          errno = cause;
          return -1;
        }
      path = g_strdup_printf ("/proc/sys/net/%s/conf/%s/%s", family_word (self), name,
                              self->key);
      fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
      if (fd >= 0 || errno != ENOENT)
        return fd;
    }
  errno = has_family (self) ? ENODEV : ENOENT;
  return -1;
}

/* Sets it to @value if it differs, and if it is @expected ('\0': whatever it is). Returns
 * 0 or errno: ENODEV if it is gone. */
static int
write_setting (const CsSetting *self, char expected, char value)
{
  int fd = open_setting (self);
  char text[2] = { value, '\n' };
  char current = '\0';
  gboolean done = fd >= 0 && pread (fd, &current, 1, 0) == 1;
  int cause;

  if (done && current != value && (expected == '\0' || current == expected))
    done = pwrite (fd, text, sizeof text, 0) == (gssize)sizeof text;
  cause = done ? 0 : errno;
  if (fd >= 0)
    close (fd);
  /* An open file whose setting has gone says that it does not exist. */
  return fd >= 0 && cause == ENOENT ? ENODEV : cause;
}

static gboolean
change (const CsSetting *self, char expected, char value, GError **error)
{
  int cause = write_setting (self, expected, value);

  if (cause == 0 || cause == ENODEV)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot set net.%s.conf.%s.%s to %c: %s",
               family_word (self), self->interface, self->key, value,
               cause == EROFS
                   ? "/proc/sys is read-only, as in a container; remount it read-write"
                   : cs_errno_words (cause));
  return FALSE;
}

gboolean
cs_setting_set (const CsSetting *self, GError **error)
{
  return change (self, '\0', self->value, error);
}

gboolean
cs_setting_change (const CsSetting *self, char expected, GError **error)
{
  return change (self, expected, self->value, error);
}

gboolean
cs_setting_restore (const CsSetting *self, char value, GError **error)
{
  return change (self, self->value, value, error);
}
