/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With libnetfilter_conntrack, and blocking, as the table may be long: dump, pick,
 * delete. A flow of a client is one that began in the share's subnets and did not end
 * there; it is right when its answers come to an address of the uplink. One without any
 * masquerade is wrong too: it began while somebody had flushed the ruleset. And so is one
 * of a network that the share has given up: its answers would go wherever the host's
 * routes send them now. */
#include "conntrack.h"

#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <sys/socket.h>

struct _CsConntrackStep
{
  GObject parent;

  /* (owned) (nullable) the worker's own; it stays open, as to close it would wait for the
     kernel */
  struct nfct_handle *handle;
};

static void step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsConntrackStep,
                               cs_conntrack_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP, step_iface_init))

/* What is to go. */
typedef struct
{
  const GArray *subnets;   /* of CsCidr: of the share */
  const GArray *former;    /* (nullable) of CsCidr: of the share before */
  const GArray *addresses; /* (nullable) of CsCidr: of its uplink; none at its end */
  GPtrArray *picked;       /* of struct nf_conntrack (owned) */
} Sweep;

static gboolean
is_in (const GArray *networks, guint32 address)
{
  for (guint i = 0; networks != NULL && i < networks->len; i++)
    if (cs_cidr_contains (g_array_index (networks, CsCidr, i), address))
      return TRUE;
  return FALSE;
}

static guint32
get_address (const struct nf_conntrack *flow, enum nf_conntrack_attr attribute)
{
  return g_ntohl (nfct_get_attr_u32 (flow, attribute));
}

static int
on_flow (enum nf_conntrack_msg_type type, struct nf_conntrack *flow, void *data)
{
  Sweep *sweep = data;
  guint32 client = get_address (flow, ATTR_ORIG_IPV4_SRC);
  gboolean wrong = is_in (sweep->subnets, client)
                       ? !is_in (sweep->addresses, get_address (flow, ATTR_REPL_IPV4_DST))
                       : is_in (sweep->former, client);

  if (wrong && !is_in (sweep->subnets, get_address (flow, ATTR_ORIG_IPV4_DST)))
    g_ptr_array_add (sweep->picked, nfct_clone (flow));
  return NFCT_CB_CONTINUE;
}

/* A flow that is gone by now has done what was wanted. */
static gboolean
delete_picked (struct nfct_handle *handle, const Sweep *sweep)
{
  for (guint i = 0; i < sweep->picked->len; i++)
    if (nfct_query (handle, NFCT_Q_DESTROY, sweep->picked->pdata[i]) != 0
        && errno != ENOENT)
      return FALSE;
  return TRUE;
}

static gboolean
has_network (const CsSharePlan *share, CsCidr network)
{
  for (guint i = 0; i < share->subnets->len; i++)
    if (cs_cidr_equal (g_array_index (share->subnets, CsCidr, i), network))
      return TRUE;
  return FALSE;
}

static gboolean
gives_up_network (const CsSharePlan *from, const CsSharePlan *to)
{
  for (guint i = 0; i < from->subnets->len; i++)
    if (!has_network (to, g_array_index (from->subnets, CsCidr, i)))
      return TRUE;
  return FALSE;
}

/* To walk through the kernel's table takes milliseconds even when it is empty. A share
 * that begins has flows already only if its packets were forwarded before; one that waits
 * keeps its own, as the uplink may return as it was. */
static gboolean
is_due (const CsSharePlan *from, const CsSharePlan *to)
{
  if (to == NULL)
    return TRUE;
  if (from == NULL && to->found_lan_forwarding != NULL)
    return FALSE;
  return to->uplink_ifindex != 0
         && (from == NULL || from->uplink_ifindex != to->uplink_ifindex
             || gives_up_network (from, to));
}

static void
close_handle (CsConntrackStep *self)
{
  g_clear_pointer (&self->handle, nfct_close);
}

/* errno, or 0. After an error something may be left to be read, so there is a new handle
 * the next time. */
static int
clear_flows (CsConntrackStep *self, Sweep *sweep)
{
  guint32 family = AF_INET;
  int cause = 0;

  if (self->handle == NULL)
    self->handle = nfct_open (NFNL_SUBSYS_CTNETLINK, 0);
  if (self->handle == NULL)
    return errno;
  nfct_callback_register (self->handle, NFCT_T_ALL, on_flow, sweep);
  if (nfct_query (self->handle, NFCT_Q_DUMP, &family) != 0
      || !delete_picked (self->handle, sweep))
    cause = errno;
  nfct_callback_unregister (self->handle);
  if (cause != 0)
    close_handle (self);
  return cause;
}

static gboolean
apply (CsStep *step,
       const CsPlan *plan,
       const CsSharePlan *from,
       const CsSharePlan *to,
       GError **error)
{
  g_autoptr (GPtrArray) picked = NULL;
  Sweep wrong = { .subnets = (to != NULL ? to : from)->subnets,
                  .former = from != NULL ? from->subnets : NULL,
                  .addresses = to != NULL ? to->uplink_addresses : NULL };
  int cause;

  if (!is_due (from, to))
    return TRUE;
  picked = g_ptr_array_new_with_free_func ((GDestroyNotify)nfct_destroy);
  wrong.picked = picked;
  cause = clear_flows (CS_CONNTRACK_STEP (step), &wrong);
  if (cause == 0)
    return TRUE;
  g_set_error (
      error, CS_ERROR, CS_ERROR_FAILED,
      "the kernel's list of connections could not be cleared of those by another "
      "uplink: %s",
      cs_errno_words (cause));
  return FALSE;
}

static const char *
get_name (CsStep *step)
{
  return "conntrack";
}

static void
step_iface_init (CsStepInterface *iface)
{
  iface->get_name = get_name;
  iface->blocks = TRUE;
  iface->apply = apply;
}

static void
finalize (GObject *object)
{
  close_handle (CS_CONNTRACK_STEP (object));
  G_OBJECT_CLASS (cs_conntrack_step_parent_class)->finalize (object);
}

static void
cs_conntrack_step_class_init (CsConntrackStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
cs_conntrack_step_init (CsConntrackStep *self)
{
}

CsStep *
cs_conntrack_step_new (void)
{
  return g_object_new (CS_TYPE_CONNTRACK_STEP, NULL);
}
