/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings that do not change; see pick.h. */
#include "pick.h"

struct _CsPick
{
  GObject parent;
  char *id;       /* (owned) */
  char *title;    /* (owned) */
  char *subtitle; /* (owned) */
  gboolean fit;
};

G_DEFINE_FINAL_TYPE (CsPick, cs_pick, G_TYPE_OBJECT)

static void
cs_pick_finalize (GObject *object)
{
  CsPick *pick = CS_PICK (object);

  g_free (pick->id);
  g_free (pick->title);
  g_free (pick->subtitle);
  G_OBJECT_CLASS (cs_pick_parent_class)->finalize (object);
}

static void
cs_pick_class_init (CsPickClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_pick_finalize;
}

static void
cs_pick_init (CsPick *pick)
{
}

CsPick *
cs_pick_new (const char *id, const char *title, const char *subtitle, gboolean fit)
{
  CsPick *pick = g_object_new (CS_TYPE_PICK, NULL);

  pick->id = g_strdup (id);
  pick->title = g_strdup (title);
  pick->subtitle = g_strdup (subtitle);
  pick->fit = fit;
  return pick;
}

const char *
cs_pick_get_id (CsPick *pick)
{
  return pick->id;
}

const char *
cs_pick_get_title (CsPick *pick)
{
  return pick->title;
}

const char *
cs_pick_get_subtitle (CsPick *pick)
{
  return pick->subtitle;
}

gboolean
cs_pick_is_fit (CsPick *pick)
{
  return pick->fit;
}

gboolean
cs_pick_equal (CsPick *pick, CsPick *other)
{
  return pick->fit == other->fit && g_str_equal (pick->id, other->id)
         && g_str_equal (pick->title, other->title)
         && g_str_equal (pick->subtitle, other->subtitle);
}
