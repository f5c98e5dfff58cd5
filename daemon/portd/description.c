/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only version 1 is announced, which all control points know, although one action of
 * version 2 is there, AddAnyPortMapping. No variable sends events, and services have no
 * address for subscriptions: the messages would go wherever a subscriber says. */
#include "description.h"

#define DEVICE  "urn:schemas-upnp-org:device:"
#define SERVICE "urn:schemas-upnp-org:service:"
#define ID      "urn:upnp-org:serviceId:"

/* clang-format off */
#define IN(name, variable)  { name, variable, FALSE }
#define OUT(name, variable) { name, variable, TRUE }

static const CsUpnpArgument get_default_service[] = {
  OUT ("NewDefaultConnectionService", "DefaultConnectionService"),
  { 0 },
};
static const CsUpnpAction layer3_actions[] = {
  { "GetDefaultConnectionService", get_default_service },
  { 0 },
};
static const CsUpnpVariable layer3_variables[] = {
  { "DefaultConnectionService", "string" },
  { 0 },
};

static const CsUpnpArgument get_link[] = {
  OUT ("NewWANAccessType", "WANAccessType"),
  OUT ("NewLayer1UpstreamMaxBitRate", "Layer1UpstreamMaxBitRate"),
  OUT ("NewLayer1DownstreamMaxBitRate", "Layer1DownstreamMaxBitRate"),
  OUT ("NewPhysicalLinkStatus", "PhysicalLinkStatus"),
  { 0 },
};
static const CsUpnpAction common_actions[] = {
  { "GetCommonLinkProperties", get_link },
  { 0 },
};
static const CsUpnpVariable common_variables[] = {
  { "WANAccessType", "string" },
  { "Layer1UpstreamMaxBitRate", "ui4" },
  { "Layer1DownstreamMaxBitRate", "ui4" },
  { "PhysicalLinkStatus", "string" },
  { 0 },
};

static const CsUpnpArgument get_type[] = {
  OUT ("NewConnectionType", "ConnectionType"),
  OUT ("NewPossibleConnectionTypes", "PossibleConnectionTypes"),
  { 0 },
};
static const CsUpnpArgument get_status[] = {
  OUT ("NewConnectionStatus", "ConnectionStatus"),
  OUT ("NewLastConnectionError", "LastConnectionError"),
  OUT ("NewUptime", "Uptime"),
  { 0 },
};
static const CsUpnpArgument get_nat[] = {
  OUT ("NewRSIPAvailable", "RSIPAvailable"),
  OUT ("NewNATEnabled", "NATEnabled"),
  { 0 },
};
static const CsUpnpArgument get_address[] = {
  OUT ("NewExternalIPAddress", "ExternalIPAddress"),
  { 0 },
};
static const CsUpnpArgument get_generic[] = {
  IN ("NewPortMappingIndex", "PortMappingNumberOfEntries"),
  OUT ("NewRemoteHost", "RemoteHost"),
  OUT ("NewExternalPort", "ExternalPort"),
  OUT ("NewProtocol", "PortMappingProtocol"),
  OUT ("NewInternalPort", "InternalPort"),
  OUT ("NewInternalClient", "InternalClient"),
  OUT ("NewEnabled", "PortMappingEnabled"),
  OUT ("NewPortMappingDescription", "PortMappingDescription"),
  OUT ("NewLeaseDuration", "PortMappingLeaseDuration"),
  { 0 },
};
static const CsUpnpArgument get_specific[] = {
  IN ("NewRemoteHost", "RemoteHost"),
  IN ("NewExternalPort", "ExternalPort"),
  IN ("NewProtocol", "PortMappingProtocol"),
  OUT ("NewInternalPort", "InternalPort"),
  OUT ("NewInternalClient", "InternalClient"),
  OUT ("NewEnabled", "PortMappingEnabled"),
  OUT ("NewPortMappingDescription", "PortMappingDescription"),
  OUT ("NewLeaseDuration", "PortMappingLeaseDuration"),
  { 0 },
};
#define MAPPING \
  IN ("NewRemoteHost", "RemoteHost"), \
  IN ("NewExternalPort", "ExternalPort"), \
  IN ("NewProtocol", "PortMappingProtocol"), \
  IN ("NewInternalPort", "InternalPort"), \
  IN ("NewInternalClient", "InternalClient"), \
  IN ("NewEnabled", "PortMappingEnabled"), \
  IN ("NewPortMappingDescription", "PortMappingDescription"), \
  IN ("NewLeaseDuration", "PortMappingLeaseDuration")
