/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digits are read one by one, because a double would not hold all numbers. */
#include "quantity.h"

#include <string.h>

static const char units[] = "kMGT";

/* The power of ten that @suffix stands for; -1: none. */
static int
read_unit (const char *suffix)
{
  if (*suffix == '\0')
    return 0;
  for (int i = 0; units[i] != '\0'; i++)
    if (g_ascii_tolower (*suffix) == g_ascii_tolower (units[i]) && suffix[1] == '\0')
      return 3 * (i + 1);
  return -1;
}

gboolean
cs_quantity_parse (const char *text, guint64 *value)
{
  gsize whole = strspn (text, G_CSET_DIGITS);
  const char *fraction = text[whole] == '.' ? text + whole + 1 : "";
  gsize decimals = strspn (fraction, G_CSET_DIGITS);
  int power = read_unit (text + whole + (text[whole] == '.' ? 1 + decimals : 0));
  guint64 sum = 0;

  *value = 0;
  if (g_str_equal (text, "none"))
    return TRUE;
  if (whole == 0 || power < 0 || decimals > (gsize)power
      || (text[whole] == '.' && decimals == 0))
    return FALSE;
  for (gsize i = 0; i < whole + (gsize)power; i++)
    {
      gsize k = i - whole;
      char c = i < whole ? text[i] : k < decimals ? fraction[k] : '0';

      if (!g_uint64_checked_mul (&sum, sum, 10)
          || !g_uint64_checked_add (&sum, sum, (guint64)(c - '0')))
        return FALSE;
    }
  *value = sum;
  return TRUE;
}

char *
cs_quantity_to_string (guint64 value)
{
  guint64 unit = 1;
  int i = -1;
  g_autofree char *number = NULL;
  char *end;

  for (; units[i + 1] != '\0' && value / unit >= 1000; i++)
    unit *= 1000;
  if (i < 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
  number = g_strdup_printf ("%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, value / unit,
                            3 * (i + 1), value % unit);
  end = number + strlen (number);
  while (end[-1] == '0')
    *--end = '\0';
  if (end[-1] == '.')
    *--end = '\0';
  return g_strdup_printf ("%s%c", number, units[i]);
}
