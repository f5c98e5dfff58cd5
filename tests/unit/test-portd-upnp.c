/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portd-fixture.h"

#include "portd/description.h"
#include "portd/igd.h"
#include "portd/ssdp.h"

#include <netinet/in.h>
#include <string.h>

/* --- SSDP ----------------------------------------------------------------------- */

#define SEARCH "M-SEARCH * HTTP/1.1\r\n"
#define MAN    "MAN: \"ssdp:discover\"\r\n"

static void
test_search (void)
{
  static const struct
  {
    const char *text;
    const char *search; /* NULL: none */
  } rows[] = {
    { SEARCH "HOST: 239.255.255.250:1900\r\n" MAN "MX: 2\r\nST: ssdp:all\r\n\r\n",
      "ssdp:all" },
    { SEARCH "st:upnp:rootdevice\r\nMan:\"ssdp:discover\"\r\n\r\n", "upnp:rootdevice" },
    { SEARCH MAN "ST: ssdp:all", "ssdp:all" },
    { "M-SEARCH * HTTP/1.1\nMAN: \"ssdp:discover\"\nST: ssdp:all \n\n", "ssdp:all" },
    { SEARCH MAN "no header\r\nST: ssdp:all\r\n", "ssdp:all" },
    { SEARCH MAN "\r\n", NULL },
    { SEARCH MAN "ST:\r\n", NULL },
    { SEARCH "ST: ssdp:all\r\n\r\n", NULL },
    { SEARCH "MAN: \"other\"\r\nST: ssdp:all\r\n\r\n", NULL },
    { "NOTIFY * HTTP/1.1\r\n" MAN "ST: ssdp:all\r\n\r\n", NULL },
    { "M-SEARCH", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *search
          = cs_ssdp_parse_search (rows[i].text, strlen (rows[i].text));

      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (search, ==, rows[i].search);
    }
}

static void
test_targets (void)
{
  static const struct
  {
    const char *search;
    guint found;
  } rows[] = {
    { "ssdp:all", 10 },
    { "upnp:rootdevice", 1 },
    { "urn:schemas-upnp-org:device:InternetGatewayDevice:1", 1 },
    { "urn:schemas-upnp-org:device:InternetGatewayDevice:2", 0 },
    { "urn:schemas-upnp-org:service:WANIPConnection:1", 1 },
    { "uuid:11223344-5566-7788-99aa-bbccddeeff00", 1 },
    { "uuid:11223344-5566-7788-99aa-bbccddeeff02", 1 },
    { "uuid:11223344-5566-7788-99aa-bbccddeeff03", 0 },
  };
  PortdFixture fixture;
  g_autoptr (GArray) targets = NULL;

  portd_fixture_init (&fixture);
  targets = cs_ssdp_targets (&fixture.gateway.settings);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint found = 0;

      for (guint j = 0; j < targets->len; j++)
        found
            += cs_ssdp_matches (&g_array_index (targets, CsSsdpTarget, j), rows[i].search)
                   ? 1
                   : 0;
      g_test_message ("%s", rows[i].search);
      g_assert_cmpuint (found, ==, rows[i].found);
    }
}

static void
test_messages (void)
{
  PortdFixture fixture;
  g_autoptr (GArray) targets = NULL;
  const CsSsdpTarget *root;
  g_autofree char *response = NULL;
  g_autofree char *alive = NULL;
  g_autofree char *gone = NULL;

  portd_fixture_init (&fixture);
  targets = cs_ssdp_targets (&fixture.gateway.settings);
  root = &g_array_index (targets, CsSsdpTarget, 0);
  response = cs_ssdp_print_response (root, &fixture.gateway.settings);
  g_assert_cmpstr (response, ==,
                   "HTTP/1.1 200 OK\r\n"
                   "CACHE-CONTROL: max-age=1800\r\n"
                   "ST: upnp:rootdevice\r\n"
                   "USN: uuid:11223344-5566-7788-99aa-bbccddeeff00::upnp:rootdevice\r\n"
                   "EXT:\r\n"
                   "LOCATION: http://192.168.137.1:5351/gateway.xml\r\n"
                   "SERVER: Linux UPnP/1.1 connshare/1\r\n\r\n");
  alive = cs_ssdp_print_notify (root, &fixture.gateway.settings, TRUE);
  g_assert_nonnull (strstr (alive, "\r\nNTS: ssdp:alive\r\n"));
  gone = cs_ssdp_print_notify (root, &fixture.gateway.settings, FALSE);
  g_assert_nonnull (strstr (gone, "\r\nNTS: ssdp:byebye\r\n"));
}

