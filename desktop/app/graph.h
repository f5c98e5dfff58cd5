/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was sent and received in the last minute, as two curves; the newest is where a
 * line of text ends. */
#pragma once

#include "samples.h"

#include <gtk/gtk.h>

#define CS_TYPE_GRAPH (cs_graph_get_type ())
G_DECLARE_FINAL_TYPE (CsGraph, cs_graph, CS, GRAPH, GtkWidget)

/* @samples must live as long as @graph. */
void cs_graph_set_samples (CsGraph *graph, const CsSamples *samples);
