/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people; see output.h. The functions here return text; the commands print
 * it. */
#include "output.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BOLD   "\033[1m"
#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define RESET  "\033[0m"

#define GAP       2 /* between the columns of a table */
#define NARROWEST 7 /* column, when it has to be made narrower */
#define ELLIPSIS  "…"

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

guint
cs_output_columns (void)
{
  struct winsize size = { 0 };

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}

gboolean
cs_output_has_room (guint columns)
{
  guint width = cs_output_columns ();

  return width == 0 || width >= columns;
}

static const char *
color_of_state (const char *state)
{
  static const struct
  {
    const char *state;
    const char *color;
  } colors[] = {
    { "active", GREEN }, { "connected", GREEN }, { "online", GREEN },
    { "blocked", RED },  { "waiting", YELLOW },  { "warning", YELLOW },
    { "failed", RED },   { "error", RED },       { NULL, NULL },
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

/* Those that turn around the order in which a terminal shows what follows (Unicode's
 * Bidi_Control). */
static gboolean
is_bidi_control (gunichar c)
{
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069);
}

char *
cs_output_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((g_unichar_iscntrl (c) && c != '\n' && c != '\t') || is_bidi_control (c))
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
  GString *line = g_string_new (NULL);

  for (const char *p = clean; *p != '\0';)
    {
      gsize space = strspn (p, " \t\n");
      gsize word = strcspn (p + space, " \t\n");

      if (strcspn (p, "\t\n") >= space)
        g_string_append_len (line, p, (gssize)space);
      else if (line->len > 0 && word > 0)
        g_string_append_c (line, ' ');
      g_string_append_len (line, p + space, (gssize)word);
      p += space + word;
    }
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
  /* what would print as 1000.0 is 1.0 of the next unit */
  for (; value >= 999.95 && unit + 1 < G_N_ELEMENTS (units); unit++)
    value /= 1000;
  return g_strdup_printf ("%.1f %s", value, units[unit]);
}

/* in columns of a terminal */
static guint
char_width (gunichar c)
{
  return g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
}

static guint
width_of (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += char_width (g_utf8_get_char (p));
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

/* @text (transfer full) in so many columns of a terminal, with a mark where it goes on.
 */
static char *
cut (char *text, guint columns)
{
  g_autofree char *whole = text;
  GString *start = g_string_new (NULL);
  guint width = 0;

  if (width_of (text) <= columns)
    {
      g_string_free (start, TRUE);
      return g_steal_pointer (&whole);
    }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      width += char_width (g_utf8_get_char (p));
      if (width >= columns)
        break;
      g_string_append_unichar (start, g_utf8_get_char (p));
    }
  g_string_append (start, ELLIPSIS);
  return g_string_free (start, FALSE);
}

void
cs_table_fit (CsTable *table, guint columns, const char *const *headings)
{
  char **all = g_ptr_array_index (table->rows, 0);
  g_autofree guint *widths = measure (table);
  guint total = GAP * (table->n_columns - 1);

  for (guint column = 0; column < table->n_columns; column++)
    total += widths[column];
  for (; *headings != NULL && columns != 0 && total > columns; headings++)
    for (guint column = 0; column < table->n_columns; column++)
      if (g_str_equal (all[column], *headings) && widths[column] > NARROWEST)
        {
          guint less = MIN (total - columns, widths[column] - NARROWEST);

          widths[column] -= less;
          total -= less;
        }
  for (guint i = 0; i < table->rows->len; i++)
    for (guint column = 0; column < table->n_columns; column++)
      {
        char **cell = (char **)g_ptr_array_index (table->rows, i) + column;

        *cell = cut (*cell, widths[column]);
      }
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
                text, "%*s", (int)(widths[column] - width_of (row[column]) + GAP), "");
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
