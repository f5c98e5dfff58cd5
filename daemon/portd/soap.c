/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GMarkup knows the five entities that XML always has, and no declaration of others. What
 * has one is refused here all the same, like whatever is deeper or larger than a call. */
#include "soap.h"

#include <string.h>

#define DEPTH_MAX     4 /* Envelope, Body, action, argument */
#define ARGUMENTS_MAX 16
#define TEXT_MAX      1024

typedef struct
{
  CsSoapCall *call;
  guint depth;
  char *name; /* (owned) (nullable) of the argument that it is in */
} Reader;

/* "u:AddPortMapping" */
static const char *
local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static void
refuse (GError **error)
{
  g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                       "not a call");
}

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  static const char *const frame[] = { "Envelope", "Body" };
  Reader *self = user_data;
  const char *name = local_name (element);

  self->depth++;
  if (self->depth <= G_N_ELEMENTS (frame))
    {
      /* A header may come before the body; nobody has one. */
      if (!g_str_equal (name, frame[self->depth - 1]))
        refuse (error);
      return;
    }
  if (self->depth == DEPTH_MAX - 1 && self->call->action == NULL)
    self->call->action = g_strdup (name);
  else if (self->depth == DEPTH_MAX
           && g_hash_table_size (self->call->arguments) < ARGUMENTS_MAX
           && !g_hash_table_contains (self->call->arguments, name))
    {
      self->name = g_strdup (name);
      g_hash_table_insert (self->call->arguments, g_strdup (name), g_strdup (""));
    }
  else
    refuse (error);
}

static void
on_end (GMarkupParseContext *context,
        const char *element,
        gpointer user_data,
        GError **error)
{
  Reader *self = user_data;

  self->depth--;
  g_clear_pointer (&self->name, g_free);
}

/* It may come in pieces. */
static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize size,
         gpointer user_data,
         GError **error)
{
  Reader *self = user_data;
  const char *before;
  g_autofree char *piece = NULL;

  if (self->name == NULL)
    return;
  before = g_hash_table_lookup (self->call->arguments, self->name);
  if (size > TEXT_MAX - strlen (before) || memchr (text, '\0', size) != NULL)
    {
      refuse (error);
      return;
    }
  piece = g_strndup (text, size);
  g_hash_table_insert (self->call->arguments, g_strdup (self->name),
                       g_strconcat (before, piece, NULL));
}

/* Comments and instructions come here, too. */
static void
on_passthrough (GMarkupParseContext *context,
                const char *text,
                gsize size,
                gpointer user_data,
                GError **error)
{
  if (size >= 2 && text[0] == '<' && text[1] == '!' && !g_str_has_prefix (text, "<!--"))
    refuse (error);
}

void
cs_soap_call_clear (CsSoapCall *call)
{
  g_clear_pointer (&call->action, g_free);
  g_clear_pointer (&call->arguments, g_hash_table_unref);
}

gboolean
cs_soap_parse (const char *text, gsize size, CsSoapCall *call)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, on_passthrough, NULL };
  Reader reader = { .call = call };
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  gboolean good;

  /* Some count the NUL at its end. */
  while (size > 0 && text[size - 1] == '\0')
    size--;
  call->action = NULL;
  call->arguments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  good = g_markup_parse_context_parse (context, text, (gssize)size, NULL)
         && g_markup_parse_context_end_parse (context, NULL) && call->action != NULL;
  g_free (reader.name);
  if (!good)
    cs_soap_call_clear (call);
  return good;
}

/* --- Printing ------------------------------------------------------------------- */

#define HEAD \
  "<?xml version=\"1.0\"?>\n" \
  "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" " \
  "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>"
#define TAIL "</s:Body></s:Envelope>\n"

char *
cs_soap_print (const char *service, const char *action, const char *const *values)
{
  GString *xml = g_string_new (HEAD);

  g_string_append_printf (xml, "<u:%sResponse xmlns:u=\"%s\">", action, service);
  for (; values[0] != NULL; values += 2)
    {
      g_autofree char *text = g_markup_escape_text (values[1], -1);

      g_string_append_printf (xml, "<%s>%s</%s>", values[0], text, values[0]);
    }
  g_string_append_printf (xml, "</u:%sResponse>" TAIL, action);
  return g_string_free (xml, FALSE);
}

char *
cs_soap_print_fault (guint error, const char *words)
{
  return g_strdup_printf (HEAD "<s:Fault><faultcode>s:Client</faultcode>"
                               "<faultstring>UPnPError</faultstring><detail>"
                               "<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\">"
                               "<errorCode>%u</errorCode>"
                               "<errorDescription>%s</errorDescription>"
                               "</UPnPError></detail></s:Fault>" TAIL,
                          error, words);
}
