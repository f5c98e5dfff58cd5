/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each share has up to three settings. Those of the target are written whenever they are
 * not as they should be. Those that only the plan before has are put back to what was
 * found, unless another share still needs them or somebody else has changed them since.
 * An interface that is gone has taken its settings with it, and that is fine; one that
 * was renamed has kept them.
 *
 * The kernel (devinet_sysctl_forward ()) asks the interface that a packet came in by, so
 * both sides need forwarding; "rp_filter" 1 would drop the answers that come in by an
 * uplink that is not the host's own way out (Documentation/networking/ip-sysctl.rst). */
#include "sysctl.h"

#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <unistd.h>

typedef struct
{
  const char *interface; /* unowned: as it is called in the plan */
  int ifindex;           /* it may be called otherwise by now */
  const char *key;       /* static */
  char value;            /* what the share needs, one digit */
  const char *found;     /* (nullable) unowned: what it was before the share */
} Setting;

#define MAX_SETTINGS 3

struct _CsSysctlStep
{
  GObject parent;
};

static void cs_sysctl_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsSysctlStep,
                               cs_sysctl_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP,
                                                      cs_sysctl_step_iface_init))

/* Returns how many. */
static guint
list_settings (const CsSharePlan *share, Setting *settings)
{
  guint n = 0;

  if (share == NULL)
    return 0;
  if (share->lan_method != CS_LAN_ABSENT)
    settings[n++] = (Setting){ share->lan, share->lan_ifindex, "forwarding", '1',
                               share->found_lan_forwarding };
  if (share->uplink == NULL)
    return n;
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

/* Opens the file of a setting for reading and writing; -1 and errno. */
static int
open_setting (const Setting *setting)
{
  char name[IF_NAMESIZE];
  g_autofree char *path = NULL;

  if (if_indextoname ((guint)setting->ifindex, name) == NULL)
    {
      errno = ENOENT;
      return -1;
    }
  path = g_strdup_printf ("/proc/sys/net/ipv4/conf/%s/%s", name, setting->key);
  return g_open (path, O_RDWR | O_CLOEXEC, 0);
}

/* Sets it to @value if it is not that, and if it is @expected ('\0': whatever it is). */
static gboolean
change (const Setting *setting, char expected, char value, GError **error)
{
  int fd = open_setting (setting);
  char text[2] = { value, '\n' };
  char current = '\0';
  gboolean done;
  int saved;

  if (fd < 0 && errno == ENOENT)
    return TRUE;
  done = fd >= 0 && pread (fd, &current, 1, 0) == 1;
  if (done && current != value && (expected == '\0' || current == expected))
    done = pwrite (fd, text, sizeof text, 0) == (gssize)sizeof text;
  saved = errno;
  if (fd >= 0)
    close (fd);
  if (!done)
    g_set_error (
        error, CS_ERROR, CS_ERROR_FAILED,
        "Cannot set net.ipv4.conf.%s.%s to %c: %s; is /proc/sys read-only, as in "
        "a container?",
        setting->interface, setting->key, value, g_strerror (saved));
  return done;
}

static gboolean
apply (CsStep *step,
       const CsPlan *plan,
       const CsSharePlan *from,
       const CsSharePlan *to,
       GError **error)
{
  Setting settings[MAX_SETTINGS];
  guint n = list_settings (from, settings);

  for (guint i = 0; i < n; i++)
    if (settings[i].found != NULL && !has_setting (to, &settings[i])
        && !needed_by_another (plan, from->lan, &settings[i])
        && !change (&settings[i], settings[i].value, settings[i].found[0], error))
      return FALSE;

  n = list_settings (to, settings);
  for (guint i = 0; i < n; i++)
    if (!change (&settings[i], '\0', settings[i].value, error))
      return FALSE;
  return TRUE;
}

static const char *
cs_sysctl_step_get_name (CsStep *step)
{
  return "forwarding";
}

static void
cs_sysctl_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = cs_sysctl_step_get_name;
  iface->apply = apply;
}

static void
cs_sysctl_step_class_init (CsSysctlStepClass *klass)
{
}

static void
cs_sysctl_step_init (CsSysctlStep *self)
{
}

CsStep *
cs_sysctl_step_new (void)
{
  return CS_STEP (g_object_new (CS_TYPE_SYSCTL_STEP, NULL));
}
