/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the desktop says, made from codes: states, errors, interfaces, findings. */
#include "errors.h"
#include "failure.h"
#include "finding.h"
#include "interface.h"
#include "ipv6.h"
#include "state.h"
#include "wan.h"

#include <gio/gio.h>

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

typedef struct
{
  const char *state;
  const char *reason;
  const char *blocked_by;
  CsMood mood;
  const char *sentence;
} StateCase;

static const StateCase states[] = {
  { NULL, NULL, NULL, CS_MOOD_OFF,
    "No device uses the Internet connection of this computer." },
  { "starting", "none", NULL, CS_MOOD_BUSY, "Starting to share with LAN…" },
  { "active", "none", NULL, CS_MOOD_GOOD, "Devices on LAN use the Internet through UP." },
  { "active", "none", "ufw", CS_MOOD_BAD,
    "A firewall on this computer (ufw) blocks the devices on LAN." },
  { "waiting", "uplink-missing", NULL, CS_MOOD_WAITING,
    "Waiting for WAN, which is not there. Sharing starts as soon as it appears." },
  { "waiting", "no-primary", NULL, CS_MOOD_WAITING,
    "This computer is offline. Sharing starts as soon as it is online." },
  { "waiting", "lan-missing", NULL, CS_MOOD_WAITING,
    "LAN is not there. Plug it in to go on sharing." },
  { "waiting", "lan-taken", NULL, CS_MOOD_BAD,
    "LAN is used for something else. Turn sharing off and on to take it back." },
  { "failed", "address-conflict", NULL, CS_MOOD_BAD,
    "The addresses for devices on LAN are used by another network." },
  { "waiting", "of-a-later-version", NULL, CS_MOOD_WAITING,
    "Sharing does not work yet. Look at the problems for the cause." },
};

static void
test_states (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      const StateCase *row = &states[i];
      const char *const blocked_by[] = { row->blocked_by, NULL };
      CsState state = { row->state, row->reason, "LAN", "WAN", "UP", blocked_by };
      g_autofree char *sentence = cs_state_get_sentence (&state);

      g_assert_cmpstr (sentence, ==, row->sentence);
      g_assert_cmpint (cs_state_get_mood (&state), ==, row->mood);
    }
}

/* Every reason in the interface's description has a sentence of its own. */
static void
test_reasons_of_contract (void)
{
  static const char *const reasons[] = {
    "uplink-missing", "uplink-down",    "uplink-dialing",   "uplink-unstable",
    "uplink-unknown", "no-primary",     "lan-missing",      "lan-unavailable",
    "lan-taken",      "answers-astray", "clients-astray",   "lan-without-address",
    "not-suitable",   "failed",         "address-conflict",
  };
  CsState unknown = { "waiting", "?", "LAN", "WAN", "", NULL };
  g_autofree char *otherwise = cs_state_get_sentence (&unknown);

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      CsState state = { "waiting", reasons[i], "LAN", "WAN", "", NULL };
      g_autofree char *sentence = cs_state_get_sentence (&state);

      g_assert_cmpstr (sentence, !=, otherwise);
      g_assert_null (strchr (sentence, '%'));
    }
}

