/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON for scripts: what came over D-Bus, with snake_case keys. */
#pragma once

#include <json-glib/json-glib.h>

/* "can-be-lan" is "can_be_lan". */
char *cs_json_key (const char *name);
/* The members of the a{sv} @dictionary, into the object that @builder is in. */
void cs_json_add_dictionary (JsonBuilder *builder, GVariant *dictionary);
/* {"NAME":[...]} of @dictionaries, aa{sv}, on many lines. */
char *cs_json_list_to_text (const char *name, GVariant *dictionaries);
/* @builder's root on one line, or on many, for --json of all but monitor. */
char *cs_json_to_line (JsonBuilder *builder);
char *cs_json_to_text (JsonBuilder *builder);
