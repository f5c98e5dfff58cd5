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
/* A Wi-Fi device, with its NMDeviceWifiCapabilities. */
void fake_nm_add_wifi (FakeNm *self,
                       guint number,
                       const char *name,
                       guint state,
                       guint active,
                       guint capabilities);
/* The profile becomes one of Wi-Fi, with this mode: "infrastructure", "ap". */
void fake_nm_set_wifi_mode (FakeNm *self, guint number, const char *mode);
void fake_nm_switch_radio_off (FakeNm *self);
/* A profile, of Ethernet unless said otherwise, bound to @interface (nullable). */
void
fake_nm_add_profile (FakeNm *self, guint number, const char *id, const char *interface);
/* An active connection that is up on @device, of the profile with its number, which is
 * added where there is none. @extra are more properties in GVariant's text format, such
 * as "'Vpn': <true>". */
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
/* Of an active connection that was added with FAKE_NM_IP6 (NUMBER). */
void fake_nm_add_ip6 (FakeNm *self, guint number, const char *const *dns);
#define FAKE_NM_IP6(number) \
  "'Ip6Config': <objectpath '/org/freedesktop/NetworkManager/IP6Config/" #number "'>"
void fake_nm_set_primary (FakeNm *self, guint active);
/* The ipv4.method of this profile, "auto" unless set. */
void fake_nm_set_method (FakeNm *self, guint number, const char *method);
/* Of this profile; owned. */
char *fake_nm_uuid (guint number);

/* From now on activations and ends are refused with this error, or not (NULL). One that
 * is not refused gets the active connection with the profile's number as answer. */
void fake_nm_refuse (FakeNm *self, const char *message);
/* The next of the activations so far, "PROFILE on DEVICE" with their numbers, or "any"
 * for the device, and of the ends, "end ACTIVE"; NULL: none. Owned. */
char *fake_nm_take_activation (FakeNm *self);

/* Takes the bus name, and gives it up. */
void fake_nm_start (FakeNm *self);
void fake_nm_stop (FakeNm *self);
/* Announces @properties, an a{sv} in text, of "Devices/1" and so on, "" for the root. */
void fake_nm_change (FakeNm *self,
                     const char *object,
                     const char *interface,
                     const char *properties);
/* The same for the state of an active connection, and its reason. */
void fake_nm_set_state (FakeNm *self, guint active, guint state, guint reason);
/* The same for a device, which was in the state @old. */
void fake_nm_set_device_state (FakeNm *self,
                               guint device,
                               guint state,
                               guint old,
                               guint reason);
void fake_nm_free (FakeNm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeNm, fake_nm_free)
