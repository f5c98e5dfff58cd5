/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much the clients of a share have sent and received through the uplink, in all and
 * in the current month. The packet filter counts, but only until its table is flushed or
 * the computer reboots. */
#pragma once

#include <glib.h>

typedef struct
{
  char *lan;       /* (owned) */
  guint64 in_all;  /* bytes, both directions, since the share was begun */
  guint64 monthly; /* of these, those in .month */
  guint month;     /* as cs_month_number () */
  guint64 counted; /* what the packet filter had counted by then */
} CsDataUsage;

CsDataUsage *cs_data_usage_new (const char *lan);
CsDataUsage *cs_data_usage_copy (const CsDataUsage *usage);
/* A GDestroyNotify. */
void cs_data_usage_free (gpointer usage);

/* Of @usages (of CsDataUsage, nullable) that of @lan; (nullable). */
CsDataUsage *cs_data_usages_find (const GPtrArray *usages, const char *lan);

/* Takes what the packet filter has @counted by now, in @month; less than before means
 * that it has begun again. A month that is over does not come back: a clock without a
 * battery is wrong until somebody has set it. Whether anything has changed. */
gboolean cs_data_usage_count (CsDataUsage *usage, guint64 counted, guint month);

/* "lan0 IN-ALL MONTHLY MONTH COUNTED", with the name escaped: owned. And back, NULL: it
 * is no such line. */
char *cs_data_usage_to_text (const CsDataUsage *usage);
CsDataUsage *cs_data_usage_from_text (const char *text);

/* One number for each month: those that follow each other differ by one. @month is 1 to
 * 12. */
guint cs_month_number (int year, int month);
/* Its first day, "2026-12-01": owned. */
char *cs_month_begin (guint number);
