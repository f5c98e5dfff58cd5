/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libsoup's server would do, but brings ten libraries (SQLite, Kerberos and TLS among
 * them) into a process that is meant to hold as little as possible, and its limits leave
 * more room to a hostile client than a request of UPnP needs. What is not plain is
 * refused: lines that do not end in CRLF, folded ones, bodies in chunks, lengths given
 * twice. */
#include "http.h"

#include <string.h>

#define HEADERS_MAX 64

/* --- Parsing -------------------------------------------------------------------- */

static gboolean
is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i])
        && (text[i] == '\0' || !strchr ("!#$%&'*+-.^_`|~", text[i])))
      return FALSE;
  return length > 0;
}

static gboolean
is_text (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (((guchar)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
      return FALSE;
  return TRUE;
}

gboolean
cs_http_split_header (const char *line,
                      gsize length,
                      gsize *name_length,
                      const char **value,
                      gsize *value_length)
{
  const char *colon = memchr (line, ':', length);
  const char *end = line + length;

  if (colon == NULL || !is_token (line, (gsize)(colon - line)) || !is_text (line, length))
    return FALSE;
  *name_length = (gsize)(colon - line);
  for (*value = colon + 1; *value < end && strchr (" \t", **value); (*value)++)
    ;
  while (end > *value && strchr (" \t", end[-1]))
    end--;
  *value_length = (gsize)(end - *value);
  return TRUE;
}

/* FALSE if it does not fit. */
static gboolean
keep (const char *text, gsize length, char *to, gsize size)
{
  if (length >= size)
    return FALSE;
  memcpy (to, text, length);
  to[length] = '\0';
  return TRUE;
}

static guint
parse_request_line (const char *line, gsize length, CsHttpRequest *request)
{
  const char *end = line + length;
  const char *path = memchr (line, ' ', length);
  const char *version;

  if (path == NULL || !is_token (line, (gsize)(path - line)))
    return 400;
  version = memchr (path + 1, ' ', (gsize)(end - path - 1));
  if (version == NULL || path[1] != '/' || !is_text (line, length)
      || end - version != (int)strlen (" HTTP/1.1")
      || (memcmp (version, " HTTP/1.1", 9) != 0 && memcmp (version, " HTTP/1.0", 9) != 0))
    return 400;
  if (!keep (line, (gsize)(path - line), request->method, sizeof request->method))
    return 501;
  if (!keep (path + 1, (gsize)(version - path - 1), request->path, sizeof request->path))
    return 404;
  return 0;
}

static gboolean
is_named (const char *line, gsize length, const char *name)
{
  return length == strlen (name) && g_ascii_strncasecmp (line, name, length) == 0;
}

static guint
parse_length (const char *value, gsize length, CsHttpRequest *request, gboolean *given)
{
  gsize number = 0;

  if (*given || length == 0)
    return 400;
  *given = TRUE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (value[i]))
        return 400;
      number = number * 10 + (gsize)(value[i] - '0');
      if (number > CS_HTTP_MAX)
        return 413;
    }
  request->body_size = number;
  return 0;
}

static guint
parse_header (const char *line, gsize length, CsHttpRequest *request, gboolean *given)
{
  gsize name, size;
  const char *value;

  if (!cs_http_split_header (line, length, &name, &value, &size))
    return 400;
  if (is_named (line, name, "Content-Length"))
    return parse_length (value, size, request, given);
  if (is_named (line, name, "Transfer-Encoding"))
    return 501;
  if (is_named (line, name, "Expect"))
    request->expects_continue = TRUE;
  if (is_named (line, name, "Host")
      && (request->host[0] != '\0'
          || !keep (value, size, request->host, sizeof request->host)))
    return 400;
  if (is_named (line, name, "SOAPAction"))
    {
      if (size >= 2 && value[0] == '"' && value[size - 1] == '"')
        value++, size -= 2;
      if (!keep (value, size, request->soap_action, sizeof request->soap_action))
        return 400;
    }
  return 0;
}

static guint
parse_head (const char *text, gsize size, CsHttpRequest *request)
{
  const char *end = text + size;
  gboolean given = FALSE;
  guint status = 0;

  for (guint number = 0; text < end && status == 0; number++)
    {
      const char *line_end = memmem (text, (gsize)(end - text), "\r\n", 2);
      gsize length = (gsize)(line_end - text);

      if (number > HEADERS_MAX)
        status = 431;
      else if (number == 0)
        status = parse_request_line (text, length, request);
      else
        status = parse_header (text, length, request, &given);
      text = line_end + 2;
    }
  if (status == 0 && !given && g_str_equal (request->method, "POST"))
    return 411;
  return status;
}

CsHttpState
cs_http_parse (const char *text, gsize size, CsHttpRequest *request)
{
  const char *end = memmem (text, size, "\r\n\r\n", 4);

  *request = (CsHttpRequest){ 0 };
  if (end == NULL && size < CS_HTTP_MAX)
    return CS_HTTP_INCOMPLETE;
  request->body_offset = end != NULL ? (gsize)(end - text) + 4 : 0;
  request->status
      = end != NULL ? parse_head (text, request->body_offset - 2, request) : 431;
  if (request->status == 0 && request->body_size > CS_HTTP_MAX - request->body_offset)
    request->status = 413;
  if (request->status != 0)
    return CS_HTTP_BAD;
  return size - request->body_offset < request->body_size ? CS_HTTP_INCOMPLETE
                                                          : CS_HTTP_COMPLETE;
}

/* --- Printing ------------------------------------------------------------------- */

static const char *
words_of (guint status)
{
  static const struct
  {
    guint status;
    const char *words;
  } rows[] = {
    { 200, "OK" },
    { 400, "Bad Request" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 411, "Length Required" },
    { 413, "Content Too Large" },
    { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].status == status)
      return rows[i].words;
  g_return_val_if_reached ("Error");
}

GString *
cs_http_print (guint status, const char *body)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "HTTP/1.1 %u %s\r\n"
                          "Content-Type: text/xml; charset=\"utf-8\"\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "Connection: close\r\n"
                          "Server: Linux UPnP/1.1 connshare/1\r\n"
                          "EXT:\r\n\r\n",
                          status, words_of (status), body != NULL ? strlen (body) : 0);
  if (body != NULL)
    g_string_append (text, body);
  return text;
}
