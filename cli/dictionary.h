/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The a{sv} that the service replies with. A missing key, or one of another type,
 * counts as empty: the service may be of another version than sharectl. */
#pragma once

#include <glib.h>

/* "" for none; owned by @dictionary. */
const char *cs_dictionary_get_string (GVariant *dictionary, const char *key);
/* FALSE for none. */
gboolean cs_dictionary_get_boolean (GVariant *dictionary, const char *key);
/* A string, or strings with @separator between them; "" for none. */
char *
cs_dictionary_join_strings (GVariant *dictionary, const char *key, const char *separator);
