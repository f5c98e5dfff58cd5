/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "genl.h"

#include <linux/genetlink.h>

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

guint16
cs_genl_resolve (CsNetlink *self,
                 const char *name,
                 const char *const *group_names,
                 int *groups)
{
  Answer answer = { .group_names = group_names, .next_group = groups };
  CsNetlinkRequest request;
  struct genlmsghdr *header = cs_netlink_begin (&request, GENL_ID_CTRL, 0, GENL_HDRLEN);

  header->cmd = CTRL_CMD_GETFAMILY;
  header->version = 1;
  mnl_attr_put_strz (&request.header, CTRL_ATTR_FAMILY_NAME, name);
  cs_netlink_ask (self, &request.header, on_family, &answer);
  *answer.next_group = 0;
  return answer.family;
}
