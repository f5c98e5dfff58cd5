/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of HTTP/1.0 or 1.1, one for each connection, and its response. */
#pragma once

#include <glib.h>

#define CS_HTTP_MAX 8192 /* bytes of a request, with its body */

typedef enum
{
  CS_HTTP_INCOMPLETE, /* more may follow */
  CS_HTTP_COMPLETE,
  CS_HTTP_BAD,
} CsHttpState;

typedef struct
{
  char method[16];
  char path[128];
  char host[64];         /* "": there is none */
  char soap_action[160]; /* without its quotes; "": there is none */
  gsize body_offset;
  gsize body_size;
  gboolean expects_continue; /* the client waits before it sends the body */
  guint status;              /* CS_HTTP_BAD: of the response */
} CsHttpRequest;

/* @text: all that has come, @size up to CS_HTTP_MAX. While it is incomplete,
 * .expects_continue is set as soon as all headers have come. */
CsHttpState cs_http_parse (const char *text, gsize size, CsHttpRequest *request);
/* (transfer full) @body, of XML, is nullable. */
GString *cs_http_print (guint status, const char *body);

/* One line of the head, "Name: value": sets @value to where it begins, and its length.
 * FALSE: it is no such line. Names of headers differ from each other also without case.
 */
gboolean cs_http_split_header (const char *line,
                               gsize length,
                               gsize *name_length,
                               const char **value,
                               gsize *value_length);
