/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call for each protocol, one after the other; see forward-window.h. */
#include "forward-window.h"

#include "client.h"
#include "forward.h"
#include "notice.h"
#include "picker.h"
#include "service.h"

#include <glib/gi18n-lib.h>

#define BOTH "tcp udp"

struct _CsForwardWindow
{
  AdwWindow parent;
  CsNotice *notice;
  CsPicker *device;
  CsPicker *protocol;
  AdwEntryRow *name;
  AdwEntryRow *port;
  AdwEntryRow *to_port;
  GtkLabel *hint;
  GtkWidget *add;
  CsDbusShare *share;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char *lan;                 /* (owned) */
  char *mac;                 /* (owned) of the device */
  char *protocols;           /* (owned) "tcp", "udp", or both */
  GPtrArray *wanted; /* (owned) (nullable) a{sv} of the calls that are under way */
  guint next;        /* of them */
};

G_DEFINE_FINAL_TYPE (CsForwardWindow, cs_forward_window, ADW_TYPE_WINDOW)

typedef struct
{
  guint16 first;
  guint16 last;
  guint16 to_port; /* 0: the same */
} Ports;

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
read_port (CsForwardWindow *window, Ports *ports)
{
  return cs_ports_parse (get_text (window->port), &ports->first, &ports->last);
}

/* Nothing means the same port; a range is as long as that of the other side. */
static gboolean
read_to_port (CsForwardWindow *window, Ports *ports)
{
  guint16 last;

  ports->to_port = 0;
  if (*get_text (window->to_port) == '\0')
    return TRUE;
  return cs_ports_parse (get_text (window->to_port), &ports->to_port, &last)
         && (last == ports->to_port
             || last - ports->to_port == ports->last - ports->first)
         && ports->to_port + (ports->last - ports->first) <= G_MAXUINT16;
}

static void
mark (AdwEntryRow *row, gboolean good)
{
  gboolean wrong = !good && *get_text (row) != '\0';

  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
      wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static gboolean
read_fields (CsForwardWindow *window, Ports *ports)
{
  gboolean outside = read_port (window, ports);
  gboolean inside = outside && read_to_port (window, ports);
  gboolean typed = *get_text (window->port) != '\0';

  mark (window->port, outside);
  mark (window->to_port, inside || !outside);
  gtk_label_set_label (window->hint,
                       inside || !typed
                           ? ""
                           : _ ("A port is a number from 1 to 65535. Up to 1024 in a row "
                                "are written as 6000-6010."));
  gtk_widget_set_visible (GTK_WIDGET (window->hint), typed && !inside);
  return inside;
}

static void
on_typed (CsForwardWindow *window)
{
  Ports ports = { 0 };
  gboolean good = read_fields (window, &ports);

  gtk_widget_set_sensitive (window->add, good && window->wanted == NULL);
}

static GVariant *
pack (CsForwardWindow *window, const char *protocol, const Ports *ports)
{
  g_autofree char *name = g_strstrip (g_strdup (get_text (window->name)));
  GVariantDict mapping = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&mapping, "protocol", "s", protocol);
  g_variant_dict_insert (&mapping, "port", "q", ports->first);
  if (ports->last != ports->first)
    g_variant_dict_insert (&mapping, "end-port", "q", ports->last);
  g_variant_dict_insert (&mapping, "client", "s", window->mac);
  if (ports->to_port != 0)
    g_variant_dict_insert (&mapping, "to-port", "q", ports->to_port);
  if (*name != '\0')
    g_variant_dict_insert (&mapping, "name", "s", name);
  return g_variant_dict_end (&mapping);
}

/* What is typed meanwhile is for the next time; NULL: none is under way. */
static void
set_wanted (CsForwardWindow *window, GPtrArray *wanted)
{
  g_clear_pointer (&window->wanted, g_ptr_array_unref);
  window->wanted = wanted;
  window->next = 0;
  on_typed (window);
}

static void
tell (CsForwardWindow *window, const GError *error)
{
  g_autoptr (CsForward) wanted
      = cs_forward_new (g_ptr_array_index (window->wanted, window->next));
  g_autofree char *port = cs_forward_describe_port (wanted);
  g_autoptr (CsFailure) failure = cs_failure_new_of_port (error, port, window->lan);

  cs_notice_show (window->notice, failure->sentence, failure->details,
                  failure->step == CS_STEP_RETRY ? CS_STEP_RETRY : CS_STEP_NONE);
}

static void call_next (CsForwardWindow *window);

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) mapping = NULL;
  CsForwardWindow *window = user_data;

  cs_dbus_share_call_add_forward_finish (CS_DBUS_SHARE (source), &mapping, result,
                                         &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    {
      tell (window, error);
      set_wanted (window, NULL);
      return;
    }
  window->next++;
  call_next (window);
}