static const CsUpnpArgument add[] = { MAPPING, { 0 } };
static const CsUpnpArgument add_any[] = {
  MAPPING,
  OUT ("NewReservedPort", "ExternalPort"),
  { 0 },
};
static const CsUpnpArgument delete[] = {
  IN ("NewRemoteHost", "RemoteHost"),
  IN ("NewExternalPort", "ExternalPort"),
  IN ("NewProtocol", "PortMappingProtocol"),
  { 0 },
};
static const CsUpnpArgument set_type[] = {
  IN ("NewConnectionType", "ConnectionType"),
  { 0 },
};
static const CsUpnpArgument none[] = { { 0 } };
static const CsUpnpAction connection_actions[] = {
  { "SetConnectionType", set_type },
  { "GetConnectionTypeInfo", get_type },
  { "RequestConnection", none },
  { "ForceTermination", none },
  { "GetStatusInfo", get_status },
  { "GetNATRSIPStatus", get_nat },
  { "GetExternalIPAddress", get_address },
  { "GetGenericPortMappingEntry", get_generic },
  { "GetSpecificPortMappingEntry", get_specific },
  { "AddPortMapping", add },
  { "AddAnyPortMapping", add_any },
  { "DeletePortMapping", delete },
  { 0 },
};
static const CsUpnpVariable connection_variables[] = {
  { "ConnectionType", "string" },
  { "PossibleConnectionTypes", "string" },
  { "ConnectionStatus", "string" },
  { "LastConnectionError", "string" },
  { "Uptime", "ui4" },
  { "RSIPAvailable", "boolean" },
  { "NATEnabled", "boolean" },
  { "ExternalIPAddress", "string" },
  { "PortMappingNumberOfEntries", "ui2" },
  { "RemoteHost", "string" },
  { "ExternalPort", "ui2" },
  { "InternalPort", "ui2" },
  { "PortMappingProtocol", "string" },
  { "InternalClient", "string" },
  { "PortMappingEnabled", "boolean" },
  { "PortMappingDescription", "string" },
  { "PortMappingLeaseDuration", "ui4" },
  { 0 },
};

const CsUpnpService cs_upnp_services[] = {
  { 0, SERVICE "Layer3Forwarding:1", ID "L3Forwarding1",
    "/layer3.xml", "/control/layer3", layer3_actions, layer3_variables },
  { 1, SERVICE "WANCommonInterfaceConfig:1", ID "WANCommonIFC1",
    "/common.xml", "/control/common", common_actions, common_variables },
  { 2, SERVICE "WANIPConnection:1", ID "WANIPConn1",
    "/connection.xml", "/control/connection", connection_actions, connection_variables },
};
/* clang-format on */
const guint cs_upnp_n_services = G_N_ELEMENTS (cs_upnp_services);

static const struct
{
  const char *type;
  const char *name; /* for people */
} devices[CS_UPNP_DEVICES] = {
  { DEVICE "InternetGatewayDevice:1", "Internet connection sharing" },
  { DEVICE "WANDevice:1", "Uplink" },
  { DEVICE "WANConnectionDevice:1", "Connection" },
};

const char *
cs_upnp_device_type (guint device)
{
  return devices[device].type;
}

char *
cs_upnp_device_name (const CsPortdSettings *settings, guint device)
{
  GString *name = g_string_new ("uuid:");

  for (guint i = 0; i < 16; i++)
    g_string_append_printf (name,
                            i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
                            settings->uuid[i] ^ (i == 15 ? device : 0));
  return g_string_free (name, FALSE);
}

char *
cs_upnp_location (const CsPortdSettings *settings)
{
  g_autofree char *address = cs_address_to_string (settings->gateway.address);

  return g_strdup_printf ("http://%s:%d" CS_UPNP_ROOT_PATH, address, CS_PORTD_PORT);
}

