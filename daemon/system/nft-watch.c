/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel sends a message for each object that a transaction changed, and at its end
 * one with the number of the new generation and the program's name. They are collected
 * for some milliseconds, as a firewall's reload is many transactions, and until a commit
 * of our own that is under way has been noted. Should messages be lost (ENOBUFS), it is
 * taken that our table was changed. */
#include "nft-watch.h"

#include "nft-commit.h"
#include "nft-firewall.h"
#include "nft-table.h"

#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

/* How long to collect. Milliseconds. */
#define COLLECT 3
/* As large as the kernel makes a message. */
#define RECEIVE_BUFFER 32768

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
  struct mnl_socket *socket; /* (owned) */
  guint fd_source;
  guint timer;          /* or 0 */
  GArray *changes;      /* (owned) of Change, not looked at yet */
  gboolean touched;     /* the transaction whose end has not come yet did it */
  gboolean lost;        /* messages were */
  guint32 broken;       /* generation that last changed our table, not by us; 0: none */
  char intruder[16];    /* who made it */
  CsFirewall *firewall; /* (owned) (nullable) as of ... */
  guint32 generation;   /* ... this one ... */
  guint tables;         /* ... when there were so many */
};

/* The first attribute of all messages on tables, chains, rules, sets, elements and
 * objects is the table's name. */
static gboolean
is_ours (const struct nlmsghdr *message)
{
  const struct nfgenmsg *header = mnl_nlmsg_get_payload (message);
  const struct nlattr *attribute;

  if (header->nfgen_family != NFPROTO_INET)
    return FALSE;
  mnl_attr_for_each (attribute, message, sizeof *header)
  {
    if (mnl_attr_get_type (attribute) == NFTA_TABLE_NAME)
      return mnl_attr_validate (attribute, MNL_TYPE_NUL_STRING) == 0
             && g_str_equal (mnl_attr_get_str (attribute), "connshare");
  }
  return FALSE;
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
take_message (CsNftWatch *self, const struct nlmsghdr *message)
{
  guint16 type = message->nlmsg_type;

  if (NFNL_SUBSYS_ID (type) != NFNL_SUBSYS_NFTABLES
      || message->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof (struct nfgenmsg))
    return;
  if (NFNL_MSG_TYPE (type) == NFT_MSG_NEWGEN)
    end_change (self, message);
  else if (!self->touched)
    self->touched = is_ours (message);
}

/* Returns whether another program did anything. */
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
  static char buffer[RECEIVE_BUFFER] __attribute__ ((aligned (MNL_ALIGNTO)));
  ssize_t size;

  while ((size = recv (fd, buffer, sizeof buffer, 0)) > 0 || errno == EINTR
         || errno == ENOBUFS)
    {
      int left = (int)size;

      self->lost = self->lost || size < 0;
      for (const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
           size > 0 && mnl_nlmsg_ok (message, left);
           message = mnl_nlmsg_next (message, &left))
        take_message (self, message);
    }
  if (self->timer == 0)
    self->timer = g_timeout_add (COLLECT, on_timer, self);
  return G_SOURCE_CONTINUE;
}

CsNftWatch *
cs_nft_watch_new (void (*changed) (gpointer), gpointer user_data, GError **error)
{
  g_autoptr (CsNftWatch) self = g_new0 (CsNftWatch, 1);
  int group = NFNLGRP_NFTABLES;

  self->changed = changed;
  self->user_data = user_data;
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  self->socket = mnl_socket_open2 (NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (self->socket == NULL || mnl_socket_bind (self->socket, 0, MNL_SOCKET_AUTOPID) < 0
      || mnl_socket_setsockopt (self->socket, NETLINK_ADD_MEMBERSHIP, &group,
                                sizeof group)
             < 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "Cannot listen to the kernel's packet filter: %s", g_strerror (errno));
      return NULL;
    }
  self->fd_source
      = g_unix_fd_add (mnl_socket_get_fd (self->socket), G_IO_IN, on_readable, self);
  return g_steal_pointer (&self);
}

void
cs_nft_watch_free (CsNftWatch *self)
{
  g_clear_handle_id (&self->fd_source, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->socket, mnl_socket_close);
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
      self->tables = tables;
      cs_firewall_unref (self->firewall);
      self->firewall = cs_nft_firewall_read (&self->generation);
    }
  return self->firewall != NULL ? cs_firewall_ref (self->firewall) : NULL;
}

const char *
cs_nft_watch_get_intruder (CsNftWatch *self)
{
  gint32 since = (gint32)(self->broken - cs_nft_last_rebuild ());

  return self->broken != 0 && since > 0 ? self->intruder : NULL;
}
