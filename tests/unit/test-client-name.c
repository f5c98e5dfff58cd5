/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/value/client-name.h"
#include "core/value/quote.h"

#include <string.h>

#define LETTERS_10 "abcdefghij"
#define LETTERS_60 LETTERS_10 LETTERS_10 LETTERS_10 LETTERS_10 LETTERS_10 LETTERS_10
#define ESCAPE     "\033]0;owned\007"
#define OVERRIDE   "\xe2\x80\xae" /* U+202E, right-to-left */

static void
test_claim (void)
{
  static const struct
  {
    const char *claim;
    const char *name; /* NULL: none */
  } rows[] = {
    { "phone", "phone" },
    { "Pixel-7", "Pixel-7" },
    { "phone.example.com", "phone" },
    { "B\xc3\xbcro 5", "B\xc3\xbcro-5" },
    { "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87" },
    { "Ann's  phone!", "Ann-s-phone" },
    { "--phone--", "phone" },
    { "under_score", "under-score" },
    { "a\nb\tc", "a-b-c" },
    { ESCAPE "phone", "0-owned-phone" },
    { "phone" OVERRIDE "exe", "phone-exe" },
    { "a\xff\xfe"
      "b",
      "a-b" },
    { "\xc3", NULL },
    { "a\xc0\xaf"
      "b", /* an overlong slash */
      "a-b" },
    { "a\xed\xa0\x80"
      "b", /* half of a surrogate pair */
      "a-b" },
    { LETTERS_60 "abc", LETTERS_60 "abc" },
    { LETTERS_60 "abcd", LETTERS_60 "abc" },
    { LETTERS_60 "ab\xc3\xbc", LETTERS_60 "ab" },
    { LETTERS_60 "a\xc3\xbc", LETTERS_60 "a\xc3\xbc" },
    { LETTERS_60 "ab-c", LETTERS_60 "ab" },
    { "", NULL },
    { ".phone", NULL },
    { " - ", NULL },
    { "localhost", NULL },
    { "LocalHost.localdomain", NULL },
    { " localhost ", NULL },
    { "wpad", NULL },
    { "WPAD", NULL },
    { "isatap", NULL },
    { "wpad2", "wpad2" },
    { "Desk", NULL },
    { "desk.lan", NULL },
    { "desktop", "desktop" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *quoted = cs_quote (rows[i].claim);
      g_autofree char *name
          = cs_client_name_from_claim (rows[i].claim, strlen (rows[i].claim), "desk");

      g_test_message ("%s", quoted);
      g_assert_cmpstr (name, ==, rows[i].name);
    }
}

/* Of a claim that is no string, and of one that no DHCP option can hold. */
static void
test_claim_length (void)
{
  g_autofree char *cut = cs_client_name_from_claim ("phoneXXX", 5, NULL);
  g_autofree char *zero = cs_client_name_from_claim ("phone\0evil", 10, NULL);
  g_autofree char *none = cs_client_name_from_claim ("phone", 0, NULL);
  g_autofree char *half = cs_client_name_from_claim ("B\xc3\xbc", 2, NULL);
  g_autofree char *spaces = g_strnfill (255, ' ');
  g_autofree char *padded = g_strconcat (spaces, "phone", NULL);
  g_autofree char *late = cs_client_name_from_claim (padded, strlen (padded), NULL);

  g_assert_cmpstr (cut, ==, "phone");
  g_assert_cmpstr (zero, ==, "phone");
  g_assert_cmpstr (none, ==, NULL);
  g_assert_cmpstr (half, ==, "B");
  g_assert_cmpstr (late, ==, NULL);
}

static void
test_own (void)
{
  static const struct
  {
    const char *name;
    gboolean valid;
  } rows[] = {
    { "Living room", TRUE },
    { "B\xc3\xbcro 5", TRUE },
    { "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", TRUE }, /* joined by U+200D */
    { "x", TRUE },
    { LETTERS_60 "abcd", TRUE },
    { LETTERS_60 "abc\xc3\xbc", TRUE },
    { LETTERS_60 "abcde", FALSE },
    { "", FALSE },
    { "  ", FALSE },
    { "\xc2\xa0", FALSE }, /* a space that does not break */
    { "a\nb", FALSE },
    { "a\tb", FALSE },
    { "a\033[31mb", FALSE },
    { "a\xc2\x85"
      "b", /* U+0085, a control character of two bytes */
      FALSE },
    { "a\xe2\x80\xa8"
      "b", /* U+2028, a line separator */
      FALSE },
    { "a" OVERRIDE "b", FALSE },
    { "a\xff", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *quoted = cs_quote (rows[i].name);

      g_test_message ("%s", quoted);
      g_assert_cmpint (cs_client_name_is_valid (rows[i].name), ==, rows[i].valid);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-name/claim", test_claim);
  g_test_add_func ("/client-name/claim-length", test_claim_length);
  g_test_add_func ("/client-name/own", test_own);
  return g_test_run ();
}
