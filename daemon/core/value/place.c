/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

/* In the ledger. */
static const char *const words_of[] = {
  [CS_PLACE_DOCKER_USER] = "DOCKER-USER",
  [CS_PLACE_FORWARD] = "FORWARD",
  [CS_PLACE_INPUT] = "INPUT",
  [CS_PLACE_ANSWERS] = "INPUT answers",
  [CS_PLACE_OUTPUT] = "OUTPUT",
  [CS_PLACE_QUESTIONS] = "OUTPUT questions",
  [CS_PLACE_LEGACY] = "iptables-legacy",
  [CS_PLACE_LEGACY_ANSWERS] = "iptables-legacy answers",
  [CS_PLACE_LEGACY_OUTPUT] = "iptables-legacy OUTPUT",
  [CS_PLACE_LEGACY_QUESTIONS] = "iptables-legacy questions",
  [CS_PLACE_DOCKER_USER6] = "DOCKER-USER IPv6",
  [CS_PLACE_FORWARD6] = "FORWARD IPv6",
  [CS_PLACE_INPUT6] = "INPUT IPv6",
  [CS_PLACE_OUTPUT6] = "OUTPUT IPv6",
};

char **
cs_places_to_words (guint places)
{
  g_autoptr (GStrvBuilder) words = NULL;

  if (places == 0)
    return NULL;
  words = g_strv_builder_new ();
  for (guint place = 0; place < CS_PLACES; place++)
    if (places & CS_PLACE_BIT (place))
      g_strv_builder_add (words, words_of[place]);
  return g_strv_builder_end (words);
}

gboolean
cs_places_from_words (const char *const *words, guint *places)
{
  *places = 0;
  for (; *words; words++)
    {
      guint place = 0;

      while (place < CS_PLACES && !g_str_equal (words_of[place], *words))
        place++;
      if (place == CS_PLACES)
        return FALSE;
      *places |= CS_PLACE_BIT (place);
    }
  return TRUE;
}
