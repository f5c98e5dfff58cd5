/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagnosis finds, as a desktop shows it: a title and advice made from the code,
 * and the one thing that a button does about it. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_REMEDY_COPY,     /* the command that helps, or what is found, to ask somebody */
  CS_REMEDY_SETTINGS, /* the desktop's network settings */
  CS_REMEDY_PLACES,   /* choose other interfaces */
  CS_REMEDY_RESTART,  /* turn the share off and on */
  CS_REMEDY_PORTS,    /* the page of ports that lead to devices */
} CsRemedy;

typedef struct
{
  char *code;     /* (owned) */
  char *severity; /* (owned) "info", "warning", "error" */
  char *subject;  /* (owned) LAN, or "" */
  char *message;  /* (owned) of the service, in English */
  char *command;  /* (owned) what would help in a terminal, or "" */
} CsFinding;

CsFinding *cs_finding_new (GVariant *dictionary);
void cs_finding_free (CsFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFinding, cs_finding_free)

/* Of a Diagnose reply, (aa{sv}), those that somebody should do something about, the
 * errors first. (element-type CsFinding) (transfer full) */
GPtrArray *cs_findings_new (GVariant *reply);

gboolean cs_finding_is_error (const CsFinding *finding);
/* Of what is not known to this program, the service's own words. */
const char *cs_finding_get_title (const CsFinding *finding);
/* What helps, or "". */
const char *cs_finding_get_advice (const CsFinding *finding);
CsRemedy cs_finding_get_remedy (const CsFinding *finding);
/* What the button says. */
const char *cs_finding_get_button (const CsFinding *finding);
/* What "copy" copies: a command for a terminal, or all that is known. */
char *cs_finding_get_copy (const CsFinding *finding);