static void
test_failures (void)
{
  static const struct
  {
    const char *name;
    CsStep step;
    const char *sentence;
  } rows[] = {
    { "org.connshare1.Error.NotAuthorized", CS_STEP_RETRY,
      "Changing this needs the password of an administrator." },
    { "org.connshare1.Error.NoSuchDevice", CS_STEP_CHOOSE_LAN,
      "100%s is not there any more. Plug it in, or choose another one." },
    { "org.connshare1.Error.AddressConflict", CS_STEP_DIAGNOSE,
      "The addresses for devices on 100%s are used by another network." },
    { "org.freedesktop.DBus.Error.ServiceUnknown", CS_STEP_RETRY,
      "The sharing service is not installed, or cannot be started." },
    { "org.example.Other", CS_STEP_RETRY, "The sharing service does not answer." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (rows[i].name, "why");
      g_autoptr (CsFailure) failure = cs_failure_new (error, "100%s");

      g_assert_cmpstr (failure->sentence, ==, rows[i].sentence);
      g_assert_cmpstr (failure->details, ==, "why");
      g_assert_cmpint (failure->step, ==, rows[i].step);
    }
}

/* What the same errors mean when a port was to lead to a device. */
static void
test_failures_of_ports (void)
{
  static const struct
  {
    const char *name;
    const char *sentence;
  } rows[] = {
    { "org.connshare1.Error.NotSuitable",
      "TCP port 22 is in use already, by this computer or another device. Choose another "
      "one." },
    { "org.connshare1.Error.InvalidArgument",
      "TCP port 22 cannot lead to this device. Look at the details." },
    { "org.connshare1.Error.NoSuchClient",
      "TCP port 22 cannot lead to this device. Look at the details." },
    { "org.connshare1.Error.NoSuchShare", "LAN is not shared any more." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (rows[i].name, "why");
      g_autoptr (CsFailure) failure
          = cs_failure_new_of_port (error, "TCP port 22", "LAN");

      g_assert_cmpstr (failure->sentence, ==, rows[i].sentence);
      g_assert_cmpstr (failure->details, ==, "why");
    }
}

static void
test_cancelled_is_no_failure (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");

  g_assert_null (cs_failure_new (error, "LAN"));
}

#define INTERFACES \
  "([{'name': <'lo'>, 'kind': <'loopback'>}," \
  " {'name': <'eth0'>, 'kind': <'ethernet'>, 'can-be-lan': <true>, 'can-be-wan': " \
  "<true>," \
  "  'connection': <'Office'>, 'label': <'Card'>}," \
  " {'name': <'eth1'>, 'kind': <'ethernet'>, 'can-be-lan': <false>, 'lan-code': " \
  "<'port'>}," \
  " {'name': <'wlan0'>, 'kind': <'wifi'>, 'can-be-lan': <true>, 'can-be-wan': <false>," \
  "  'wan-code': <'later'>, 'wan-reason': <'it says'>, 'state': <'disconnected'>}," \
  " {'name': <'wlan1'>, 'kind': <'wifi'>, 'can-be-lan': <false>, 'can-force': <true>," \
  "  'lan-code': <'wifi-joined'>}," \
  " {'name': <'x0'>, 'kind': <'other'>, 'can-be-lan': <false>," \
  "  'lan-code': <'own-internet'>}],)"

static GPtrArray *
new_interfaces (void)
{
  g_autoptr (GVariant) reply = parse ("(aa{sv})", INTERFACES);

  return cs_interfaces_new (reply);
}

static void
check_words (GPtrArray *interfaces,
             const char *name,
             CsSide side,
             gboolean fit,
             const char *title,
             const char *subtitle)
{
  CsInterface *interface = cs_interfaces_find (interfaces, name);
  g_autofree char *its_title = cs_interface_title (interface);
  g_autofree char *its_subtitle = cs_interface_subtitle (interface, side);

  g_assert_cmpstr (its_title, ==, title);
  g_assert_cmpstr (its_subtitle, ==, subtitle);
  g_assert_cmpint (cs_interface_is_fit (interface, side), ==, fit);
}

static void
test_interfaces (void)
{
  g_autoptr (GPtrArray) interfaces = new_interfaces ();

  g_assert_null (cs_interfaces_find (interfaces, "lo"));
  g_assert_null (cs_interfaces_find (interfaces, "eth1"));
  check_words (interfaces, "eth0", CS_SIDE_LAN, TRUE, "Ethernet (eth0)", "Office");
  check_words (interfaces, "wlan0", CS_SIDE_LAN, TRUE, "Wi-Fi (wlan0)", "Not connected");
  check_words (interfaces, "wlan0", CS_SIDE_WAN, FALSE, "Wi-Fi (wlan0)", "it says");
  check_words (interfaces, "wlan1", CS_SIDE_LAN, TRUE, "Wi-Fi (wlan1)",
               "Connected to a Wi-Fi network, which sharing would disconnect");
  check_words (interfaces, "x0", CS_SIDE_LAN, FALSE, "x0",
               "This computer uses it for its own Internet connection");
  g_assert_true (cs_interface_needs_force (cs_interfaces_find (interfaces, "wlan1")));
  g_assert_false (cs_interface_needs_force (cs_interfaces_find (interfaces, "wlan0")));
}

static void
test_suggested_lan (void)
{
  g_autoptr (GPtrArray) interfaces = new_interfaces ();
  CsInterface *ethernet = cs_interfaces_find (interfaces, "eth0");
  CsInterface *wifi = cs_interfaces_find (interfaces, "wlan0");

  g_assert_cmpstr (cs_interfaces_suggest_lan (interfaces)->name, ==, "wlan0");
  g_free (wifi->state);
  wifi->state = g_strdup ("connected");
  g_assert_cmpstr (cs_interfaces_suggest_lan (interfaces)->name, ==, "eth0");
  g_free (ethernet->state);
  ethernet->state = g_strdup ("connected");
  g_free (wifi->state);
  wifi->state = g_strdup ("disconnected");
  g_assert_cmpstr (cs_interfaces_suggest_lan (interfaces)->name, ==, "wlan0");
  g_free (ethernet->share);
  ethernet->share = g_strdup ("eth0");
  g_assert_cmpstr (cs_interfaces_suggest_lan (interfaces)->name, ==, "eth0");
  g_ptr_array_set_size (interfaces, 0);
  g_assert_null (cs_interfaces_suggest_lan (interfaces));
}

static void
test_wans (void)
{
  static const struct
  {
    const char *wan;
    const char *title;
  } rows[] = {
    { "auto", "Automatic" },
    { "AUTO", "Automatic" },
    { "eth0", "Ethernet (eth0)" },
    { "interface:eth0", "Ethernet (eth0)" },
    { "profile:Home DSL", "Home DSL" },
    { "ppp0, auto", "ppp0, then Automatic" },
  };
  g_autoptr (GPtrArray) interfaces = new_interfaces ();
  g_autofree char *wan = cs_wan_for_interface ("auto");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *title = cs_wan_title (rows[i].wan, interfaces);

      g_assert_cmpstr (title, ==, rows[i].title);
    }
  g_assert_cmpstr (wan, ==, "interface:auto");
  g_assert_true (cs_wan_is_interface ("interface:eth0", "eth0"));
  g_assert_true (cs_wan_is_interface ("eth0", "eth0"));
  g_assert_false (cs_wan_is_interface ("eth0,auto", "eth0"));
}

static void
test_ipv6 (void)
{
  const CsIpv6Choice *choices = cs_ipv6_list_choices ();
  g_autoptr (GVariant) off = g_variant_ref_sink (g_variant_new_string ("off"));
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new_string (""));
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_boolean (TRUE));

  g_assert_cmpstr (cs_ipv6_parse (NULL), ==, "auto");
  g_assert_cmpstr (cs_ipv6_parse (empty), ==, "auto");
  g_assert_cmpstr (cs_ipv6_parse (other), ==, "auto");
  g_assert_cmpstr (cs_ipv6_parse (off), ==, "off");
  g_assert_cmpstr (cs_ipv6_describe (NULL, "off"), ==, "Off");
  g_assert_cmpstr (cs_ipv6_describe ("of-a-later-version", "auto"), ==, "Automatic");
  g_assert_cmpstr (cs_ipv6_describe (NULL, "of-a-later-version"), ==,
                   "of-a-later-version");
  g_assert_cmpstr (cs_ipv6_describe ("none", "auto"), ==,
                   "Not available from this Internet connection");
  g_assert_cmpstr (choices[0].id, ==, "auto");
  for (guint i = 1; choices[i].id != NULL; i++)
    g_assert_cmpstr (cs_ipv6_describe (choices[i].id, "auto"), !=, "Automatic");
}