/* --- Actions -------------------------------------------------------------------- */

#define OPEN  "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"x\"><s:Body>"
#define CLOSE "</s:Body></s:Envelope>"
#define TYPE  "urn:schemas-upnp-org:service:WANIPConnection:1"

static char *
call (PortdFixture *fixture, const char *action, const char *arguments)
{
  g_autofree char *body = g_strdup_printf (
      OPEN "<u:%s xmlns:u=\"" TYPE "\">%s</u:%s>" CLOSE, action, arguments, action);
  CsHttpRequest request = { .method = "POST", .path = "/control/connection" };
  GString *response;

  g_snprintf (request.soap_action, sizeof request.soap_action, TYPE "#%s", action);
  request.body_size = strlen (body);
  response = cs_igd_respond (&fixture->gateway, (CsAddress)PORTD_PEER, &request, body);
  return g_string_free (response, FALSE);
}

#define ENTRY \
  "<NewRemoteHost></NewRemoteHost><NewExternalPort>8080</NewExternalPort>" \
  "<NewProtocol>TCP</NewProtocol>"
#define REST \
  "<NewEnabled>1</NewEnabled><NewPortMappingDescription>Game" \
  "</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration>"
#define CLIENT(address) \
  "<NewInternalPort>80</NewInternalPort>" \
  "<NewInternalClient>" address "</NewInternalClient>"
#define OWN          CLIENT ("192.168.137.20")
#define FAULT(error) "<errorCode>" error "</errorCode>"

