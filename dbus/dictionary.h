/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of the a{sv} that the service replies with. A missing key, or one of another
 * type, counts as empty: the service may be older or newer than the program. */
#pragma once

#include <glib.h>

/* "" for none; owned by @dictionary. */
const char *cs_dictionary_get_string (GVariant *dictionary, const char *key);
/* FALSE for none. */
gboolean cs_dictionary_get_boolean (GVariant *dictionary, const char *key);
/* 0 for none. */
guint64 cs_dictionary_get_number (GVariant *dictionary, const char *key);
/* The first of its strings, or "". */
const char *cs_dictionary_get_first (GVariant *dictionary, const char *key);
/* A string, or strings with @separator between them; "" for none. */
char *
cs_dictionary_join_strings (GVariant *dictionary, const char *key, const char *separator);
