/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With libnetfilter_conntrack, in a worker thread as the table may be long: dump, pick,
 * delete. A flow of a client is one that began in the share's subnets and did not end
 * there; it is right when its answers come to an address of the uplink. One without any
 * masquerade is wrong too: it began while somebody had flushed the ruleset. */
#include "conntrack.h"

#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <sys/socket.h>

struct _CsConntrackStep
{
  GObject parent;
};

static void step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsConntrackStep,
                               cs_conntrack_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP, step_iface_init))

/* What is to go. */
typedef struct
{
  GArray *subnets;   /* (owned) of CsCidr: of the share */
  GArray *addresses; /* (owned) of CsCidr: of its uplink; none at its end */
  GPtrArray *picked; /* (owned) of struct nf_conntrack (owned) */
} Sweep;

static void
sweep_free (Sweep *sweep)
{
  g_array_unref (sweep->subnets);
  g_array_unref (sweep->addresses);
  g_ptr_array_unref (sweep->picked);
  g_free (sweep);
}

static gboolean
is_in (const GArray *networks, guint32 address)
{
  for (guint i = 0; i < networks->len; i++)
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

  if (is_in (sweep->subnets, get_address (flow, ATTR_ORIG_IPV4_SRC))
      && !is_in (sweep->subnets, get_address (flow, ATTR_ORIG_IPV4_DST))
      && !is_in (sweep->addresses, get_address (flow, ATTR_REPL_IPV4_DST)))
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

static void
sweep_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Sweep *sweep = task_data;
  struct nfct_handle *handle = nfct_open (NFNL_SUBSYS_CTNETLINK, 0);
  guint32 family = AF_INET;
  int cause = errno;
  gboolean ok = FALSE;

  if (handle != NULL)
    {
      nfct_callback_register (handle, NFCT_T_ALL, on_flow, sweep);
      ok = nfct_query (handle, NFCT_Q_DUMP, &family) == 0
           && delete_picked (handle, sweep);
      cause = errno;
      nfct_close (handle);
    }
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "the kernel's list of connections could not be cleared of "
                             "those by another uplink: %s",
                             cs_errno_words (cause));
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
         && (from == NULL || from->uplink_ifindex != to->uplink_ifindex);
}

static const char *
get_name (CsStep *step)
{
  return "conntrack";
}

static void
apply_async (CsStep *step,
             const CsPlan *plan,
             const CsSharePlan *from,
             const CsSharePlan *to,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (step, cancellable, callback, user_data);
  const CsSharePlan *share = to != NULL ? to : from;
  Sweep *sweep;

  g_task_set_source_tag (task, apply_async);
  if (!is_due (from, to))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  sweep = g_new (Sweep, 1);
  sweep->subnets = g_array_copy (share->subnets);
  sweep->addresses = to != NULL ? g_array_copy (to->uplink_addresses)
                                : g_array_new (FALSE, FALSE, sizeof (CsCidr));
  sweep->picked = g_ptr_array_new_with_free_func ((GDestroyNotify)nfct_destroy);
  g_task_set_task_data (task, sweep, (GDestroyNotify)sweep_free);
  g_task_run_in_thread (task, sweep_thread);
}

static void
step_iface_init (CsStepInterface *iface)
{
  iface->get_name = get_name;
  iface->apply_async = apply_async;
}

static void
cs_conntrack_step_class_init (CsConntrackStepClass *klass)
{
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
