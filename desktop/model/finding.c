/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of codes; see finding.h. */
#include "finding.h"

#include "dictionary.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *code;
  CsRemedy remedy;
  const char *title;
  const char *advice;
} Row;

static const Row rows[] = {
  { "nftables", CS_REMEDY_COPY, N_ ("The Packet Filter Is Missing"),
    N_ ("The kernel of this computer lacks nftables. Restart after updates of the "
        "kernel.") },
  { "table", CS_REMEDY_RESTART, N_ ("The Packet Filter Was Changed"),
    N_ ("Another program has changed it. Start sharing again to put it right.") },
  { "dnsmasq", CS_REMEDY_COPY, N_ ("The Name and Address Server Is Missing"),
    N_ ("Install the program dnsmasq.") },
  { "polkit", CS_REMEDY_COPY, N_ ("Passwords Cannot Be Asked For"),
    N_ ("The service that checks rights (polkit) does not answer. Restart this "
        "computer.") },
  { "network-manager", CS_REMEDY_COPY, N_ ("NetworkManager Does Not Answer"),
    N_ ("Restart this computer, or start NetworkManager.") },
  { "one-channel", CS_REMEDY_PLACES, N_ ("One Wi-Fi Channel for Two Networks"),
    N_ ("The adapter can only be a hotspot on the channel of the network it is in.") },
  { "udp-timeout", CS_REMEDY_COPY, N_ ("Some Connections May End Early"),
    N_ ("Voice calls and games may be cut off after a silence.") },
  { "ftp", CS_REMEDY_COPY, N_ ("FTP May Not Work"),
    N_ ("The kernel lacks a helper for it. Most other programs do not need one.") },
  { "own-ports", CS_REMEDY_COPY, N_ ("Few Ports Are Left for Devices"),
    N_ ("This computer keeps many ports for itself.") },
  { "dns-user", CS_REMEDY_COPY, N_ ("A User Account Is Missing"),
    N_ ("The name server runs with more rights than it needs. Install the package "
        "again.") },
  { "seized", CS_REMEDY_SETTINGS, N_ ("Two Programs Use One Dial-up Line"),
    N_ ("NetworkManager may take away the address of a line that it has not dialed.") },
  { "uplink-missing", CS_REMEDY_PLACES, N_ ("The Internet Connection Is Not There"),
    N_ ("Plug it in, or choose another one.") },
  { "uplink-down", CS_REMEDY_SETTINGS, N_ ("The Internet Connection Is Down"),
    N_ ("Connect it in the network settings, or choose another one.") },
  { "uplink-dialing", CS_REMEDY_SETTINGS, N_ ("The Connection Is Being Established"),
    N_ ("Wait a moment.") },
  { "uplink-unstable", CS_REMEDY_SETTINGS, N_ ("The Internet Connection Comes and Goes"),
    N_ ("Look at its cable or signal.") },
  { "uplink-unknown", CS_REMEDY_PLACES, N_ ("The Connection Was Deleted"),
    N_ ("Choose another one.") },
  { "no-primary", CS_REMEDY_SETTINGS, N_ ("This Computer Is Offline"),
    N_ ("Connect it to the Internet in the network settings.") },
  { "lan-missing", CS_REMEDY_PLACES, N_ ("The Adapter for Devices Is Gone"),
    N_ ("Plug it in, or choose another one.") },
  { "lan-unavailable", CS_REMEDY_SETTINGS, N_ ("The Adapter for Devices Is Switched Off"),
    N_ ("Switch on networking or Wi-Fi in the settings.") },
  { "lan-taken", CS_REMEDY_RESTART, N_ ("The Adapter Is Used for Something Else"),
    N_ ("Start sharing again to take it back.") },
  { "lan-without-address", CS_REMEDY_SETTINGS, N_ ("The Adapter Has No Address"),
    N_ ("Give it one in the network settings.") },
  { "lan-no-link", CS_REMEDY_SETTINGS, N_ ("No Device Is Plugged In"),
    N_ ("Look at the cable at both ends.") },
  { "answers-astray", CS_REMEDY_COPY, N_ ("A VPN Takes the Answers for Devices"),
    N_ ("Turn it off, or let it leave local networks alone.") },
  { "clients-astray", CS_REMEDY_COPY, N_ ("A VPN Takes What Devices Send"),
    N_ ("Turn it off, or let it leave local networks alone.") },
  { "address-conflict", CS_REMEDY_SETTINGS, N_ ("Two Networks With the Same Addresses"),
    N_ ("Disconnect the other one, then start sharing again.") },
  { "not-suitable", CS_REMEDY_PLACES, N_ ("This Adapter Cannot Be Shared With"),
    N_ ("Choose another one.") },
  { "failed", CS_REMEDY_RESTART, N_ ("Sharing Did Not Start"), N_ ("Start it again.") },
  { "not-as-planned", CS_REMEDY_RESTART, N_ ("A Network Setting Was Changed"),
    N_ ("Another program has changed it. Start sharing again to put it right.") },
  { "repaired-again", CS_REMEDY_COPY, N_ ("Another Program Keeps Changing Settings"),
    N_ ("Find out which one it is, and stop it.") },
  { "data-limit", CS_REMEDY_COPY, N_ ("The Data Limit Is Reached"),
    N_ ("Raise it or, if it is monthly, wait until next month.") },
  { "data-limit-near", CS_REMEDY_COPY, N_ ("The Data Limit Is Almost Reached"),
    N_ ("Devices go offline once it is reached. Raise it before then.") },
  { "dhcp-silent", CS_REMEDY_RESTART, N_ ("Devices Get No Address"),
    N_ ("The address server does not answer. Start sharing again.") },
  { "dhcp-rival", CS_REMEDY_COPY, N_ ("Another Router Gives Out Addresses"),
    N_ ("Unplug it from this network, or turn its address server off.") },
  { "dhcp-exhausted", CS_REMEDY_COPY, N_ ("No Address Is Left for More Devices"),
    N_ ("Disconnect some, or wait until they have been gone for a while.") },
  { "dns-silent", CS_REMEDY_RESTART, N_ ("Names Are Not Found"),
    N_ ("The name server does not answer. Start sharing again.") },
  { "ipv6-radvd", CS_REMEDY_RESTART, N_ ("Devices Have No IPv6"),
    N_ ("They use IPv4 meanwhile. Install the program radvd if it is missing, then start "
        "sharing again.") },
  { "ipv6-blocked", CS_REMEDY_COPY, N_ ("Devices Have No IPv6"),
    N_ ("They use IPv4 meanwhile. Let the firewall pass what is shared, with the command "
        "that you can copy.") },
  { "ipv6-alone", CS_REMEDY_PLACES, N_ ("Only IPv6 Is Available"),
    N_ ("This Internet connection has no IPv4, so devices may not reach everything.") },
  { "blocked", CS_REMEDY_COPY, N_ ("A Firewall Blocks the Devices"),
    N_ ("Let it pass what is shared, with the command that you can copy.") },
  { "rule-first", CS_REMEDY_COPY, N_ ("A Routing Rule of Another Program Comes First"),
    N_ ("Devices may use another connection than the one that you share.") },
  { "small-mtu", CS_REMEDY_COPY, N_ ("Only Very Small Packets Pass"),
    N_ ("Look at the MTU in the settings of this connection.") },
  { "dns-none", CS_REMEDY_SETTINGS, N_ ("No Name Server Is Known"),
    N_ ("Give one in the settings of the Internet connection.") },
  { "dns-upstream", CS_REMEDY_SETTINGS, N_ ("The Provider's Name Servers Do Not Answer"),
    N_ ("Wait, or give others in the settings of the Internet connection.") },
  { "forward-no-address", CS_REMEDY_PORTS,
    N_ ("A Port Leads to a Device That Is Not There"),
    N_ ("Connect the device, or remove the port.") },
  { "forward-taken", CS_REMEDY_PORTS, N_ ("Another Network Has the Port"),
    N_ ("Choose another port, or remove the one of the other network.") },
  { "no-replies", CS_REMEDY_SETTINGS, N_ ("Nothing Comes Back From the Internet"),
    N_ ("Look at the Internet connection of this computer.") },
};

