/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "genl.h"

#include <glib-unix.h>
#include <linux/genetlink.h>

struct _CsGenl
{
  const char *name;
  const char *const *group_names;
  void (*announced) (gpointer);
  gpointer user_data;
  CsNetlink *netlink; /* (owned) (nullable) for requests */
  gboolean failed;    /* an earlier .netlink, since this was last told */
  guint16 family;     /* or 0 */
  CsNetlink *events;  /* (owned) (nullable) */
  guint fd_source;    /* of .events, or 0 */
};

CsGenl *
cs_genl_new (const char *name,
             const char *const *group_names,
             void (*announced) (gpointer user_data),
             gpointer user_data)
{
  CsGenl *self = g_new0 (CsGenl, 1);

  self->name = name;
  self->group_names = group_names;
  self->announced = announced;
  self->user_data = user_data;
  return self;
}

void
cs_genl_free (CsGenl *self)
{
  g_clear_handle_id (&self->fd_source, g_source_remove);
  g_clear_pointer (&self->events, cs_netlink_close);
  g_clear_pointer (&self->netlink, cs_netlink_close);
  g_free (self);
}

/* --- Opening --------------------------------------------------------------------- */

typedef struct
{
  guint16 family;
  const char *const *group_names;
  int *next_group;
} Answer;

static void
note_group (Answer *answer, const struct nlattr *group)
{
  char name[GENL_NAMSIZ];

  cs_netlink_get_text (cs_netlink_find (group, CTRL_ATTR_MCAST_GRP_NAME), name,
                       sizeof name);
  if (g_strv_contains (answer->group_names, name))
    *answer->next_group++
        = (int)cs_netlink_get_u32 (cs_netlink_find (group, CTRL_ATTR_MCAST_GRP_ID), 0);
}

static void
on_family (const struct nlmsghdr *message, gpointer user_data)
{
  static const guint8 sizes[CTRL_ATTR_MAX + 1]
      = { [CTRL_ATTR_FAMILY_ID] = sizeof (guint16) };
  const struct nlattr *attributes[CTRL_ATTR_MAX + 1];
  const struct nlattr *group;
  Answer *answer = user_data;

  if (!cs_netlink_parse (message, GENL_HDRLEN, sizes, attributes, CTRL_ATTR_MAX)
      || attributes[CTRL_ATTR_FAMILY_ID] == NULL)
    return;
  answer->family = mnl_attr_get_u16 (attributes[CTRL_ATTR_FAMILY_ID]);
  if (attributes[CTRL_ATTR_MCAST_GROUPS] == NULL)
    return;
  mnl_attr_for_each_nested (group, attributes[CTRL_ATTR_MCAST_GROUPS])
      note_group (answer, group);
}

/* Sets @groups, which has room for all and the 0 at the end, to those that it knows. */
static void
resolve (CsGenl *self, int *groups)
{
  Answer answer = { .group_names = self->group_names, .next_group = groups };
  CsNetlinkRequest request;
  struct genlmsghdr *header = cs_netlink_begin (&request, GENL_ID_CTRL, 0, GENL_HDRLEN);

  header->cmd = CTRL_CMD_GETFAMILY;
  header->version = 1;
  mnl_attr_put_strz (&request.header, CTRL_ATTR_FAMILY_NAME, self->name);
  cs_netlink_ask (self->netlink, &request.header, on_family, &answer);
  *answer.next_group = 0;
  self->family = answer.family;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  const CsGenl *self = user_data;

  self->announced (self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
subscribe (CsGenl *self, const int *groups)
{
  self->events = cs_netlink_listen (NETLINK_GENERIC, groups, NULL);
  if (self->events != NULL)
    self->fd_source = g_unix_fd_add (mnl_socket_get_fd (self->events->socket), G_IO_IN,
                                     on_readable, self);
}

gboolean
cs_genl_open (CsGenl *self)
{
  g_autofree int *groups = NULL;

  self->failed |= self->netlink != NULL && self->netlink->failed;
  if (cs_netlink_renew (&self->netlink, NETLINK_GENERIC) == NULL || self->family != 0)
    return self->netlink != NULL;
  groups = g_new (int, g_strv_length ((char **)self->group_names) + 1);
  resolve (self, groups);
  if (self->family != 0)
    subscribe (self, groups);
  return self->family != 0;
}

/* --- Requests and announcements -------------------------------------------------- */

void
cs_genl_begin (CsGenl *self, CsNetlinkRequest *request, guint8 command, guint16 flags)
{
  struct genlmsghdr *header
      = cs_netlink_begin (request, self->family, flags, GENL_HDRLEN);

  header->cmd = command;
}

int
cs_genl_ask (CsGenl *self,
             CsNetlinkRequest *request,
             CsNetlinkFunc func,
             gpointer user_data)
{
  return cs_netlink_ask (self->netlink, &request->header, func, user_data);
}

gboolean
cs_genl_hear (CsGenl *self, CsNetlinkFunc func, gpointer user_data)
{
  gboolean heard
      = self->events != NULL && cs_netlink_hear (self->events, func, user_data);

  if (self->netlink != NULL && self->netlink->failed)
    {
      self->failed = TRUE;
      g_clear_pointer (&self->netlink, cs_netlink_close);
    }
  heard = heard && !self->failed;
  self->failed = FALSE;
  return heard;
}
