/* SPDX-License-Identifier: GPL-2.0-or-later */
/* If the socket itself fails, the next request opens another. */
#include "nft-netlink.h"

#include <errno.h>
#include <libnftnl/common.h>

gpointer
cs_nft_made (gpointer object)
{
  if (object == NULL)
    g_error ("out of memory");
  return object;
}

struct nlmsghdr *
cs_nft_question_begin (CsNetlinkRequest *question,
                       uint16_t type,
                       uint16_t family,
                       gboolean dump)
{
  return nftnl_nlmsg_build_hdr (question->buffer, type, family, dump ? NLM_F_DUMP : 0, 0);
}

typedef struct
{
  mnl_cb_t on_message;
  void *user_data;
  gboolean malformed;
} Answer;

static void
take (const struct nlmsghdr *message, gpointer user_data)
{
  Answer *answer = user_data;

  if (answer->on_message (message, answer->user_data) == MNL_CB_ERROR)
    answer->malformed = TRUE;
}

int
cs_nft_ask (CsNetlinkRequest *question, mnl_cb_t on_message, void *user_data)
{
  static GMutex one_at_a_time;
  static CsNetlink *shared;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&one_at_a_time);
  Answer answer = { .on_message = on_message, .user_data = user_data };
  int failure;

  if (cs_netlink_renew (&shared, NETLINK_NETFILTER) == NULL)
    return errno;
  shared->interrupted = FALSE;
  failure = cs_netlink_ask (shared, &question->header, take, &answer);
  if (failure == 0 && shared->interrupted)
    return EINTR;
  return failure == 0 && answer.malformed ? EBADMSG : failure;
}
