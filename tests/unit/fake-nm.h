/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A NetworkManager on a private bus that says what it is told to say: for devices that no
 * test machine has (modems, PPPoE, VPN plugins). */
#pragma once

#include <gio/gio.h>

typedef struct _FakeNm FakeNm;

/* Makes the objects known, before fake_nm_start (). Numbers become object paths; 0 is no
 * object. An ip4 configuration has the number of its active connection. */
FakeNm *fake_nm_new (GDBusConnection *connection);
/* @type is the suffix of the device's interface: "Wired", "Modem", "Tun". */
void fake_nm_add_device (FakeNm *self,
                         guint number,
                         const char *type,
                         const char *name,
                         const char *ip_name,
                         guint state,
                         guint active);
/* @extra are more properties in GVariant's text format, such as "'Vpn': <true>". */
void fake_nm_add_active (FakeNm *self,
                         guint number,
                         const char *id,
                         guint device,
                         const char *extra);
void fake_nm_add_ip4 (FakeNm *self,
                      guint number,
                      const char *address,
                      const char *gateway,
                      const char *dns);
void fake_nm_set_primary (FakeNm *self, guint active);
/* The ipv4.method of the profile of this active connection, "auto" unless set. */
void fake_nm_set_method (FakeNm *self, guint active, const char *method);

/* Takes the bus name, and gives it up. */
void fake_nm_start (FakeNm *self);
void fake_nm_stop (FakeNm *self);
/* Announces @properties, an a{sv} in text, of "Devices/1" and so on, "" for the root. */
void fake_nm_change (FakeNm *self,
                     const char *object,
                     const char *interface,
                     const char *properties);
void fake_nm_free (FakeNm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeNm, fake_nm_free)
