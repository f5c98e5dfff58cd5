/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An engine on a network and steps of memory, and a store in a temporary folder. */
#pragma once

#include "engine/engine.h"

#include "fakes.h"

typedef struct
{
  char *folder;         /* (owned) */
  GPtrArray *log;       /* (owned) of char * */
  FakeStep *steps[3];   /* (owned) */
  FakeMonitor *monitor; /* (owned) */
  CsEngine *engine;     /* (owned) */
  GPtrArray *orphans;   /* (nullable) unowned, for the next start */
  GError *error;        /* (owned) (nullable) the first since the last order alone */
  gboolean answered;
} EngineFixture;

typedef struct
{
  const char *path;
  void (*test) (EngineFixture *f, gconstpointer data);
} EngineTest;

/* Runs these, each with a fixture of its own, after g_test_init (); what main () returns.
 */
int engine_run (const EngineTest *tests, gsize count);

/* Starts an engine, in the place of one that has been freed. */
void engine_start (EngineFixture *f);
/* Runs the main loop until nothing is to be done. */
void engine_settle (EngineFixture *f);

/* Orders, of which the first error since the last that waited is kept in .error; the
 * others wait. @over: see cs_engine_share_async (). */
void engine_order (EngineFixture *f, const char *lan, const char *wan, GVariant *options);
void engine_share (EngineFixture *f, const char *lan, const char *wan);
void engine_stop (EngineFixture *f, const char *lan);
void
engine_share_over (EngineFixture *f, const char *lan, const char *wan, const char *over);
void engine_stop_over (EngineFixture *f, const char *lan, const char *over);

/* Compares the steps' calls so far with @expected, "; " between them, and forgets them.
 */
void engine_assert_log (EngineFixture *f, const char *expected);
/* @state is NULL for a LAN that is not shared. */
void engine_assert_state (EngineFixture *f, const char *lan, const char *state);
/* Of a LAN that is shared. */
const CsSharePlan *engine_get_share (EngineFixture *f, const char *lan);
/* In .folder. */
gboolean engine_file_exists (EngineFixture *f, const char *name);
