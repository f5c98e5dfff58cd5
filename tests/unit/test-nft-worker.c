/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that runs libnftables: the real one on a real kernel, and some that fail.
 */
#include "system/nft/nft-worker.h"

#include "private-net.h"
#include "step-call.h"

#include <string.h>

/* Returns the process, as text; not one that has ended. */
static char *
find_worker (void)
{
  return shell ("pgrep -x connshare-nft -r D,R,S -P %d || true", (int)getpid ());
}

static void
must_run (const char *commands)
{
  g_autofree char *words = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = cs_nft_worker_run (commands, &words, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (words, ==, NULL);
  g_assert_true (done);
}

static void
must_fail_with (const char *program, const char *expected)
{
  g_autofree char *words = NULL;
  g_autoptr (GError) error = NULL;

  cs_nft_worker_init (program);
  g_assert_false (cs_nft_worker_run ("list tables", &words, &error));
  g_assert_nonnull (error);
  g_assert_null (words);
  if (strstr (error->message, expected) == NULL)
    g_error ("%s: %s", program, error->message);
}

static void
write_program (const char *text)
{
  g_assert_true (g_file_set_contents_full ("/run/program", text, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
}

static void
test_failures (void)
{
  static const char *const programs[] = {
    "#!/bin/sh\nexit 1\n",
    "#!/bin/sh\nhead -c 8 >/dev/null\nkill -9 $$\n",
    "#!/bin/sh\nhead -c 8 >/dev/null\nprintf 'not an answer' >&0\n",
  };

  must_fail_with ("/run/missing", "cannot start /run/missing");
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      write_program (programs[i]);
      must_fail_with ("/run/program", "connshare-nft failed");
    }
}

static void
test_words (void)
{
  g_autofree char *words = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (cs_nft_worker_run ("delete table inet none", &words, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (words, "Error: "));
  must_run ("add table inet some");
  assert_shell ("after a refusal", "nft list tables", "table inet some");
  must_run ("delete table inet some");
}

/* More than the socket takes at once. */
static void
test_long_text (void)
{
  GString *text = g_string_new ("add table inet some\n"
                                "add set inet some s { type ipv4_addr; }\n");
  g_autofree char *commands = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "add element inet some s { 10.0.%u.%u }\n", i / 256,
                            i % 256);
  commands = g_string_free (text, FALSE);
  must_run (commands);
  must_run ("delete table inet some");
}

/* With all its threads: the last one closes its socket. */
static void
test_killed (void)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  must_run ("add table inet some");
  first = find_worker ();
  g_free (shell ("kill -9 %s; while [ \"$(ps -L -o s= %s)\" != Z ]; do sleep 0.01; done",
                 first, first));
  must_run ("delete table inet some");
  second = find_worker ();
  g_assert_cmpstr (first, !=, second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  cs_nft_worker_init (NFT_WORKER);
  g_test_add_func ("/nft-worker/words", test_words);
  g_test_add_func ("/nft-worker/long text", test_long_text);
  g_test_add_func ("/nft-worker/killed", test_killed);
  g_test_add_func ("/nft-worker/failures", test_failures);
  return g_test_run ();
}
