/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which clients there are is in no plan: they are found while the share is in force
 * (extended-lan.c), and what the kernel has of them is found by its number when it ends.
 *
 * The kernel by itself lets up to 0.8 seconds pass before each answer for another
 * (proxy_delay), which is what a client's first packet would wait for. */
#include "nd-proxy.h"

#include "extended-lan.h"
#include "proxies.h"

#include "base/errno-words.h"
#include "core/plan/ipv6.h"
#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#define NO_DELAY "0"

static gboolean
answers (const CsSharePlan *share)
{
  return share != NULL && cs_share_plan_forwards_ipv6 (share)
         && share->ipv6.mode == CS_IPV6_EXTENDED;
}

/* --- The delay -----------------------------------------------------------------------
 */

/* Unless it is not @expected (nullable) any more. An interface that is gone has taken it
 * along. */
static gboolean
write_delay (int ifindex, const char *expected, const char *value, GError **error)
{
  char name[IF_NAMESIZE], current[16] = "";
  g_autofree char *path = NULL;
  gboolean done;
  int fd, cause;

  if (if_indextoname ((guint)ifindex, name) == NULL)
    return TRUE;
  path = g_strconcat ("/proc/sys/net/ipv6/neigh/", name, "/proxy_delay", NULL);
  fd = open (path, O_RDWR | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return TRUE;
  done = fd >= 0 && pread (fd, current, sizeof current - 1, 0) > 0;
  g_strchomp (current);
  if (done && !g_str_equal (current, value)
      && (expected == NULL || g_str_equal (current, expected)))
    done = pwrite (fd, value, strlen (value), 0) == (gssize)strlen (value);
  cause = errno;
  if (fd >= 0)
    close (fd);
  if (!done)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot set %s to %s: %s", path, value,
                 cs_errno_words (cause));
  return done;
}

/* --- What others need ------------------------------------------------------------------
 */

/* @address unset: whatever it is. */
static gboolean
answers_there (const CsSharePlan *share, int ifindex, CsAddress address)
{
  return answers (share) && share->uplink_ifindex == ifindex
         && (!cs_address_is_set (address)
             || cs_cidr_contains (
                 cs_cidr_network (g_array_index (share->ipv6.addresses, CsCidr, 1)),
                 address));
}

/* Whether a share of the call's plan still answers on @ifindex. */
static gboolean
is_needed (const CsStepCall *call, int ifindex, CsAddress address)
{
  if (answers_there (cs_share_plan_applied (call->to), ifindex, address))
    return TRUE;
  for (guint i = 0; i < call->plan->shares->len; i++)
    {
      const CsSharePlan *share = call->plan->shares->pdata[i];

      if (!g_str_equal (share->lan, cs_step_call_lan (call))
          && answers_there (cs_share_plan_applied (share), ifindex, address))
        return TRUE;
    }
  return FALSE;
}

/* --- The end -------------------------------------------------------------------------
 */

static gboolean
delete_proxies (CsNetlink *netlink,
                const CsStepCall *call,
                const CsSharePlan *from,
                GError **error)
{
  g_autoptr (GArray) proxied
      = cs_proxies_list (netlink, from->uplink_ifindex, from->ipv6.extended);

  for (guint i = 0; i < proxied->len; i++)
    {
      CsAddress address = g_array_index (proxied, CsAddress, i);

      if (!is_needed (call, from->uplink_ifindex, address)
          && !cs_netlink_check (
              netlink, cs_proxy_delete (netlink, from->uplink_ifindex, address), error,
              "cannot delete a neighbor proxy of \"%s\"", from->uplink))
        return FALSE;
    }
  return TRUE;
}

/* Its routes go with the tables (routing/route.c). */
static gboolean
forget (const CsStepCall *call, const CsSharePlan *from, GError **error)
{
  const CsAddress whatever = { 0 };
  g_autoptr (CsNetlink) netlink = NULL;

  if (from->ipv6.extended->len == 0 || from->uplink_ifindex == 0)
    return TRUE;
  netlink = cs_netlink_open (NETLINK_ROUTE, error);
  if (netlink == NULL || !delete_proxies (netlink, call, from, error))
    return FALSE;
  return from->ipv6.found_uplink_proxy_delay == NULL
         || is_needed (call, from->uplink_ifindex, whatever)
         || write_delay (from->uplink_ifindex, NO_DELAY,
                         from->ipv6.found_uplink_proxy_delay, error);
}

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  GHashTable *lans = self;
  const CsSharePlan *from = cs_share_plan_applied (call->from);
  const CsSharePlan *to = cs_share_plan_applied (call->to);
  const char *lan = cs_step_call_lan (call);
  CsExtendedLan *one = g_hash_table_lookup (lans, lan);

  if (from != NULL && !forget (call, from, error))
    return FALSE;
  if (to == NULL || to->ipv6.extended->len == 0)
    {
      g_hash_table_remove (lans, lan);
      return TRUE;
    }
  if (answers (to) && !write_delay (to->uplink_ifindex, NULL, NO_DELAY, error))
    return FALSE;
  if (one == NULL)
    {
      one = cs_extended_lan_new ();
      g_hash_table_insert (lans, g_strdup (lan), one);
    }
  return cs_extended_lan_follow (one, call->to, error);
}

static const CsStepType type = {
  .name = "neighbor proxy",
  .apply = apply,
  .free = (GDestroyNotify)g_hash_table_unref,
};

CsStep *
cs_nd_proxy_step_new (void)
{
  return cs_step_new (&type,
                      g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify)cs_extended_lan_free));
}
