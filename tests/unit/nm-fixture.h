/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private bus with a NetworkManager that is told what to say (fake-nm.h), and what
 * follows it. */
#pragma once

#include "system/nm/network-manager.h"

#include "fake-nm.h"

typedef struct
{
  GTestDBus *bus;            /* (owned) */
  char *directory;           /* (owned) of service files */
  GDBusConnection *client;   /* (owned) */
  GDBusConnection *server;   /* (owned) */
  FakeNm *fake;              /* (owned) */
  CsNetworkManager *manager; /* (owned) (nullable) */
  guint changes;
} NmFixture;

/* As g_test_add () wants them. The NetworkManager does not run yet; the bus could start
 * one, which would leave a file "started" in the directory. */
void nm_fixture_set_up (NmFixture *f, gconstpointer data);
void nm_fixture_tear_down (NmFixture *f, gconstpointer data);

/* Begins to follow; NetworkManager is, or is not, running. */
void nm_fixture_follow (NmFixture *f, gboolean running);
/* Until all that NetworkManager has been made to say was heard and what it leads to was
 * done. */
void nm_fixture_settle (NmFixture *f);
/* Until there was a change since .changes was set to 0, and a bit longer. */
void nm_fixture_await_change (NmFixture *f);