static void
call_next (CsForwardWindow *window)
{
  if (window->next == window->wanted->len)
    {
      gtk_window_close (GTK_WINDOW (window));
      return;
    }
  cs_dbus_share_call_add_forward (window->share,
                                  g_ptr_array_index (window->wanted, window->next),
                                  CS_CALL_CHANGE, window->cancellable, added_cb, window);
}

static void
on_add (CsForwardWindow *window)
{
  g_auto (GStrv) protocols = g_strsplit (window->protocols, " ", 0);
  g_autoptr (GPtrArray) wanted
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  Ports ports = { 0 };

  if (window->wanted != NULL || !read_fields (window, &ports))
    return;
  for (guint i = 0; protocols[i] != NULL; i++)
    g_ptr_array_add (wanted, g_variant_ref_sink (pack (window, protocols[i], &ports)));
  cs_notice_hide (window->notice);
  set_wanted (window, g_steal_pointer (&wanted));
  call_next (window);
}

static void
on_step (CsForwardWindow *window, CsStep step)
{
  if (step == CS_STEP_RETRY)
    on_add (window);
}

static void
set_word (char **word, const char *id)
{
  char *copy = g_strdup (id);

  g_free (*word);
  *word = copy;
}

static void
on_device (CsForwardWindow *window, const char *id)
{
  set_word (&window->mac, id);
}

static void
on_protocol (CsForwardWindow *window, const char *id)
{
  set_word (&window->protocols, id);
}

static void
show_protocols (CsForwardWindow *window)
{
  g_autoptr (GPtrArray) picks = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (picks, cs_pick_new ("tcp", "TCP",
                                       _ ("Most programs: web, file transfer, remote "
                                          "control"),
                                       TRUE));
  g_ptr_array_add (picks,
                   cs_pick_new ("udp", "UDP", _ ("Many games, voice calls, VPNs"), TRUE));
  g_ptr_array_add (picks, cs_pick_new (BOTH, _ ("TCP and UDP"), "", TRUE));
  cs_picker_show (window->protocol, picks, "tcp");
}

static void
show_devices (CsForwardWindow *window, GPtrArray *clients)
{
  g_autoptr (GPtrArray) picks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);
      g_autofree char *subtitle = cs_client_get_subtitle (client);

      g_ptr_array_add (picks, cs_pick_new (client->mac, cs_client_get_title (client),
                                           subtitle, !cs_client_is_blocked (client)));
    }
  cs_picker_show (window->device, picks, window->mac);
}

static void
cs_forward_window_dispose (GObject *object)
{
  CsForwardWindow *window = CS_FORWARD_WINDOW (object);

  g_cancellable_cancel (window->cancellable);
  g_clear_object (&window->share);
  G_OBJECT_CLASS (cs_forward_window_parent_class)->dispose (object);
}

static void
cs_forward_window_finalize (GObject *object)
{
  CsForwardWindow *window = CS_FORWARD_WINDOW (object);

  g_object_unref (window->cancellable);
  g_clear_pointer (&window->wanted, g_ptr_array_unref);
  g_free (window->lan);
  g_free (window->mac);
  g_free (window->protocols);
  G_OBJECT_CLASS (cs_forward_window_parent_class)->finalize (object);
}

static void
cs_forward_window_class_init (CsForwardWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_forward_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_forward_window_finalize;
  g_type_ensure (CS_TYPE_NOTICE);
  g_type_ensure (CS_TYPE_PICKER);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CS_RESOURCES "/forward-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, device);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, protocol);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, name);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, port);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, to_port);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, hint);
  gtk_widget_class_bind_template_child (widget_class, CsForwardWindow, add);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_step);
  gtk_widget_class_bind_template_callback (widget_class, on_device);
  gtk_widget_class_bind_template_callback (widget_class, on_protocol);
}

static void
cs_forward_window_init (CsForwardWindow *window)
{
  window->cancellable = g_cancellable_new ();
  window->protocols = g_strdup ("tcp");
  gtk_widget_init_template (GTK_WIDGET (window));
}

CsForwardWindow *
cs_forward_window_new (GtkWindow *parent,
                       CsDbusShare *share,
                       const char *lan,
                       GPtrArray *clients)
{
  CsForwardWindow *window
      = g_object_new (CS_TYPE_FORWARD_WINDOW, "transient-for", parent, NULL);
  CsClient *first = g_ptr_array_index (clients, 0);

  window->share = g_object_ref (share);
  window->lan = g_strdup (lan);
  window->mac = g_strdup (first->mac);
  show_devices (window, clients);
  show_protocols (window);
  on_typed (window);
  gtk_widget_grab_focus (GTK_WIDGET (window->port));
  return window;
}
