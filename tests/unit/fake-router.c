/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-router.h"

#include "private-net.h"

#include <arpa/inet.h>
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

#define PORT          5351
#define ANNOUNCE_PORT 5350
#define TICK          20000 /* microseconds */

static pid_t router_pid;

/* --- In its own process ------------------------------------------------------------ */

static guint
get16 (const guint8 *data)
{
  return (guint)(data[0] << 8 | data[1]);
}

static void
put32 (guint8 *data, guint32 value)
{
  guint32 swapped = htonl (value);

  memcpy (data, &swapped, sizeof swapped);
}

static void
put16 (guint8 *data, guint value)
{
  data[0] = (guint8)(value >> 8);
  data[1] = (guint8)value;
}

static int
open_at (const char *address)
{
  struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons (PORT) };
  const struct timeval tick = { 0, TICK };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (inet_pton (AF_INET, address, &place.sin_addr), ==, 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&place, sizeof place), ==, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick), ==, 0);
  return fd;
}

static void
announce (FakeRouter *self, int fd)
{
  struct sockaddr_in group = { .sin_family = AF_INET,
                               .sin_port = htons (ANNOUNCE_PORT),
                               .sin_addr.s_addr = htonl (INADDR_ALLHOSTS_GROUP) };
  const struct ip_mreqn way = { .imr_ifindex = (int)if_nametoindex ("up0-far") };
  guint8 data[24] = { 2, 0x80 };

  put32 (data + 8, self->epoch);
  setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &way, sizeof way);
  sendto (fd, data, sizeof data, 0, (struct sockaddr *)&group, sizeof group);
  self->announce = 0;
}

static void
note (FakeRouter *self, const char *words)
{
  g_strlcpy (self->log[self->count % ROUTER_LOG], words, sizeof self->log[0]);
  __atomic_add_fetch (&self->count, 1, __ATOMIC_SEQ_CST);
}

/* "pcp 6:8080 8080 7200 NONCE", with a "!" behind it: this port or none */
static void
note_pcp (FakeRouter *self, const guint8 *data, gboolean exact)
{
  g_autofree char *words
      = g_strdup_printf ("pcp %u:%u %u %u %02x%02x%02x%02x%s", data[36],
                         get16 (data + 40), get16 (data + 42), get16 (data + 6), data[24],
                         data[25], data[26], data[27], exact ? "!" : "");

  note (self, words);
}

static gsize
reply_pcp (FakeRouter *self, guint8 *data, gboolean exact)
{
  static const guint8 codes[] = { [ROUTER_REFUSES] = 2, [ROUTER_IS_FULL] = 8 };
  guint code = (guint)self->manner < sizeof codes ? codes[self->manner] : 0;
  guint32 asked = (guint32)get16 (data + 6);

  if (exact && self->manner == ROUTER_IS_INEXACT)
    code = 5;
  else if (exact && self->skip != 0)
    code = 11;
  note_pcp (self, data, exact);
  data[1] |= 0x80;
  data[3] = (guint8)code;
  put32 (data + 4, code != 0 ? 30 : MIN (asked, self->lifetime));
  put32 (data + 8, self->epoch);
  put16 (data + 42, get16 (data + 42) + self->skip);
  memcpy (data + 56, self->external, 4);
  return 60;
}

/* "nat-pmp 2 8080 8080 7200" */
static gsize
reply_nat_pmp (FakeRouter *self, guint8 *data)
{
  g_autofree char *words
      = g_strdup_printf ("nat-pmp %u %u %u %u", data[1], get16 (data + 4),
                         get16 (data + 6), get16 (data + 10));
  guint8 request[12];

  memcpy (request, data, sizeof request);
  note (self, data[1] == 0 ? "nat-pmp 0" : words);
  data[1] |= 0x80;
  put16 (data + 2, 0);
  put32 (data + 4, self->epoch);
  if (request[1] == 0)
    {
      memcpy (data + 8, self->external, 4);
      return 12;
    }
  memcpy (data + 8, request + 4, 4);
  put32 (data + 12, MIN (get16 (request + 10), self->lifetime));
  return 16;
}