static void
test_findings (void)
{
  g_autoptr (GVariant) reply
      = parse ("(aa{sv})",
               "([{'severity': <'info'>, 'code': <'shared'>},"
               " {'severity': <'warning'>, 'code': <'lan-taken'>, 'message': <'taken'>,"
               "  'remedy': <'sharectl share lan0'>},"
               " {'severity': <'warning'>, 'code': <'new'>, 'message': <'novel'>,"
               "  'remedy': <'sharectl doctor'>},"
               " {'severity': <'error'>, 'code': <'blocked'>, 'message': <'x'>,"
               "  'remedy': <'ufw allow'>}],)");
  g_autoptr (GPtrArray) findings = cs_findings_new (reply);
  static const struct
  {
    const char *title;
    const char *button;
    const char *copy;
    CsRemedy remedy;
  } rows[] = {
    { "A Firewall Blocks the Devices", "_Copy Command", "ufw allow", CS_REMEDY_COPY },
    { "The Adapter Is Used for Something Else", "_Start Again",
      "warning: taken (lan-taken)", CS_REMEDY_RESTART },
    { "novel", "_Copy Details", "warning: novel (new)", CS_REMEDY_COPY },
  };

  g_assert_cmpuint (findings->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (findings, i);
      g_autofree char *copy = cs_finding_get_copy (finding);

      g_assert_cmpstr (cs_finding_get_title (finding), ==, rows[i].title);
      g_assert_cmpstr (cs_finding_get_button (finding), ==, rows[i].button);
      g_assert_cmpstr (copy, ==, rows[i].copy);
      g_assert_cmpint (cs_finding_get_remedy (finding), ==, rows[i].remedy);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cs_error_register ();
  g_test_add_func ("/words/states", test_states);
  g_test_add_func ("/words/reasons-of-contract", test_reasons_of_contract);
  g_test_add_func ("/words/failures", test_failures);
  g_test_add_func ("/words/failures-of-ports", test_failures_of_ports);
  g_test_add_func ("/words/cancelled-is-no-failure", test_cancelled_is_no_failure);
  g_test_add_func ("/words/interfaces", test_interfaces);
  g_test_add_func ("/words/suggested-lan", test_suggested_lan);
  g_test_add_func ("/words/wans", test_wans);
  g_test_add_func ("/words/ipv6", test_ipv6);
  g_test_add_func ("/words/findings", test_findings);
  return g_test_run ();
}
