/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "dnsmasq": DHCP and DNS for the clients of a share, one dnsmasq per share. */
#pragma once

#include "engine/step.h"

/* @runtime_dir gets a directory for each share, "dnsmasq-LAN"; @bus is the one that
 * dnsmasq uses by default, the system bus. */
CsStep *cs_dnsmasq_step_new (const char *runtime_dir, GDBusConnection *bus);