static gsize
reply_unsupported (FakeRouter *self, guint8 *data)
{
  data[1] |= 0x80;
  put16 (data + 2, 1);
  put32 (data + 4, self->epoch);
  if (data[0] != 0)
    note (self, "unsupported");
  data[0] = 0;
  return 8;
}

static gsize
reply (FakeRouter *self, guint8 *data, gsize size)
{
  gboolean is_pcp = data[0] == 2;

  switch (self->manner)
    {
    case ROUTER_IS_MUTE:
      note (self, is_pcp ? "pcp" : "nat-pmp");
      return 0;
    case ROUTER_SPEAKS_NAT_PMP:
      return is_pcp ? reply_unsupported (self, data) : reply_nat_pmp (self, data);
    case ROUTER_IS_OLD:
      return is_pcp ? 0 : reply_nat_pmp (self, data);
    default:
      return is_pcp ? reply_pcp (self, data, size == 64 && data[60] == 2) : 0;
    }
}

/* The right one from a wrong address, and one with a wrong nonce. */
static void
confuse (int other, int fd, guint8 *data, gsize size, const struct sockaddr_in *to)
{
  data[56] ^= 1;
  sendto (other, data, size, 0, (const struct sockaddr *)to, sizeof *to);
  data[24] ^= 1;
  sendto (fd, data, size, 0, (const struct sockaddr *)to, sizeof *to);
  sendto (fd, data, 30, 0, (const struct sockaddr *)to, sizeof *to);
  data[24] ^= 1;
  data[56] ^= 1;
}

static void
serve (FakeRouter *self, int fd, int other)
{
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  guint8 data[1100] = { 0 };
  gssize got = recvfrom (fd, data, sizeof data, 0, (struct sockaddr *)&from, &length);
  gsize size = got >= 2 ? reply (self, data, (gsize)got) : 0;

  if (size > 0 && self->manner == ROUTER_CONFUSES)
    confuse (other, fd, data, size, &from);
  if (size > 0)
    sendto (fd, data, size, 0, (struct sockaddr *)&from, sizeof from);
}

static void
run (FakeRouter *self)
{
  int other, fd = -1;

  private_net_ip ("link set lo up");
  private_net_ip ("address add 192.168.1.1/24 dev up0-far");
  private_net_ip ("address add 192.168.1.2/24 dev up0-far");
  private_net_ip ("link set up0-far up");
  other = open_at ("192.168.1.2");
  self->count = 0;
  for (;;)
    {
      gboolean closed = self->manner == ROUTER_IS_CLOSED;

      if (closed && fd >= 0)
        close (fd);
      if (closed)
        fd = -1;
      else if (fd < 0)
        fd = open_at ("192.168.1.1");
      if (self->announce && fd >= 0)
        announce (self, fd);
      if (fd >= 0)
        serve (self, fd, other);
      else
        g_usleep (TICK);
    }
}

/* --- In the test's ----------------------------------------------------------------- */

void
fake_router_reset (FakeRouter *self)
{
  const guint8 external[] = { 198, 51, 100, 7 };

  self->manner = ROUTER_SPEAKS_PCP;
  self->lifetime = 7200;
  self->epoch = 1000;
  self->skip = 0;
  memcpy (self->external, external, sizeof external);
  g_usleep (3 * TICK);
  self->count = 0;
}

FakeRouter *
fake_router_start (void)
{
  FakeRouter *self = mmap (NULL, sizeof *self, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  self->count = -2;
  router_pid = fork ();
  if (router_pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      g_assert_cmpint (unshare (CLONE_NEWNET), ==, 0);
      self->count = -1;
      while (if_nametoindex ("up0-far") == 0)
        g_usleep (TICK);
      run (self);
    }
  while (__atomic_load_n (&self->count, __ATOMIC_SEQ_CST) == -2)
    g_usleep (TICK);
  private_net_ip ("link add up0 type veth peer name up0-far netns %d", (int)router_pid);
  private_net_ip ("address add 192.168.1.20/24 dev up0");
  private_net_ip ("link set up0 up");
  while (__atomic_load_n (&self->count, __ATOMIC_SEQ_CST) == -1)
    g_usleep (TICK);
  fake_router_reset (self);
  return self;
}

void
fake_router_stop (void)
{
  kill (router_pid, SIGKILL);
  waitpid (router_pid, NULL, 0);
}