const CsUpnpAction *
cs_upnp_find_action (const CsUpnpService *service, const char *name)
{
  for (const CsUpnpAction *action = service->actions; action->name != NULL; action++)
    if (g_str_equal (action->name, name))
      return action;
  return NULL;
}

/* --- XML ------------------------------------------------------------------------ */

static void
add_service (GString *xml, const CsUpnpService *service)
{
  g_string_append_printf (xml,
                          "<service><serviceType>%s</serviceType>"
                          "<serviceId>%s</serviceId>"
                          "<SCPDURL>%s</SCPDURL>"
                          "<controlURL>%s</controlURL>"
                          "<eventSubURL></eventSubURL></service>\n",
                          service->type, service->id, service->description_path,
                          service->control_path);
}

static void
add_device (GString *xml, const CsPortdSettings *settings, guint device)
{
  g_autofree char *name = cs_upnp_device_name (settings, device);
  g_autofree char *host
      = g_markup_escape_text (device == 0 ? settings->host_name : "", -1);

  g_string_append_printf (xml,
                          "<device><deviceType>%s</deviceType>"
                          "<friendlyName>%s%s%s</friendlyName>"
                          "<manufacturer>connshare</manufacturer>"
                          "<modelDescription>%s</modelDescription>"
                          "<modelName>connshare</modelName>"
                          "<modelNumber>1</modelNumber>"
                          "<UDN>%s</UDN>\n<serviceList>",
                          devices[device].type, host, *host ? ": " : "",
                          devices[device].name, devices[device].name, name);
  for (guint i = 0; i < cs_upnp_n_services; i++)
    if (cs_upnp_services[i].device == device)
      add_service (xml, &cs_upnp_services[i]);
  g_string_append (xml, "</serviceList>\n");
  if (device + 1 < CS_UPNP_DEVICES)
    {
      g_string_append (xml, "<deviceList>");
      add_device (xml, settings, device + 1);
      g_string_append (xml, "</deviceList>\n");
    }
  g_string_append (xml, "</device>");
}

char *
cs_upnp_describe_devices (const CsPortdSettings *settings)
{
  GString *xml = g_string_new ("<?xml version=\"1.0\"?>\n"
                               "<root xmlns=\"urn:schemas-upnp-org:device-1-0\">"
                               "<specVersion><major>1</major><minor>0</minor>"
                               "</specVersion>\n");

  add_device (xml, settings, 0);
  g_string_append (xml, "</root>\n");
  return g_string_free (xml, FALSE);
}

static void
add_action (GString *xml, const CsUpnpAction *action)
{
  g_string_append_printf (xml, "<action><name>%s</name><argumentList>", action->name);
  for (const CsUpnpArgument *argument = action->arguments; argument->name; argument++)
    g_string_append_printf (xml,
                            "<argument><name>%s</name><direction>%s</direction>"
                            "<relatedStateVariable>%s</relatedStateVariable></argument>",
                            argument->name, argument->out ? "out" : "in",
                            argument->variable);
  g_string_append (xml, "</argumentList></action>\n");
}

char *
cs_upnp_describe_service (const CsUpnpService *service)
{
  GString *xml = g_string_new ("<?xml version=\"1.0\"?>\n"
                               "<scpd xmlns=\"urn:schemas-upnp-org:service-1-0\">"
                               "<specVersion><major>1</major><minor>0</minor>"
                               "</specVersion>\n<actionList>");

  for (const CsUpnpAction *action = service->actions; action->name != NULL; action++)
    add_action (xml, action);
  g_string_append (xml, "</actionList>\n<serviceStateTable>");
  for (const CsUpnpVariable *variable = service->variables; variable->name; variable++)
    g_string_append_printf (xml,
                            "<stateVariable sendEvents=\"no\"><name>%s</name>"
                            "<dataType>%s</dataType></stateVariable>\n",
                            variable->name, variable->type);
  g_string_append (xml, "</serviceStateTable></scpd>\n");
  return g_string_free (xml, FALSE);
}
