/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whoever runs something of his own in this process has clients' datagrams and the
 * socket pair, whose other end believes nothing. */
#include "confine.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define DATA_MAX (16 * 1024 * 1024) /* bytes; about one is used */
#define FDS_MAX  32

static gboolean
limit (void)
{
  static const struct
  {
    __rlimit_resource_t resource;
    rlim_t max;
  } rows[] = {
#ifndef CS_WITH_SANITIZERS
    { RLIMIT_DATA, DATA_MAX },  { RLIMIT_NPROC, 0 },
#endif
    { RLIMIT_NOFILE, FDS_MAX }, { RLIMIT_FSIZE, 0 },
    { RLIMIT_CORE, 0 },         { RLIMIT_MSGQUEUE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const struct rlimit value = { rows[i].max, rows[i].max };

      if (setrlimit (rows[i].resource, &value) != 0)
        return FALSE;
    }
  return TRUE;
}

#ifndef CS_WITH_SANITIZERS

static gboolean
allow_calls (scmp_filter_ctx filter)
{
  static const int calls[]
      = { /* The loop. */
          SCMP_SYS (poll), SCMP_SYS (ppoll), SCMP_SYS (ppoll_time64),
          SCMP_SYS (restart_syscall), SCMP_SYS (rt_sigreturn), SCMP_SYS (clock_gettime),
          SCMP_SYS (clock_gettime64), SCMP_SYS (gettimeofday),
          /* Descriptors that it has. */
          SCMP_SYS (recv), SCMP_SYS (recvfrom), SCMP_SYS (recvmsg), SCMP_SYS (send),
          SCMP_SYS (sendto), SCMP_SYS (sendmsg), SCMP_SYS (accept4), SCMP_SYS (shutdown),
          SCMP_SYS (close),
          /* Memory. */
          SCMP_SYS (brk), SCMP_SYS (munmap), SCMP_SYS (mremap), SCMP_SYS (madvise),
          SCMP_SYS (futex), SCMP_SYS (futex_time64), SCMP_SYS (getrandom),
          /* Its end. */
          SCMP_SYS (exit), SCMP_SYS (exit_group), SCMP_SYS (getpid), SCMP_SYS (gettid),
          SCMP_SYS (tgkill), SCMP_SYS (rt_sigprocmask), SCMP_SYS (rt_sigaction)
        };

  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
      return FALSE;
  return seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (write), 1,
                           SCMP_A0 (SCMP_CMP_EQ, STDERR_FILENO))
             == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (writev), 1,
                              SCMP_A0 (SCMP_CMP_EQ, STDERR_FILENO))
                == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1,
                              SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
                == 0;
}

static gboolean
filter_calls (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  gboolean done = filter != NULL && allow_calls (filter) && seccomp_load (filter) == 0;

  if (filter != NULL)
    seccomp_release (filter);
  return done;
}

static gboolean
close_up (void)
{
  return prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && filter_calls ();
}

#else /* The search for leaks looks into this process. */

static gboolean
close_up (void)
{
  return TRUE;
}

#endif

gboolean
cs_confine (void)
{
  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit () && close_up ();
}
