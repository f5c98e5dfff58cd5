/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel sends a message for each object that a transaction changes, and at its end
 * one with the number of the new generation and the program's name. They are collected
 * for a few milliseconds, because a firewall's reload is many transactions, and until any
 * commit of our own that is under way has been recorded. If messages are lost (ENOBUFS),
 * our table is assumed to have changed. */
#include "nft-watch.h"

#include "nft-commit.h"
#include "nft-firewall.h"
#include "nft-table.h"
#include "own-ports.h"

#include "core/render/extras.h"
#include "core/render/ruleset.h"
#include "system/netlink/netlink.h"

#include <glib-unix.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

/* How long to collect messages. Milliseconds. */
#define COLLECT 3

/* One transaction. */
typedef struct
{
  guint32 generation;
  gboolean ours_touched; /* it changed something of "inet connshare" */
  char program[16];
} Change;

struct _CsNftWatch
{
  void (*changed) (gpointer);
  gpointer user_data;
  CsNetlink *events;    /* (owned) */
  guint fd_source;      /* of .events */
  guint timer;          /* or 0 */
  GArray *changes;      /* (owned) of Change, not yet examined */
  gboolean touched;     /* the unfinished transaction changed our table */
  gboolean flows;       /* a client's flow has begun */
  gboolean used;        /* so much that a limit is near, or reached */
  gboolean lost;        /* messages were lost */
  guint32 broken;       /* generation in which others last changed our table; 0: none */
  char intruder[16];    /* the program that made it */
  CsFirewall *firewall; /* (owned) (nullable) as of ... */
  guint32 generation;   /* ... this one ... */
  guint tables;         /* ... with this many tables */
};

/* In all messages about tables, chains, rules, sets, elements and objects, the first
 * attribute is the table's name. */
static gboolean
is_named_as_ours (const struct nlmsghdr *message)
{
  const struct nlattr *attribute;

  mnl_attr_for_each (attribute, message, sizeof (struct nfgenmsg))
  {
    if (mnl_attr_get_type (attribute) == NFTA_TABLE_NAME)
      return mnl_attr_validate (attribute, MNL_TYPE_NUL_STRING) == 0
             && g_str_equal (mnl_attr_get_str (attribute), CS_NFT_TABLE);
  }
  return FALSE;
}

static gboolean
is_ours (const struct nlmsghdr *message)
{
  const struct nfgenmsg *header = mnl_nlmsg_get_payload (message);

  return header->nfgen_family == NFPROTO_INET && is_named_as_ours (message);
}

/* Outside of transactions the kernel announces only a quota that is used up, with the
 * packet's family instead of the table's (nft_quota_obj_eval ()). */
static gboolean
is_quota (const struct nlmsghdr *message)
{
  const struct nlattr *attribute;

  if (NFNL_MSG_TYPE (message->nlmsg_type) != NFT_MSG_NEWOBJ)
    return FALSE;
  mnl_attr_for_each (attribute, message, sizeof (struct nfgenmsg))
  {
    if (mnl_attr_get_type (attribute) == NFTA_OBJ_TYPE)
      return mnl_attr_validate (attribute, MNL_TYPE_U32) == 0
             && g_ntohl (mnl_attr_get_u32 (attribute)) == NFT_OBJECT_QUOTA;
  }
  return FALSE;
}

/* Of one of our own: that of flows, or of a limit. */
static void
take_quota (CsNftWatch *self, const struct nlmsghdr *message)
{
  const struct nfgenmsg *header = mnl_nlmsg_get_payload (message);
  const struct nlattr *attribute;

  if (!is_named_as_ours (message))
    return;
  mnl_attr_for_each (attribute, message, sizeof (struct nfgenmsg))
  {
    if (mnl_attr_get_type (attribute) != NFTA_OBJ_NAME
        || mnl_attr_validate (attribute, MNL_TYPE_NUL_STRING) != 0)
      continue;
    if (g_str_equal (mnl_attr_get_str (attribute), CS_EXTRA_QUOTA))
      self->flows = TRUE;
    else if (header->nfgen_family != NFPROTO_INET)
      self->used = TRUE;
  }
}

