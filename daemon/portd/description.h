/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices and services that UPnP sees: an InternetGatewayDevice:1, as XML and as the
 * table that says which actions there are. */
#pragma once

#include "wire.h"

/* A gateway is three devices, one in another. */
#define CS_UPNP_DEVICES 3

#define CS_UPNP_ROOT_PATH "/gateway.xml"

typedef struct
{
  const char *name;
  const char *variable; /* the name of its type, in the service's .variables */
  gboolean out;         /* it is one of the reply */
} CsUpnpArgument;

typedef struct
{
  const char *name;
  const CsUpnpArgument *arguments; /* to one without name */
} CsUpnpAction;

typedef struct
{
  const char *name;
  const char *type; /* "string", "ui2" */
} CsUpnpVariable;

typedef struct
{
  guint device;     /* the number of its device */
  const char *type; /* "urn:...:1" */
  const char *id;
  const char *description_path;
  const char *control_path;
  const CsUpnpAction *actions;     /* to one without name */
  const CsUpnpVariable *variables; /* likewise */
} CsUpnpService;

extern const CsUpnpService cs_upnp_services[];
extern const guint cs_upnp_n_services;

/* "urn:...:1" */
const char *cs_upnp_device_type (guint device);
/* "uuid:..." (transfer full) */
char *cs_upnp_device_name (const CsPortdSettings *settings, guint device);
/* "http://192.168.137.1:5351/gateway.xml" (transfer full) */
char *cs_upnp_location (const CsPortdSettings *settings);

const CsUpnpAction *cs_upnp_find_action (const CsUpnpService *service, const char *name);

/* XML (transfer full). */
char *cs_upnp_describe_devices (const CsPortdSettings *settings);
char *cs_upnp_describe_service (const CsUpnpService *service);
