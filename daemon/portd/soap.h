/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call of SOAP, as UPnP has them: an action with arguments that are texts. */
#pragma once

#include <glib.h>

typedef struct
{
  char *action;          /* (owned) */
  GHashTable *arguments; /* (owned) name -> text, both owned */
} CsSoapCall;

void cs_soap_call_clear (CsSoapCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsSoapCall, cs_soap_call_clear)

/* FALSE: it is none; @call is empty then. */
gboolean cs_soap_parse (const char *text, gsize size, CsSoapCall *call);

/* The body of a response (transfer full). @values: names and texts in turn, to NULL. */
char *cs_soap_print (const char *service, const char *action, const char *const *values);
/* @error: of UPnP, with its words. */
char *cs_soap_print_fault (guint error, const char *words);
