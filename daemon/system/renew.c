/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An access point of ours has been started anew already (lan-profile.c). One of somebody
 * else's is left alone: to switch it off would end it, and its clients find out when they
 * renew their leases. */
#include "renew.h"

#include "link.h"
#include "log.h"
#include "netlink.h"

struct _CsRenewStep
{
  GObject parent;
};

static void step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsRenewStep,
                               cs_renew_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP, step_iface_init))

static gboolean
is_wireless (const char *lan)
{
  g_autofree char *path = g_build_filename ("/sys/class/net", lan, "phy80211", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
has_moved (const CsSharePlan *from, const CsSharePlan *to)
{
  return from != NULL && to != NULL && to->lan_ifindex != 0
         && from->lan_ifindex == to->lan_ifindex && from->address.prefix != 0
         && to->address.prefix != 0 && !cs_cidr_equal (from->address, to->address);
}

static gboolean
bounce (const CsSharePlan *share, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (error);

  return netlink != NULL
         && cs_link_switch (netlink, share->lan_ifindex, share->lan, FALSE, error)
         && cs_link_switch (netlink, share->lan_ifindex, share->lan, TRUE, error);
}

static const char *
get_name (CsStep *step)
{
  return "clients' leases";
}

/* Clients that do not hear of it at once do so later: no reason to undo the move. */
static gboolean
apply (CsStep *step,
       const CsPlan *plan,
       const CsSharePlan *from,
       const CsSharePlan *to,
       GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (has_moved (from, to) && !is_wireless (to->lan) && !bounce (to, &cause))
    cs_warning (to->lan, "clients keep their old addresses for a while: %s",
                cause->message);
  return TRUE;
}

static void
step_iface_init (CsStepInterface *iface)
{
  iface->get_name = get_name;
  iface->apply = apply;
}

static void
cs_renew_step_class_init (CsRenewStepClass *klass)
{
}

static void
cs_renew_step_init (CsRenewStep *self)
{
}

CsStep *
cs_renew_step_new (void)
{
  return g_object_new (CS_TYPE_RENEW_STEP, NULL);
}