static void
end_change (CsNftWatch *self, const struct nlmsghdr *message)
{
  Change change = { .ours_touched = self->touched };
  const struct nlattr *attribute;

  mnl_attr_for_each (attribute, message, sizeof (struct nfgenmsg))
  {
    if (mnl_attr_get_type (attribute) == NFTA_GEN_ID
        && mnl_attr_validate (attribute, MNL_TYPE_U32) == 0)
      change.generation = g_ntohl (mnl_attr_get_u32 (attribute));
    else if (mnl_attr_get_type (attribute) == NFTA_GEN_PROC_NAME
             && mnl_attr_validate (attribute, MNL_TYPE_NUL_STRING) == 0)
      g_strlcpy (change.program, mnl_attr_get_str (attribute), sizeof change.program);
  }
  self->touched = FALSE;
  g_array_append_val (self->changes, change);
}

static void
take_message (const struct nlmsghdr *message, gpointer user_data)
{
  CsNftWatch *self = user_data;
  guint16 type = message->nlmsg_type;

  if (NFNL_SUBSYS_ID (type) != NFNL_SUBSYS_NFTABLES
      || message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof (struct nfgenmsg))
    return;
  if (NFNL_MSG_TYPE (type) == NFT_MSG_NEWGEN)
    end_change (self, message);
  else if (is_quota (message))
    take_quota (self, message);
  else if (!self->touched)
    self->touched = is_ours (message);
}

/* Returns whether another program changed anything. */
static gboolean
look_at_changes (CsNftWatch *self)
{
  gboolean others = self->lost;

  if (self->lost)
    {
      self->broken = cs_nft_read_generation ();
      g_strlcpy (self->intruder, "another program", sizeof self->intruder);
    }
  for (guint i = 0; i < self->changes->len; i++)
    {
      const Change *change = &g_array_index (self->changes, Change, i);

      if (cs_nft_is_own (change->generation))
        continue;
      others = TRUE;
      if (!change->ours_touched)
        continue;
      self->broken = change->generation;
      g_strlcpy (self->intruder, change->program, sizeof self->intruder);
    }
  g_array_set_size (self->changes, 0);
  self->lost = FALSE;
  return others;
}

static gboolean
on_timer (gpointer user_data)
{
  CsNftWatch *self = user_data;

  if (cs_nft_is_committing ())
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  if (look_at_changes (self))
    self->changed (self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  CsNftWatch *self = user_data;

  if (!cs_netlink_hear (self->events, take_message, self))
    self->lost = TRUE;
  if (self->flows || self->lost)
    cs_own_ports_check ();
  self->flows = FALSE;
  if (self->used)
    self->changed (self->user_data);
  self->used = FALSE;
  if (self->timer == 0 && (self->lost || self->changes->len > 0 || self->touched))
    self->timer = g_timeout_add (COLLECT, on_timer, self);
  return G_SOURCE_CONTINUE;
}

CsNftWatch *
cs_nft_watch_new (void (*changed) (gpointer), gpointer user_data, GError **error)
{
  static const int groups[] = { NFNLGRP_NFTABLES, 0 };
  CsNetlink *events = cs_netlink_listen (NETLINK_NETFILTER, groups, error);
  CsNftWatch *self;

  if (events == NULL)
    return NULL;
  self = g_new0 (CsNftWatch, 1);
  self->changed = changed;
  self->user_data = user_data;
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  self->events = events;
  self->fd_source
      = g_unix_fd_add (mnl_socket_get_fd (events->socket), G_IO_IN, on_readable, self);
  return self;
}

void
cs_nft_watch_free (CsNftWatch *self)
{
  g_clear_handle_id (&self->fd_source, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  cs_netlink_close (self->events);
  g_array_unref (self->changes);
  cs_firewall_unref (self->firewall);
  g_free (self);
}

CsFirewall *
cs_nft_watch_get_firewall (CsNftWatch *self)
{
  guint32 generation = cs_nft_read_generation ();
  guint tables = cs_nft_count_tables ();

  if (self->firewall == NULL || generation == 0 || generation != self->generation
      || tables != self->tables)
    {
      CsFirewall *firewall = cs_nft_firewall_read (&self->generation);

      self->tables = tables;
      if (firewall != NULL)
        {
          cs_firewall_unref (self->firewall);
          self->firewall = firewall;
        }
      else
        self->generation = 0; /* an old filter misleads: read it again */
    }
  return self->firewall != NULL ? cs_firewall_ref (self->firewall) : NULL;
}

const char *
cs_nft_watch_get_intruder (CsNftWatch *self)
{
  gint32 since = (gint32)(self->broken - cs_nft_last_rebuild ());

  return self->broken != 0 && since > 0 ? self->intruder : NULL;
}
