/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device in the list: who it is and what it does now; opened, its name, addresses and
 * data, and a switch that blocks it. Signal "change" (a{sv}) with the options for
 * SetClient that the user wants. */
#pragma once

#include "client.h"
#include "samples.h"

#include <adwaita.h>

#define CS_TYPE_DEVICE_ROW (cs_device_row_get_type ())
G_DECLARE_FINAL_TYPE (CsDeviceRow, cs_device_row, CS, DEVICE_ROW, AdwExpanderRow)

CsDeviceRow *cs_device_row_new (const char *mac);
const char *cs_device_row_get_mac (CsDeviceRow *row);
/* @time when @client was read, monotonic, in microseconds. */
void cs_device_row_show (CsDeviceRow *row, const CsClient *client, gint64 time);
