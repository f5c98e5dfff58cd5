/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of what NetworkManager shares itself. */
#include "system/nm/shared.h"

#include "dbus/errors.h"

#include "nm-fixture.h"

/* eth1 has the host's own connection, lan1 one that is shared, lan2 one that is shared
 * and going already, lan3 none. */
static void
start (NmFixture *f)
{
  fake_nm_add_device (f->fake, 1, "Wired", "eth1", "eth1", 100, 1);
  fake_nm_add_device (f->fake, 2, "Wired", "lan1", "lan1", 100, 2);
  fake_nm_add_device (f->fake, 3, "Wired", "lan2", "lan2", 110, 3);
  fake_nm_add_device (f->fake, 4, "Wired", "lan3", "lan3", 30, 0);
  fake_nm_add_active (f->fake, 1, "Office", 1, "");
  fake_nm_add_active (f->fake, 2, "Hotspot", 2, "");
  fake_nm_add_active (f->fake, 3, "Going", 3, "'State': <uint32 3>");
  fake_nm_set_method (f->fake, 2, "shared");
  fake_nm_set_method (f->fake, 3, "shared");
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
}

static void
on_end (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static void
begin_end (NmFixture *f, const char *lan, GAsyncResult **result)
{
  *result = NULL;
  cs_nm_end_shared_async (f->manager, lan, on_end, result);
}

static void
await (GAsyncResult **result, GError **error)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cs_nm_end_shared_finish (*result, error) == (*error == NULL));
  g_clear_object (result);
}

static void
end (NmFixture *f, const char *lan, GError **error)
{
  GAsyncResult *result;

  begin_end (f, lan, &result);
  await (&result, error);
}

static void
assert_told (NmFixture *f, const char *expected)
{
  g_autofree char *told = fake_nm_take_activation (f->fake);

  g_assert_cmpstr (told, ==, expected);
}

static void
test_only_what_is_shared (NmFixture *f, gconstpointer data)
{
  static const char *const others[] = { "eth1", "lan2", "lan3", "lan4" };
  g_autoptr (GError) error = NULL;

  start (f);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      end (f, others[i], &error);
      g_assert_no_error (error);
      assert_told (f, NULL);
    }
  end (f, "lan1", &error);
  g_assert_no_error (error);
  assert_told (f, "end 2");
  fake_nm_stop (f->fake);
}

static void
test_twice_at_once (NmFixture *f, gconstpointer data)
{
  GAsyncResult *first, *second;
  g_autoptr (GError) error = NULL;

  start (f);
  begin_end (f, "lan1", &first);
  begin_end (f, "lan1", &second);
  await (&first, &error);
  g_assert_no_error (error);
  await (&second, &error);
  g_assert_no_error (error);
  fake_nm_stop (f->fake);
}

static void
test_refused (NmFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  start (f);
  fake_nm_refuse (f->fake, "Not authorized to deactivate connections");
  end (f, "lan1", &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_cmpstr (
      error->message, ==,
      "NetworkManager does not end its connection on lan1: Not authorized to "
      "deactivate connections");
  fake_nm_stop (f->fake);
}

static void
test_without_networkmanager (NmFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  nm_fixture_follow (f, FALSE);
  end (f, "lan1", &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "NetworkManager, which shares lan1, does not run");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (NmFixture *f, gconstpointer data);
  } tests[] = {
    { "/nm-shared/only what is shared", test_only_what_is_shared },
    { "/nm-shared/twice at once", test_twice_at_once },
    { "/nm-shared/refused", test_refused },
    { "/nm-shared/without NetworkManager", test_without_networkmanager },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, NmFixture, NULL, nm_fixture_set_up, tests[i].test,
                nm_fixture_tear_down);
  return g_test_run ();
}
