/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connshared --undo-all: ends all shares and exits, for removing the program when the
 * service cannot be asked to, for example because its unit is masked. */
#pragma once

#include "engine/engine.h"

/* @all: whether nothing is left. */
typedef void (*CsUndoneFunc) (gboolean all, gpointer user_data);

/* @engine has just been started. */
void cs_undo_all (CsEngine *engine, CsUndoneFunc func, gpointer user_data);
