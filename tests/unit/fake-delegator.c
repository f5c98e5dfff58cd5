/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-delegator.h"

#include "private-net.h"

#include "base/bytes.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK 1000 /* microseconds */

enum
{
  SOLICIT = 1,
  ADVERTISE = 2,
  REQUEST = 3,
  RENEW = 5,
  REPLY = 7,
};

static pid_t server_pid;

/* --- In its own process ------------------------------------------------------------ */

static const guint8 *
find_option (const guint8 *data, gsize size, guint code)
{
  for (gsize at = 4; at + 4 <= size; at += 4 + cs_bytes_get16 (data + at + 2))
    if (cs_bytes_get16 (data + at) == code)
      return data + at;
  return NULL;
}

static guint8 *
put_option (guint8 *at, guint code, gsize size)
{
  cs_bytes_put16 (at, code);
  cs_bytes_put16 (at + 2, (guint)size);
  return at + 4;
}

static guint8 *
put_prefix (guint8 *at, const DelegatorPrefix *prefix)
{
  at = put_option (at, 26, 25);
  memset (at, 0, 25);
  cs_bytes_put32 (at, prefix->preferred);
  cs_bytes_put32 (at + 4, prefix->valid);
  at[8] = 60;
  memcpy (at + 9, prefix->network, sizeof prefix->network);
  return at + 25;
}

static guint8 *
put_status (guint8 *at, guint status)
{
  cs_bytes_put16 (put_option (at, 13, 2), status);
  return at + 6;
}

/* @status: instead of prefixes, or 0 */
static guint8 *
put_association (FakeDelegator *self, guint8 *at, const guint8 *asked, guint status)
{
  guint8 *head = at;

  at = put_option (at, 25, 0);
  memcpy (at, asked + 4, 4);
  cs_bytes_put32 (at + 4, self->renew);
  cs_bytes_put32 (at + 8, 0);
  at += 12;
  if (status != 0)
    at = put_status (at, status);
  for (gsize i = 0; status == 0 && i < G_N_ELEMENTS (self->prefixes); i++)
    if (self->prefixes[i].valid > 0)
      at = put_prefix (at, &self->prefixes[i]);
  cs_bytes_put16 (head + 2, (guint)(at - head - 4));
  return at;
}

static guint
status_of (const FakeDelegator *self, guint type)
{
  if (self->manner == DELEGATOR_TAKES_BACK)
    return type == SOLICIT ? 0 : 6;
  return self->manner == DELEGATOR_FORGETS ? 3 : 0;
}

static gsize
make_reply (FakeDelegator *self, const guint8 *data, gsize size, guint8 *reply)
{
  static const guint8 server[] = { 0, 2, 0, 3, 0, 3, 0xaa };
  const guint8 *client = find_option (data, size, 1);
  const guint8 *asked = find_option (data, size, 25);
  gsize length = 4 + cs_bytes_get16 (client + 2);
  guint8 *at = reply + 4;

  memcpy (reply, data, 4);
  reply[0] = data[0] == SOLICIT ? ADVERTISE : REPLY;
  memcpy (at, client, length);
  memcpy (at + length, server, sizeof server);
  at += length + sizeof server;
  if (self->manner == DELEGATOR_TAKES_BACK)
    {
      at = put_option (at, 7, 1);
      *at++ = 255;
    }
  at = put_association (self, at, asked, status_of (self, data[0]));
  return (gsize)(at - reply);
}

static void
send_to (int fd, const guint8 *data, gsize size, const struct sockaddr_in6 *to)
{
  sendto (fd, data, size, 0, (const struct sockaddr *)to, sizeof *to);
}

/* Of another transaction, to another client, by no server, cut off anywhere: all with
 * 2001:db8:bad::/60. */
