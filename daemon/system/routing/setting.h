/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A setting below /proc/sys/net that shares need: written, and put back, without a doubt
 * about whose it is. An interface that is gone has taken its settings with it, which is
 * fine; one that was renamed has kept them. */
#pragma once

#include "engine/step.h"

typedef struct
{
  int family;            /* AF_INET: net.ipv4.conf, AF_INET6: net.ipv6.conf */
  const char *interface; /* unowned: its name in the plan */
  int ifindex;           /* it may have another name by now; 0: it has this one */
  const char *key;       /* static */
  char value;            /* what the share needs, one digit */
  const char *found;     /* (nullable) unowned: what it was before the share */
} CsSetting;

/* As an interface: what holds for all of them. */
#define CS_SETTING_ALL "all"

/* Adds those of a share, which is nullable, to @settings, of CsSetting. */
typedef void (*CsSettingFunc) (const CsSharePlan *share, GArray *settings);
/* (transfer full) Of CsSetting. */
GArray *cs_setting_list (CsSettingFunc func, const CsSharePlan *share);

/* Whether @call's target, or another share, has it too. */
gboolean
cs_setting_is_needed (const CsSetting *self, const CsStepCall *call, CsSettingFunc func);

/* Sets it to its value if it differs. TRUE also if it is gone. */
gboolean cs_setting_set (const CsSetting *self, GError **error);
/* The same, but only where it is @expected now. */
gboolean cs_setting_change (const CsSetting *self, char expected, GError **error);
/* Sets it to @value, unless somebody has changed it since it was set. */
gboolean cs_setting_restore (const CsSetting *self, char value, GError **error);
