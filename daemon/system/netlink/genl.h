/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generic netlink, whose families and groups get their numbers when they are loaded: a
 * socket for requests to one family, and one for what it announces. */
#pragma once

#include "netlink.h"

typedef struct _CsGenl CsGenl;

/* About the family @name, and its groups @group_names (NULL-terminated; both outlive it).
 * @announced: there is something for cs_genl_hear (). The kernel is asked for nothing
 * before cs_genl_open (), because that may load a module. */
CsGenl *cs_genl_new (const char *name,
                     const char *const *group_names,
                     void (*announced) (gpointer user_data),
                     gpointer user_data);
void cs_genl_free (CsGenl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsGenl, cs_genl_free)

/* Makes it ready for requests, and from the first time on for announcements. FALSE: there
 * is no such family. */
gboolean cs_genl_open (CsGenl *self);
/* Begins a request, to which attributes can be added; and sends it, like
 * cs_netlink_ask (). It must be open. */
void
cs_genl_begin (CsGenl *self, CsNetlinkRequest *request, guint8 command, guint16 flags);
int cs_genl_ask (CsGenl *self,
                 CsNetlinkRequest *request,
                 CsNetlinkFunc func,
                 gpointer user_data);
/* Calls @func (nullable) for what was announced. FALSE: since the last time something of
 * it was lost, or nobody listened, or the socket failed a request. */
gboolean cs_genl_hear (CsGenl *self, CsNetlinkFunc func, gpointer user_data);