static void
confuse (int fd, const guint8 *reply, gsize size, const struct sockaddr_in6 *to)
{
  guint8 wrong[1100];

  memcpy (wrong, reply, size);
  memcpy (wrong + size - 16, (const guint8[]){ 0x20, 1, 0x0d, 0xb8, 0x0b, 0xad }, 6);
  wrong[1] ^= 1;
  send_to (fd, wrong, size, to);
  wrong[1] ^= 1;
  wrong[10] ^= 1;
  send_to (fd, wrong, size, to);
  wrong[10] ^= 1;
  for (gsize i = 0; i < size; i++)
    send_to (fd, wrong, i, to);
}

static void
serve (FakeDelegator *self, int fd)
{
  static struct sockaddr_in6 from;
  socklen_t length = sizeof from;
  guint8 data[1100], reply[1100] = { 0 };
  gssize got = recvfrom (fd, data, sizeof data, 0, (struct sockaddr *)&from, &length);
  gsize size;

  if (got < 4 && self->floods && from.sin6_family != 0)
    send_to (fd, reply, sizeof reply, &from);
  if (got < 4)
    return;
  self->asked++;
  self->asked_by[data[0] & 15]++;
  size = make_reply (self, data, (gsize)got, reply);
  if (self->manner == DELEGATOR_CONFUSES)
    confuse (fd, reply, size, &from);
  if (self->manner == DELEGATOR_IS_MUTE
      || (self->manner == DELEGATOR_FORGETS && data[0] <= REQUEST))
    return;
  send_to (fd, reply, size, &from);
}

static int
open_at_cable (void)
{
  const struct sockaddr_in6 place = { .sin6_family = AF_INET6, .sin6_port = htons (547) };
  const struct ipv6_mreq group
      = { { { { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2 } } },
          if_nametoindex ("up0-far") };
  const struct timeval tick = { 0, TICK };
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (const struct sockaddr *)&place, sizeof place), ==, 0);
  g_assert_cmpint (setsockopt (fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group),
                   ==, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick), ==, 0);
  return fd;
}

static void
run (FakeDelegator *self)
{
  private_net_skip_dad ();
  for (;;)
    {
      int fd;

      while (if_nametoindex ("up0-far") == 0)
        g_usleep (TICK);
      private_net_ip ("link set up0-far up");
      fd = open_at_cable ();
      self->ready = 1;
      while (if_nametoindex ("up0-far") != 0)
        serve (self, fd);
      close (fd);
    }
}

/* --- In the test's ----------------------------------------------------------------- */

void
fake_delegator_reset (FakeDelegator *self)
{
  static const DelegatorPrefix first = { { 0x20, 1, 0x0d, 0xb8, 0, 0x77 }, 7200, 7200 };

  self->manner = DELEGATOR_DELEGATES;
  self->renew = 0;
  self->floods = 0;
  memset (self->prefixes, 0, sizeof self->prefixes);
  self->prefixes[0] = first;
  self->asked = 0;
  memset (self->asked_by, 0, sizeof self->asked_by);
}

static gboolean
has_address (void)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/net/if_inet6", &text, NULL, NULL));
  return strstr (text, "up0\n") != NULL;
}

void
fake_delegator_plug (void)
{
  if (if_nametoindex ("up0") != 0)
    private_net_ip ("link del up0");
  private_net_ip ("link add up0 type veth peer name up0-far netns %d", (int)server_pid);
  private_net_ip ("link set up0 up");
  while (!has_address ())
    g_usleep (TICK);
}

FakeDelegator *
fake_delegator_start (void)
{
  FakeDelegator *self = mmap (NULL, sizeof *self, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  private_net_skip_dad ();
  self->ready = -1;
  server_pid = fork ();
  if (server_pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      g_assert_cmpint (unshare (CLONE_NEWNET), ==, 0);
      self->ready = 0;
      run (self);
    }
  while (__atomic_load_n (&self->ready, __ATOMIC_SEQ_CST) == -1)
    g_usleep (TICK);
  fake_delegator_plug ();
  while (__atomic_load_n (&self->ready, __ATOMIC_SEQ_CST) == 0)
    g_usleep (TICK);
  fake_delegator_reset (self);
  return self;
}

void
fake_delegator_stop (void)
{
  kill (server_pid, SIGKILL);
  waitpid (server_pid, NULL, 0);
}