static void
test_actions (void)
{
  static const struct
  {
    const char *action;
    const char *arguments;
    guint32 result;       /* of connshared; 0: it is not asked */
    const char *response; /* has this */
  } rows[] = {
    { "AddPortMapping", ENTRY OWN REST, CS_PORTD_DONE,
      "<u:AddPortMappingResponse xmlns:u=\"" TYPE "\"></u:AddPortMappingResponse>" },
    { "AddPortMapping", ENTRY CLIENT ("") REST, CS_PORTD_DONE, "AddPortMappingResponse" },
    { "AddPortMapping", ENTRY CLIENT ("192.168.137.21") REST, 0, FAULT ("606") },
    { "AddPortMapping", ENTRY CLIENT ("my-pc") REST, 0, FAULT ("606") },
    { "AddPortMapping", ENTRY OWN REST, CS_PORTD_REFUSED, FAULT ("606") },
    { "AddPortMapping", ENTRY OWN REST, CS_PORTD_TAKEN, FAULT ("718") },
    { "AddPortMapping", ENTRY OWN REST, CS_PORTD_QUOTA, FAULT ("728") },
    { "AddPortMapping", ENTRY OWN REST, CS_PORTD_NO_NETWORK, FAULT ("501") },
    { "AddPortMapping", ENTRY OWN, 0, FAULT ("402") },
    { "AddPortMapping", ENTRY REST, 0, FAULT ("402") },
    { "AddPortMapping",
      "<NewExternalPort>0</NewExternalPort><NewProtocol>UDP</NewProtocol>" OWN REST, 0,
      FAULT ("716") },
    { "AddPortMapping",
      "<NewExternalPort>65536</NewExternalPort><NewProtocol>UDP</NewProtocol>" OWN REST,
      0, FAULT ("402") },
    { "AddPortMapping",
      "<NewExternalPort>80</NewExternalPort><NewProtocol>SCTP</NewProtocol>" OWN REST, 0,
      FAULT ("402") },
    { "AddPortMapping",
      "<NewRemoteHost>192.0.2.1</NewRemoteHost><NewExternalPort>8080</NewExternalPort>"
      "<NewProtocol>TCP</NewProtocol>" OWN REST,
      0, FAULT ("726") },
    { "AddAnyPortMapping", ENTRY OWN REST, CS_PORTD_DONE,
      "<NewReservedPort>8080</NewReservedPort>" },
    { "AddAnyPortMapping", ENTRY OWN REST, CS_PORTD_TAKEN, FAULT ("728") },
    { "DeletePortMapping", ENTRY, CS_PORTD_DONE, "DeletePortMappingResponse" },
    { "DeletePortMapping", ENTRY, CS_PORTD_NOT_FOUND, FAULT ("714") },
    { "DeletePortMapping", ENTRY, CS_PORTD_REFUSED, FAULT ("606") },
    { "DeletePortMapping",
      "<NewExternalPort>0</NewExternalPort><NewProtocol>UDP</NewProtocol>", 0,
      FAULT ("714") },
    { "DeletePortMapping", "", 0, FAULT ("402") },
    { "GetSpecificPortMappingEntry", ENTRY, CS_PORTD_DONE,
      "<NewInternalPort>80</NewInternalPort>"
      "<NewInternalClient>192.168.137.20</NewInternalClient><NewEnabled>1</NewEnabled>"
      "<NewPortMappingDescription>Game</NewPortMappingDescription>"
      "<NewLeaseDuration>3600</NewLeaseDuration>" },
    { "GetSpecificPortMappingEntry", ENTRY, CS_PORTD_NOT_FOUND, FAULT ("714") },
    { "GetGenericPortMappingEntry", "<NewPortMappingIndex>3</NewPortMappingIndex>",
      CS_PORTD_DONE,
      "<NewRemoteHost></NewRemoteHost><NewExternalPort>8080</NewExternalPort>"
      "<NewProtocol>TCP</NewProtocol><NewInternalPort>80</NewInternalPort>" },
    { "GetGenericPortMappingEntry", "<NewPortMappingIndex>3</NewPortMappingIndex>",
      CS_PORTD_NOT_FOUND, FAULT ("713") },
    { "GetGenericPortMappingEntry", "<NewPortMappingIndex>x</NewPortMappingIndex>", 0,
      FAULT ("402") },
    { "GetExternalIPAddress", "", 0,
      "<NewExternalIPAddress>198.51.100.7</NewExternalIPAddress>" },
    { "GetStatusInfo", "", 0, "<NewConnectionStatus>Connected</NewConnectionStatus>" },
    { "GetConnectionTypeInfo", "", 0,
      "<NewConnectionType>IP_Routed</NewConnectionType>" },
    { "GetNATRSIPStatus", "", 0, "<NewNATEnabled>1</NewNATEnabled>" },
    { "ForceTermination", "", 0, FAULT ("606") },
    { "RequestConnection", "", 0, FAULT ("606") },
    { "GetCommonLinkProperties", "", 0, FAULT ("401") },
    { "Frobnicate", "", 0, FAULT ("401") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PortdFixture fixture;
      g_autofree char *response = NULL;

      portd_fixture_init (&fixture);
      fixture.answer.result = rows[i].result;
      response = call (&fixture, rows[i].action, rows[i].arguments);
      g_test_message ("%s %s: %s", rows[i].action, rows[i].arguments, response);
      g_assert_nonnull (strstr (response, rows[i].response));
      g_assert_cmpuint (fixture.asked, ==, rows[i].result != 0);
    }
}

static void
test_request (void)
{
  PortdFixture fixture;
  g_autofree char *response = NULL;

  portd_fixture_init (&fixture);
  response = call (&fixture, "AddPortMapping", ENTRY OWN REST);
  g_assert_cmpuint (fixture.request.kind, ==, CS_PORTD_MAP);
  g_assert_cmpuint (fixture.request.origin, ==, CS_PORTD_UPNP);
  g_assert_cmpuint (fixture.request.protocol, ==, IPPROTO_TCP);
  g_assert_cmpuint (fixture.request.port, ==, 8080);
  g_assert_cmpuint (fixture.request.to_port, ==, 80);
  g_assert_cmpuint (fixture.request.lifetime, ==, 604800);
  g_assert_true (fixture.request.exact);
  g_assert_cmpstr (fixture.request.name, ==, "Game");
}

static void
test_paths (void)
{
  static const struct
  {
    CsHttpRequest request;
    const char *response; /* begins with this */
  } rows[] = {
    { { .method = "GET", .path = "/gateway.xml" }, "HTTP/1.1 200 " },
    { { .method = "GET", .path = "/gateway.xml", .host = "192.168.137.1" },
      "HTTP/1.1 200 " },
    { { .method = "GET", .path = "/connection.xml", .host = "192.168.137.1:5351" },
      "HTTP/1.1 200 " },
    { { .method = "GET", .path = "/gateway.xml", .host = "evil.example" },
      "HTTP/1.1 403 " },
    { { .method = "GET", .path = "/" }, "HTTP/1.1 404 " },
    { { .method = "GET", .path = "/control/connection" }, "HTTP/1.1 404 " },
    { { .method = "SUBSCRIBE", .path = "/control/connection" }, "HTTP/1.1 501 " },
    { { .method = "OPTIONS", .path = "/control/connection" }, "HTTP/1.1 501 " },
    { { .method = "POST", .path = "/control/connection" }, "HTTP/1.1 400 " },
    { { .method = "POST", .path = "/control/connection", .soap_action = "a#b" },
      "HTTP/1.1 400 " },
    { { .method = "POST", .path = "/gateway.xml", .soap_action = "a#b" },
      "HTTP/1.1 404 " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PortdFixture fixture;
      GString *response;

      portd_fixture_init (&fixture);
      response = cs_igd_respond (&fixture.gateway, (CsAddress)PORTD_PEER,
                                 &rows[i].request, "");
      g_test_message ("%s %s: %s", rows[i].request.method, rows[i].request.path,
                      response->str);
      g_assert_true (g_str_has_prefix (response->str, rows[i].response));
      g_string_free (response, TRUE);
    }
}

/* --- Descriptions --------------------------------------------------------------- */

static void
check_xml (const char *text)
{
  static const GMarkupParser parser = { 0 };
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_markup_parse_context_parse (context, text, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
}

static void
test_descriptions (void)
{
  PortdFixture fixture;
  g_autofree char *devices = NULL;

  portd_fixture_init (&fixture);
  devices = cs_upnp_describe_devices (&fixture.gateway.settings);
  check_xml (devices);
  g_assert_nonnull (strstr (devices, "<friendlyName>desk &lt;&amp;&gt;: Internet"));
  g_assert_nonnull (strstr (devices, "<controlURL>/control/connection</controlURL>"));
  for (guint i = 0; i < cs_upnp_n_services; i++)
    {
      const CsUpnpService *service = &cs_upnp_services[i];
      g_autofree char *text = cs_upnp_describe_service (service);

      check_xml (text);
      g_assert_null (strstr (text, "sendEvents=\"yes\""));
      /* Each argument's type is among the variables. */
      for (const CsUpnpAction *action = service->actions; action->name; action++)
        for (const CsUpnpArgument *one = action->arguments; one->name; one++)
          {
            g_autofree char *variable = g_strdup_printf (
                "<stateVariable sendEvents=\"no\"><name>%s</name>", one->variable);

            g_assert_nonnull (strstr (text, variable));
          }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/portd/search", test_search);
  g_test_add_func ("/portd/targets", test_targets);
  g_test_add_func ("/portd/messages", test_messages);
  g_test_add_func ("/portd/actions", test_actions);
  g_test_add_func ("/portd/request", test_request);
  g_test_add_func ("/portd/paths", test_paths);
  g_test_add_func ("/portd/descriptions", test_descriptions);
  return g_test_run ();
}
