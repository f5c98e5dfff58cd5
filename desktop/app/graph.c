/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawn by cairo with the theme's colors; see graph.h. */
#include "graph.h"

#include "amount.h"

#define HEIGHT     96
#define LINE_WIDTH 2
#define GRID_LINES 2

struct _CsGraph
{
  GtkWidget parent;
  const CsSamples *samples; /* (unowned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CsGraph, cs_graph, GTK_TYPE_WIDGET)

void
cs_graph_set_samples (CsGraph *graph, const CsSamples *samples)
{
  graph->samples = samples;
}

static void
get_color (GtkWidget *widget, const char *name, GdkRGBA *color)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  if (!gtk_style_context_lookup_color (style, name, color))
    gtk_style_context_get_color (style, color);
}

static void
draw_grid (cairo_t *cairo, const GdkRGBA *color, int width, int height)
{
  cairo_set_line_width (cairo, 1);
  cairo_set_source_rgba (cairo, color->red, color->green, color->blue,
                         color->alpha * 0.15);
  for (int i = 0; i <= GRID_LINES; i++)
    {
      double y = 0.5 + (height - 1) * i / GRID_LINES;

      cairo_move_to (cairo, 0, y);
      cairo_line_to (cairo, width, y);
    }
  cairo_stroke (cairo);
}

static double
get_height (const CsSamples *samples, gboolean received, guint age, guint64 top)
{
  CsRate rate = cs_samples_get (samples, age);

  return (double)(received ? rate.received : rate.sent) / (double)top;
}

static void
draw_curve (CsGraph *graph, cairo_t *cairo, gboolean received, guint64 top)
{
  GtkWidget *widget = GTK_WIDGET (graph);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget) - LINE_WIDTH;
  GdkRGBA color;

  get_color (widget, received ? "blue_3" : "green_4", &color);
  for (guint age = 0; age < CS_SAMPLES; age++)
    {
      double along = width * age / (CS_SAMPLES - 1);

      cairo_line_to (cairo, mirrored ? along : width - along,
                     LINE_WIDTH / 2.0
                         + height
                               * (1 - get_height (graph->samples, received, age, top)));
    }
  cairo_set_source_rgb (cairo, color.red, color.green, color.blue);
  cairo_set_line_width (cairo, LINE_WIDTH);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke_preserve (cairo);
  cairo_line_to (cairo, mirrored ? width : 0, height + LINE_WIDTH);
  cairo_line_to (cairo, mirrored ? 0 : width, height + LINE_WIDTH);
  cairo_close_path (cairo);
  cairo_set_source_rgba (cairo, color.red, color.green, color.blue, 0.2);
  cairo_fill (cairo);
}

static void
cs_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CsGraph *graph = CS_GRAPH (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  cairo_t *cairo = gtk_snapshot_append_cairo (snapshot, &bounds);
  guint64 top;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  draw_grid (cairo, &color, width, height);
  if (graph->samples != NULL)
    {
      top = cs_rate_round_up (cs_samples_get_peak (graph->samples));
      draw_curve (graph, cairo, FALSE, top);
      draw_curve (graph, cairo, TRUE, top);
    }
  cairo_destroy (cairo);
}

static void
cs_graph_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : CS_SAMPLES;
}

static void
cs_graph_class_init (CsGraphClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = cs_graph_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = cs_graph_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass),
                                        GTK_ACCESSIBLE_ROLE_IMG);
}

static void
cs_graph_init (CsGraph *graph)
{
}
