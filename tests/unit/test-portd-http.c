/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portd/http.h"
#include "portd/soap.h"

#include <string.h>

/* --- HTTP ----------------------------------------------------------------------- */

#define GET  "GET /gateway.xml HTTP/1.1\r\n"
#define POST "POST /c HTTP/1.0\r\n"

static void
test_http (void)
{
  static const struct
  {
    const char *text;
    CsHttpState state;
    guint status;
  } rows[] = {
    { "", CS_HTTP_INCOMPLETE, 0 },
    { GET, CS_HTTP_INCOMPLETE, 0 },
    { GET "\r\n", CS_HTTP_COMPLETE, 0 },
    { GET "Host: a\r\nX:\r\nUser-Agent:  x \r\n\r\n", CS_HTTP_COMPLETE, 0 },
    { POST "Content-Length: 3\r\n\r\nab", CS_HTTP_INCOMPLETE, 0 },
    { POST "content-length:3\r\n\r\nabc", CS_HTTP_COMPLETE, 0 },
    { POST "Content-Length: 0\r\n\r\n", CS_HTTP_COMPLETE, 0 },
    { POST "\r\n", CS_HTTP_BAD, 411 },
    { POST "Content-Length:\r\n\r\n", CS_HTTP_BAD, 400 },
    { POST "Content-Length: -1\r\n\r\n", CS_HTTP_BAD, 400 },
    { POST "Content-Length: 3, 3\r\n\r\n", CS_HTTP_BAD, 400 },
    { POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", CS_HTTP_BAD, 400 },
    { POST "Content-Length: 8190\r\n\r\n", CS_HTTP_BAD, 413 },
    { POST "Content-Length: 18446744073709551617\r\n\r\n", CS_HTTP_BAD, 413 },
    { POST "Transfer-Encoding: chunked\r\n\r\n", CS_HTTP_BAD, 501 },
    { GET "Host: a\r\nHost: b\r\n\r\n", CS_HTTP_BAD, 400 },
    { GET
      "Host: "
      "0123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\n",
      CS_HTTP_BAD, 400 },
    { GET "no header\r\n\r\n", CS_HTTP_BAD, 400 },
    { GET "a b: c\r\n\r\n", CS_HTTP_BAD, 400 },
    { GET ": c\r\n\r\n", CS_HTTP_BAD, 400 },
    { GET "a: b\r\n folded\r\n\r\n", CS_HTTP_BAD, 400 },
    { GET "a: b\nc: d\r\n\r\n", CS_HTTP_BAD, 400 },
    { "\r\n\r\n", CS_HTTP_BAD, 400 },
    { "GET\r\n\r\n", CS_HTTP_BAD, 400 },
    { "GET /\r\n\r\n", CS_HTTP_BAD, 400 },
    { "GET / HTTP/2.0\r\n\r\n", CS_HTTP_BAD, 400 },
    { "GET / HTTP/1.1 \r\n\r\n", CS_HTTP_BAD, 400 },
    { "GET http://a/ HTTP/1.1\r\n\r\n", CS_HTTP_BAD, 400 },
    { "GET  / HTTP/1.1\r\n\r\n", CS_HTTP_BAD, 400 },
    { "G(T / HTTP/1.1\r\n\r\n", CS_HTTP_BAD, 400 },
    { "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n\r\n", CS_HTTP_BAD, 501 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsHttpRequest request;

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (cs_http_parse (rows[i].text, strlen (rows[i].text), &request), ==,
                       rows[i].state);
      g_assert_cmpuint (request.status, ==, rows[i].status);
    }
}

static void
test_http_too_much (void)
{
  GString *text = g_string_new (GET);
  CsHttpRequest request;

  for (guint i = 0; i < 66; i++)
    g_string_append (text, "A: b\r\n");
  g_string_append (text, "\r\n");
  g_assert_cmpint (cs_http_parse (text->str, text->len, &request), ==, CS_HTTP_BAD);
  g_assert_cmpuint (request.status, ==, 431);
  g_string_assign (text, GET "A: ");
  while (text->len < CS_HTTP_MAX - 1)
    g_string_append_c (text, 'b');
  g_assert_cmpint (cs_http_parse (text->str, text->len, &request), ==,
                   CS_HTTP_INCOMPLETE);
  g_string_append_c (text, 'b');
  g_assert_cmpint (cs_http_parse (text->str, text->len, &request), ==, CS_HTTP_BAD);
  g_assert_cmpuint (request.status, ==, 431);
  g_string_free (text, TRUE);
}

static void
test_http_fields (void)
{
  static const char text[] = "POST /control/x HTTP/1.1\r\nHost: 192.168.137.1:5351\r\n"
                             "SOAPAction: \"urn:x#Y\"\r\nExpect: 100-continue\r\n"
                             "Content-Length: 2\r\n\r\nab";
  CsHttpRequest request;

  g_assert_cmpint (cs_http_parse (text, strlen (text), &request), ==, CS_HTTP_COMPLETE);
  g_assert_cmpstr (request.method, ==, "POST");
  g_assert_cmpstr (request.path, ==, "/control/x");
  g_assert_cmpstr (request.host, ==, "192.168.137.1:5351");
  g_assert_cmpstr (request.soap_action, ==, "urn:x#Y");
  g_assert_cmpstr (text + request.body_offset, ==, "ab");
  g_assert_cmpint (cs_http_parse (text, strlen (text) - 1, &request), ==,
                   CS_HTTP_INCOMPLETE);
  g_assert_true (request.expects_continue);
}

/* --- SOAP ----------------------------------------------------------------------- */

#define OPEN  "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"x\"><s:Body>"
#define CLOSE "</s:Body></s:Envelope>"

static void
test_soap (void)
{
  static const struct
  {
    const char *text;
    const char *action; /* NULL: it is none */
    const char *value;  /* of "A" */
  } rows[] = {
    { OPEN "<u:Do xmlns:u=\"y\"><A>1 &lt; 2 &#65;</A><B/></u:Do>" CLOSE "\r\n", "Do",
      "1 < 2 A" },
    { OPEN "<Do><A></A></Do>" CLOSE, "Do", "" },
    { OPEN "<Do/>" CLOSE, "Do", NULL },
    { OPEN "<Do><!-- x --><A><![CDATA[a<b]]></A></Do>" CLOSE, "Do", "a<b" },
    { OPEN CLOSE, NULL, NULL },
    { OPEN "<Do/><Do/>" CLOSE, NULL, NULL },
    { OPEN "<Do><A/><A/></Do>" CLOSE, NULL, NULL },
    { OPEN "<Do><A><B/></A></Do>" CLOSE, NULL, NULL },
    { OPEN "<Do><A>&x;</A></Do>" CLOSE, NULL, NULL },
    { OPEN "<Do><A>1", NULL, NULL },
    { OPEN "<Do></Done>" CLOSE, NULL, NULL },
    { "<Envelope><Header/><Body><Do/></Body></Envelope>", NULL, NULL },
    { "<Other><Body><Do/></Body></Other>", NULL, NULL },
    { "<!DOCTYPE x [<!ENTITY a \"b\">]>" OPEN "<Do/>" CLOSE, NULL, NULL },
    { "", NULL, NULL },
    { "x", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (CsSoapCall) call = { 0 };

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (cs_soap_parse (rows[i].text, strlen (rows[i].text), &call), ==,
                       rows[i].action != NULL);
      g_assert_cmpstr (call.action, ==, rows[i].action);
      if (call.action != NULL)
        g_assert_cmpstr (g_hash_table_lookup (call.arguments, "A"), ==, rows[i].value);
    }
}

static void
test_soap_large (void)
{
  g_autoptr (GString) text = g_string_new (OPEN "<Do>");
  g_auto (CsSoapCall) call = { 0 };

  for (guint i = 0; i < 17; i++)
    g_string_append_printf (text, "<A%u/>", i);
  g_string_append (text, "</Do>" CLOSE);
  g_assert_false (cs_soap_parse (text->str, text->len, &call));
  g_string_assign (text, OPEN "<Do><A>");
  for (guint i = 0; i < 1025; i++)
    g_string_append_c (text, 'a');
  g_string_append (text, "</A></Do>" CLOSE);
  g_assert_false (cs_soap_parse (text->str, text->len, &call));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/portd/http", test_http);
  g_test_add_func ("/portd/http-too-much", test_http_too_much);
  g_test_add_func ("/portd/http-fields", test_http_fields);
  g_test_add_func ("/portd/soap", test_soap);
  g_test_add_func ("/portd/soap-large", test_soap_large);
  return g_test_run ();
}
