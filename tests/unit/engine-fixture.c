/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orders are waited for by running the main loop until the engine rests. */
#include "engine-fixture.h"

void
engine_settle (EngineFixture *f)
{
  while (cs_engine_is_busy (f->engine) || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
}

void
engine_start (EngineFixture *f)
{
  g_autofree char *state = g_build_filename (f->folder, "state", NULL);
  g_autofree char *run = g_build_filename (f->folder, "run", NULL);
  g_autoptr (CsStore) store = cs_store_new (state, run);
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (f->steps); i++)
    g_ptr_array_add (steps, f->steps[i]->step);
  f->engine = cs_engine_new (CS_MONITOR (f->monitor), steps, store);
  g_assert_true (cs_engine_load (f->engine, NULL));
  if (f->orphans != NULL)
    cs_engine_set_orphans (f->engine, f->orphans);
  g_assert_true (cs_engine_start (f->engine, NULL));
  engine_settle (f);
}

static void
set_up (EngineFixture *f, gconstpointer data)
{
  const char *names[] = { "a", "b", "c" };
  const CsStepFlags flags[] = { CS_STEP_GUARDS, CS_STEP_WAITS, 0 };

  f->folder = g_dir_make_tmp ("connshare-XXXXXX", NULL);
  f->log = g_ptr_array_new_with_free_func (g_free);
  f->monitor = fake_monitor_new ();
  for (guint i = 0; i < G_N_ELEMENTS (f->steps); i++)
    f->steps[i] = fake_step_new (flags[i], names[i], f->log, i == 0 ? f->monitor : NULL);
  engine_start (f);
}

static void
tear_down (EngineFixture *f, gconstpointer data)
{
  g_autofree char *command = g_strconcat ("rm -rf ", f->folder, NULL);

  g_clear_object (&f->engine);
  g_object_unref (f->monitor);
  for (guint i = 0; i < G_N_ELEMENTS (f->steps); i++)
    fake_step_unref (f->steps[i]);
  g_ptr_array_unref (f->log);
  g_clear_error (&f->error);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (f->folder);
}

static void
on_shared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineFixture *f = user_data;

  f->answered = TRUE;
  cs_engine_share_finish (CS_ENGINE (source), result,
                          f->error == NULL ? &f->error : NULL);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineFixture *f = user_data;

  f->answered = TRUE;
  cs_engine_stop_finish (CS_ENGINE (source), result, f->error == NULL ? &f->error : NULL);
}

static void
order_over (EngineFixture *f,
            const char *lan,
            const char *wan,
            GVariant *options,
            const char *over)
{
  GError *error = NULL;

  cs_engine_share_async (f->engine, cs_request_new (lan, wan, options, &error), over,
                         on_shared, f);
  g_assert_no_error (error);
}

void
engine_order (EngineFixture *f, const char *lan, const char *wan, GVariant *options)
{
  order_over (f, lan, wan, options, NULL);
}

void
engine_share_over (EngineFixture *f, const char *lan, const char *wan, const char *over)
{
  g_clear_error (&f->error);
  order_over (f, lan, wan, NULL, over);
  engine_settle (f);
  g_assert_true (f->answered);
}

void
engine_share (EngineFixture *f, const char *lan, const char *wan)
{
  engine_share_over (f, lan, wan, NULL);
}

void
engine_stop_over (EngineFixture *f, const char *lan, const char *over)
{
  g_clear_error (&f->error);
  cs_engine_stop_async (f->engine, lan, over, on_stopped, f);
  engine_settle (f);
  g_assert_true (f->answered);
}

void
engine_stop (EngineFixture *f, const char *lan)
{
  engine_stop_over (f, lan, NULL);
}

/* Compares the calls so far with @expected, "; " between them, and forgets them. */
void
engine_assert_log (EngineFixture *f, const char *expected)
{
  g_autofree char *got = NULL;

  g_ptr_array_add (f->log, NULL);
  got = g_strjoinv ("; ", (char **)f->log->pdata);
  g_ptr_array_set_size (f->log, 0);
  g_assert_cmpstr (got, ==, expected);
}

const CsSharePlan *
engine_get_share (EngineFixture *f, const char *lan)
{
  CsShareStatus status;

  g_assert_true (cs_engine_get_share (f->engine, lan, &status));
  return status.plan;
}

void
engine_assert_state (EngineFixture *f, const char *lan, const char *state)
{
  CsShareStatus status;

  if (!cs_engine_get_share (f->engine, lan, &status))
    g_assert_null (state);
  else
    g_assert_cmpstr (cs_state_to_string (status.plan->state), ==, state);
}

gboolean
engine_file_exists (EngineFixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

int
engine_run (const EngineTest *tests, gsize count)
{
  for (gsize i = 0; i < count; i++)
    g_test_add (tests[i].path, EngineFixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
