/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people; see output.h. The functions here return text and leave it to the
 * commands to print it. */
#include "output.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BOLD   "\033[1m"
#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define RESET  "\033[0m"

struct _CsTable
{
  guint n_columns;
  GPtrArray *rows; /* (owned) of char ** (owned); the first is the headings */
};

gboolean
cs_output_wants_color (void)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (STDOUT_FILENO) && (no_color == NULL || *no_color == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

gboolean
cs_output_has_room (guint columns)
{
  struct winsize size = { 0 };

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0
         || size.ws_col >= columns;
}

static const char *
color_of_state (const char *state)
{
  static const struct
  {
    const char *state;
    const char *color;
  } colors[] = {
    { "active", GREEN },   { "connected", GREEN }, { "waiting", YELLOW },
    { "warning", YELLOW }, { "failed", RED },      { "error", RED },
    { NULL, NULL },
  };
  guint i = 0;

  while (colors[i].state != NULL && !g_str_equal (state, colors[i].state))
    i++;
  return colors[i].color;
}

static char *
paint (const char *text, const char *paint, gboolean color)
{
  g_autofree char *line = cs_output_line (text);

  if (!color || paint == NULL)
    return g_steal_pointer (&line);
  return g_strconcat (paint, line, RESET, NULL);
}

char *
cs_output_state (const char *state, gboolean color)
{
  return paint (state, color_of_state (state), color);
}

char *
cs_output_bold (const char *text, gboolean color)
{
  return paint (text, BOLD, color);
}

char *
cs_output_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) && c != '\n' && c != '\t')
        g_string_append_printf (clean, "\\x%02x", c);
      else
        g_string_append_unichar (clean, c);
    }
  return g_string_free (clean, FALSE);
}

char *
cs_output_line (const char *text)
{
  g_autofree char *clean = cs_output_clean (text);
  g_auto (GStrv) words = g_strsplit_set (clean, " \t\n", -1);
  GString *line = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", words[i]);
  return g_string_free (line, FALSE);
}

char *
cs_output_bytes (guint64 bytes)
{
  static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
  double value = bytes / 1000.0;
  guint unit = 0;

  if (bytes < 1000)
    return g_strdup_printf ("%u bytes", (guint)bytes);
  /* what would be shown as 1000.0 is 1.0 of the next unit */
  for (; value >= 999.95 && unit + 1 < G_N_ELEMENTS (units); unit++)
    value /= 1000;
  return g_strdup_printf ("%.1f %s", value, units[unit]);
}

/* in columns of a terminal */
static guint
width_of (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

CsTable *
cs_table_new (const char *const *headings)
{
  CsTable *table = g_new0 (CsTable, 1);

  table->n_columns = g_strv_length ((char **)headings);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_ptr_array_add (table->rows, g_strdupv ((char **)headings));
  return table;
}

void
cs_table_add (CsTable *table, const char *const *cells)
{
  char **row = g_new0 (char *, table->n_columns + 1);

  for (guint i = 0; i < table->n_columns; i++)
    {
      row[i] = cs_output_line (cells[i]);
      if (*row[i] == '\0')
        {
          g_free (row[i]);
          row[i] = g_strdup ("-");
        }
    }
  g_ptr_array_add (table->rows, row);
}

/* (owned) of as many columns as @table has */
static guint *
measure (const CsTable *table)
{
  guint *widths = g_new0 (guint, table->n_columns);

  for (guint i = 0; i < table->rows->len; i++)
    {
      char **row = g_ptr_array_index (table->rows, i);

      for (guint column = 0; column < table->n_columns; column++)
        widths[column] = MAX (widths[column], width_of (row[column]));
    }
  return widths;
}

static gboolean
is_state_column (const char *heading)
{
  return g_str_equal (heading, "STATE") || g_str_equal (heading, "SEVERITY");
}

char *
cs_table_render (const CsTable *table, gboolean color)
{
  GString *text = g_string_new (NULL);
  char **headings = g_ptr_array_index (table->rows, 0);
  g_autofree guint *widths = measure (table);

  for (guint i = 0; i < table->rows->len; i++)
    {
      char **row = g_ptr_array_index (table->rows, i);

      for (guint column = 0; column < table->n_columns; column++)
        {
          gboolean is_state = i > 0 && is_state_column (headings[column]);
          g_autofree char *cell = is_state ? cs_output_state (row[column], color)
                                  : i == 0 ? cs_output_bold (row[column], color)
                                           : g_strdup (row[column]);

          g_string_append (text, cell);
          if (column + 1 < table->n_columns)
            g_string_append_printf (
                text, "%*s", (int)(widths[column] - width_of (row[column]) + 2), "");
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

void
cs_table_free (CsTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table);
}
