/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "dnsmasq": DHCP and DNS for the clients of a share, one dnsmasq for each. */
#pragma once

#include "engine/step.h"

#define CS_TYPE_DNSMASQ_STEP (cs_dnsmasq_step_get_type ())
G_DECLARE_FINAL_TYPE (CsDnsmasqStep, cs_dnsmasq_step, CS, DNSMASQ_STEP, GObject)

/* @runtime_dir gets a directory for each share, "dnsmasq-LAN"; @bus is the one that
 * dnsmasq finds by itself, the system bus. */
CsStep *cs_dnsmasq_step_new (const char *runtime_dir, GDBusConnection *bus);
