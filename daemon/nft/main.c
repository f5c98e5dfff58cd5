/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connshare-nft, started and kept by connshared: reads transactions in the language of
 * nft(8) from standard input, a socket, and replies there. It is a separate program
 * because libnftables exits when its netlink socket fails.
 *
 * It does not outlive connshared: a thread waits for the other end of the socket to close
 * and then exits the process, because a transaction that is not sent yet must not follow
 * what the next connshared does. Whatever is in the kernel by then is applied as a whole.
 *
 * libnftables keeps state that all contexts share, and closing a context costs as much
 * as a commit; so there is one, for good. */
#include "wire.h"

#include <errno.h>
#include <nftables/libnftables.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *
watch_peer (void *data)
{
  struct pollfd peer = { .fd = STDIN_FILENO, .events = POLLRDHUP };

  while (poll (&peer, 1, -1) <= 0)
    ;
  _exit (EXIT_SUCCESS);
}

/* FALSE at the end of the stream, too. */
static bool
read_all (void *data, size_t size)
{
  while (size > 0)
    {
      ssize_t done = read (STDIN_FILENO, data, size);

      if (done == 0 || (done < 0 && errno != EINTR))
        return false;
      data = (char *)data + (done > 0 ? done : 0);
      size -= (size_t)(done > 0 ? done : 0);
    }
  return true;
}

static bool
write_all (const void *data, size_t size)
{
  while (size > 0)
    {
      ssize_t done = write (STDIN_FILENO, data, size);

      if (done < 0 && errno != EINTR)
        return false;
      data = (const char *)data + (done > 0 ? done : 0);
      size -= (size_t)(done > 0 ? done : 0);
    }
  return true;
}

static bool
serve_one (struct nft_ctx *context)
{
  CsNftHead head;
  const char *words = "";
  char *text;
  bool done;

  if (!read_all (&head, sizeof head))
    return false;
  text = malloc ((size_t)head.length + 1);
  if (text == NULL || !read_all (text, head.length))
    return false;
  text[head.length] = '\0';
  head.refused = nft_run_cmd_from_buffer (context, text) != 0;
  if (head.refused)
    words = nft_ctx_get_error_buffer (context);
  head.length = (uint32_t)strlen (words);
  done = write_all (&head, sizeof head) && write_all (words, head.length);
  free (text);
  return done;
}

int
main (void)
{
  pthread_t watch;
  struct nft_ctx *context;

  if (pthread_create (&watch, NULL, watch_peer, NULL) != 0)
    return EXIT_FAILURE;
  context = nft_ctx_new (NFT_CTX_DEFAULT);
  if (context == NULL || nft_ctx_buffer_output (context) != 0
      || nft_ctx_buffer_error (context) != 0)
    return EXIT_FAILURE;
  while (serve_one (context))
    ;
  _exit (EXIT_SUCCESS);
}
