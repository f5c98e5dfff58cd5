/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each share has up to four settings. Those of the target are written whenever they are
 * not as they should be. Those that only the previous plan has are restored to what was
 * found, unless another share still needs them or somebody else has changed them since.
 * An interface that is gone has taken its settings with it, which is fine; one that was
 * renamed has kept them.
 *
 * The kernel (devinet_sysctl_forward ()) checks the interface by which a packet came in,
 * so both sides need forwarding; "rp_filter" 1 would drop answers that come in by an
 * uplink that is not the host's own way out (Documentation/networking/ip-sysctl.rst).
 * "src_valid_mark" lets it see the way back to what is published (core/plan/found.c). */
#include "sysctl.h"

#include "base/errno-words.h"
#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONF "/proc/sys/net/ipv4/conf"

typedef struct
{
  const char *interface; /* unowned: its name in the plan */
  int ifindex;           /* it may have another name by now; 0: ALL */
  const char *key;       /* static */
  char value;            /* what the share needs, one digit */
  const char *found;     /* (nullable) unowned: what it was before the share */
} Setting;

#define MAX_SETTINGS 4
/* Of what holds for all interfaces. */
#define ALL "all"

/* If somebody has written net.ipv4.ip_forward since, that wrote every interface's setting
 * too: what the plan found before no longer counts, whether or not a plan has seen the
 * change yet. */
static const char *
found_now (const CsSharePlan *share, const Setting *setting)
{
  const char *found = setting->found;
  g_autofree char *text = NULL;
  gboolean forwards;

  if (!g_str_equal (setting->key, "forwarding")
      || !g_file_get_contents (CONF "/all/forwarding", &text, NULL, NULL))
    return found;
  forwards = text[0] != '0';
  if (forwards == share->host_forwards)
    return found;
  return forwards ? NULL : "0";
}

/* Returns how many. */
static guint
list_settings (const CsSharePlan *share, Setting *settings)
{
  guint n = 0;

  if (share == NULL)
    return 0;
  if (share->lan_method != CS_LAN_METHOD_ABSENT)
    settings[n++] = (Setting){ share->lan, share->lan_ifindex, "forwarding", '1',
                               share->found_lan_forwarding };
  if (share->found_src_valid_mark != NULL)
    settings[n++]
        = (Setting){ ALL, 0, "src_valid_mark", '1', share->found_src_valid_mark };
  if (share->uplink == NULL)
    return n;
  if (cs_share_plan_forwards (share))
    settings[n++] = (Setting){ share->uplink, share->uplink_ifindex, "forwarding", '1',
                               share->found_uplink_forwarding };
  if (share->found_uplink_rp_filter != NULL)
    settings[n++] = (Setting){ share->uplink, share->uplink_ifindex, "rp_filter", '2',
                               share->found_uplink_rp_filter };
  return n;
}

static gboolean
has_setting (const CsSharePlan *share, const Setting *wanted)
{
  Setting settings[MAX_SETTINGS];
  guint n = list_settings (share, settings);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (settings[i].interface, wanted->interface)
        && g_str_equal (settings[i].key, wanted->key))
      return TRUE;
  return FALSE;
}

static gboolean
needed_by_another (const CsPlan *plan, const char *lan, const Setting *setting)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (plan->shares, i);

      if (cs_share_plan_applied (share) != NULL && !g_str_equal (share->lan, lan)
          && has_setting (share, setting))
        return TRUE;
    }
  return FALSE;
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

/* Opens the file of a setting for reading and writing; -1 and errno: ENODEV if the
 * setting is gone, with its interface or with IPv4 on it, which a small MTU ends. */
static int
open_setting (const Setting *setting)
{
  char name[IF_NAMESIZE] = ALL;

  /* Once more, because it may have been renamed in between. */
  for (int attempt = 0; attempt < 2; attempt++)
    {
      int cause = setting->ifindex != 0 ? find_name (setting->ifindex, name) : 0;
      g_autofree char *path = NULL;
      int fd;

      if (cause != 0)
        {
          errno = cause;
          return -1;
        }
      path = g_strdup_printf (CONF "/%s/%s", name, setting->key);
      fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
      if (fd >= 0 || errno != ENOENT)
        return fd;
    }
  errno = g_access (CONF "/all", F_OK) == 0 ? ENODEV : ENOENT;
  return -1;
}

/* Sets it to @value if it differs, and if it is @expected ('\0': whatever it is). Returns
 * 0 or errno: ENODEV if it is gone. */
static int
write_setting (const Setting *setting, char expected, char value)
{
  int fd = open_setting (setting);
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
change (const Setting *setting, char expected, char value, GError **error)
{
  int cause = write_setting (setting, expected, value);

  if (cause == 0 || cause == ENODEV)
    return TRUE;
  g_set_error (
      error, CS_ERROR, CS_ERROR_FAILED, "cannot set net.ipv4.conf.%s.%s to %c: %s",
      setting->interface, setting->key, value,
      cause == EROFS ? "/proc/sys is read-only, as in a container; remount it read-write"
                     : cs_errno_words (cause));
  return FALSE;
}

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  const CsSharePlan *from = call->from;
  Setting settings[MAX_SETTINGS];
  guint n = list_settings (from, settings);

  for (guint i = 0; i < n; i++)
    {
      const char *found = found_now (from, &settings[i]);

      if (found != NULL && !has_setting (call->to, &settings[i])
          && !needed_by_another (call->plan, from->lan, &settings[i])
          && !change (&settings[i], settings[i].value, found[0], error))
        return FALSE;
    }

  n = list_settings (call->to, settings);
  for (guint i = 0; i < n; i++)
    if (!change (&settings[i], '\0', settings[i].value, error))
      return FALSE;
  return TRUE;
}

static const CsStepType type = {
  .name = "forwarding",
  .flags = CS_STEP_OPENS,
  .apply = apply,
};

CsStep *
cs_sysctl_step_new (void)
{
  return cs_step_new (&type, NULL);
}
