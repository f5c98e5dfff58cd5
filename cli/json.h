/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON for scripts: what the service sent, with snake_case keys. */
#pragma once

#include <json-glib/json-glib.h>

/* "can-be-lan" is "can_be_lan". */
char *cs_json_key (const char *name);
/* Adds the members of the a{sv} @dictionary to the object that @builder is in. */
void cs_json_add_dictionary (JsonBuilder *builder, GVariant *dictionary);
/* @builder's root on one line, as monitor prints it. */
char *cs_json_to_line (JsonBuilder *builder);
/* Prints it on many lines, as all other commands do. */
void cs_json_print (JsonBuilder *builder);
/* Prints {"NAME":[...]} for @dictionaries, aa{sv}. */
void cs_json_print_list (const char *name, GVariant *dictionaries);
