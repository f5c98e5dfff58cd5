/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question is sent and its answer read to the end, so that the next one finds an empty
 * socket. After a failure of the socket itself it is opened anew. */
#include "nft-netlink.h"

#include <errno.h>
#include <libnftnl/common.h>
#include <sys/socket.h>

/* As large as the kernel makes a part of a dump. */
#define RECEIVE_BUFFER 32768

struct nlmsghdr *
cs_nft_question_begin (CsNftQuestion *question,
                       uint16_t type,
                       uint16_t family,
                       gboolean dump)
{
  return nftnl_nlmsg_build_hdr (question->buffer, type, family,
                                dump ? NLM_F_DUMP : NLM_F_ACK, 0);
}

static struct mnl_socket *
open_socket (void)
{
  struct mnl_socket *opened = mnl_socket_open2 (NETLINK_NETFILTER, SOCK_CLOEXEC);

  if (opened == NULL || mnl_socket_bind (opened, 0, MNL_SOCKET_AUTOPID) == 0)
    return opened;
  mnl_socket_close (opened);
  return NULL;
}

/* One answer, as it comes in. */
typedef struct
{
  mnl_cb_t on_message;
  void *user_data;
  unsigned int sequence;
  gboolean done;
  int refusal; /* errno */
} Answer;

static void
take (Answer *answer, const struct nlmsghdr *message)
{
  const struct nlmsgerr *end;

  if (message->nlmsg_seq != answer->sequence)
    return;
  if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0 && answer->refusal == 0)
    answer->refusal = EINTR;
  if (message->nlmsg_type == NLMSG_DONE)
    answer->done = TRUE;
  else if (message->nlmsg_type == NLMSG_ERROR)
    {
      end = mnl_nlmsg_get_payload (message);
      answer->done = TRUE;
      if (end->error != 0)
        answer->refusal = -end->error;
    }
  else if (answer->on_message (message, answer->user_data) == MNL_CB_ERROR)
    answer->refusal = EBADMSG;
}

/* FALSE: the socket failed. */
static gboolean
exchange (struct mnl_socket *on, CsNftQuestion *question, Answer *answer)
{
  g_autofree char *buffer = g_malloc (RECEIVE_BUFFER);

  question->header.nlmsg_seq = answer->sequence;
  if (mnl_socket_sendto (on, question->buffer, question->header.nlmsg_len) < 0)
    return FALSE;
  while (!answer->done)
    {
      ssize_t size = mnl_socket_recvfrom (on, buffer, RECEIVE_BUFFER);
      int left = (int)size;

      if (size < 0)
        return FALSE;
      for (const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
           mnl_nlmsg_ok (message, left); message = mnl_nlmsg_next (message, &left))
        take (answer, message);
    }
  return TRUE;
}

int
cs_nft_ask (CsNftQuestion *question, mnl_cb_t on_message, void *user_data)
{
  static GMutex one_at_a_time;
  static struct mnl_socket *shared;
  static unsigned int sequence;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&one_at_a_time);
  Answer answer = { .on_message = on_message, .user_data = user_data };
  int failure;

  if (shared == NULL)
    shared = open_socket ();
  if (shared == NULL)
    return errno;
  answer.sequence = ++sequence;
  if (exchange (shared, question, &answer))
    return answer.refusal;
  failure = errno;
  g_clear_pointer (&shared, mnl_socket_close);
  return failure;
}
