/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connshare-portd that runs, and the socket pair between it and us. It ends when that
 * does, so it does not outlive the service. */
#pragma once

#include "portd-sockets.h"

typedef struct _CsPortdProcess CsPortdProcess;

/* @request is as it came. Until cs_portd_process_answer () there is no other. */
typedef void (*CsPortdRequestFunc) (const CsPortdRequest *request, gpointer user_data);
/* It has ended unasked. */
typedef void (*CsPortdEndedFunc) (gpointer user_data);

/* Starts @program with @sockets, which are its own from then on. */
CsPortdProcess *cs_portd_process_start (const char *program,
                                        CsPortdSockets *sockets,
                                        CsPortdRequestFunc on_request,
                                        CsPortdEndedFunc on_ended,
                                        gpointer user_data,
                                        GError **error);
/* Ends it. */
void cs_portd_process_free (CsPortdProcess *self);

void cs_portd_process_settle (CsPortdProcess *self, const CsPortdSettings *settings);
void cs_portd_process_answer (CsPortdProcess *self, const CsPortdAnswer *answer);