static const Row *
find_row (const CsFinding *finding)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].code, finding->code))
      return &rows[i];
  return NULL;
}

CsFinding *
cs_finding_new (GVariant *dictionary)
{
  CsFinding *finding = g_new0 (CsFinding, 1);

  finding->code = g_strdup (cs_dictionary_get_string (dictionary, "code"));
  finding->severity = g_strdup (cs_dictionary_get_string (dictionary, "severity"));
  finding->subject = g_strdup (cs_dictionary_get_string (dictionary, "subject"));
  finding->message = g_strdup (cs_dictionary_get_string (dictionary, "message"));
  finding->command = g_strdup (cs_dictionary_get_string (dictionary, "remedy"));
  return finding;
}

void
cs_finding_free (CsFinding *finding)
{
  g_free (finding->code);
  g_free (finding->severity);
  g_free (finding->subject);
  g_free (finding->message);
  g_free (finding->command);
  g_free (finding);
}

gboolean
cs_finding_is_error (const CsFinding *finding)
{
  return g_str_equal (finding->severity, "error");
}

static void
add (GPtrArray *findings, GVariant *list, const char *severity)
{
  gsize length = g_variant_n_children (list);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);

      if (g_str_equal (cs_dictionary_get_string (dictionary, "severity"), severity))
        g_ptr_array_add (findings, cs_finding_new (dictionary));
    }
}

GPtrArray *
cs_findings_new (GVariant *reply)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_finding_free);
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);

  add (findings, list, "error");
  add (findings, list, "warning");
  return findings;
}

const char *
cs_finding_get_title (const CsFinding *finding)
{
  const Row *row = find_row (finding);

  return row != NULL ? _ (row->title) : finding->message;
}

const char *
cs_finding_get_advice (const CsFinding *finding)
{
  const Row *row = find_row (finding);

  return row != NULL ? _ (row->advice) : "";
}

CsRemedy
cs_finding_get_remedy (const CsFinding *finding)
{
  const Row *row = find_row (finding);

  return row != NULL ? row->remedy : CS_REMEDY_COPY;
}

/* Of the command line's own words a user of the window has not heard. */
static gboolean
has_command (const CsFinding *finding)
{
  return *finding->command != '\0' && strstr (finding->command, "sharectl") == NULL;
}

const char *
cs_finding_get_button (const CsFinding *finding)
{
  switch (cs_finding_get_remedy (finding))
    {
    case CS_REMEDY_SETTINGS:
      return _ ("_Network Settings");
    case CS_REMEDY_PLACES:
      return _ ("_Choose Another");
    case CS_REMEDY_RESTART:
      return _ ("_Start Again");
    case CS_REMEDY_PORTS:
      return _ ("_Show Ports");
    case CS_REMEDY_COPY:
    default:
      return has_command (finding) ? _ ("_Copy Command") : _ ("_Copy Details");
    }
}

char *
cs_finding_get_copy (const CsFinding *finding)
{
  if (has_command (finding))
    return g_strdup (finding->command);
  return g_strdup_printf ("%s: %s (%s)", finding->severity, finding->message,
                          finding->code);
}
