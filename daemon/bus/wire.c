/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A GIOStream of two pollable streams, which GDBus reads and writes in its own thread
 * without blocking. The input tracks where each message begins and looks at its first 16
 * bytes (D-Bus Specification, "Message Format"). GDBus authenticates only on sockets, so
 * this file does it: EXTERNAL, the kernel tells the bus who we are.
 *
 * Drops calls flagged NO_REPLY_EXPECTED: reading without a reply is pointless, and a
 * call that needs authorization could not be told that it was refused. Besides, the
 * bus sets no limit on such calls. */
#include "wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER      16
#define BUFFER_SIZE 32768

/* The gate cannot count what the kernel still buffers. Bytes. */
#define SEND_BUFFER 4096

enum
{
  METHOD_CALL = 1,
  SIGNAL = 4,
  NO_REPLY_EXPECTED = 0x1,
};

typedef struct
{
  GInputStream parent;
  GSocket *socket; /* (owned) */
  guint8 buffer[BUFFER_SIZE];
  gsize begin;
  gsize end;
  guint64 pass; /* bytes of the current message still to be passed on ... */
  guint64 skip; /* ... or to be dropped */
} Input;

typedef struct
{
  GInputStreamClass parent;
} InputClass;

typedef struct
{
  GOutputStream parent;
  GSocket *socket; /* (owned) */
} Output;

typedef struct
{
  GOutputStreamClass parent;
} OutputClass;

typedef struct
{
  GIOStream parent;
  GSocket *socket;       /* (owned) */
  GInputStream *input;   /* (owned) */
  GOutputStream *output; /* (owned) */
} Wire;

typedef struct
{
  GIOStreamClass parent;
} WireClass;

static GType input_get_type (void);
static GType output_get_type (void);
static GType wire_get_type (void);
static void input_pollable_init (GPollableInputStreamInterface *iface);
static void output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (Input,
                         input,
                         G_TYPE_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                input_pollable_init))
G_DEFINE_TYPE_WITH_CODE (Output,
                         output,
                         G_TYPE_OUTPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                output_pollable_init))
G_DEFINE_TYPE (Wire, wire, G_TYPE_IO_STREAM)

/* --- Reading -------------------------------------------------------------------------
 */

static guint32
get_word (const guint8 *header, gsize offset)
{
  guint32 word;

  memcpy (&word, header + offset, sizeof word);
  return header[0] == 'l' ? GUINT32_FROM_LE (word) : GUINT32_FROM_BE (word);
}

/* Lengths of the body and of the header fields, which are padded. */
static void
begin_message (Input *self)
{
  const guint8 *header = self->buffer + self->begin;
  guint64 fields = ((guint64)get_word (header, 12) + 7) & ~(guint64)7;
  guint64 size = HEADER + fields + get_word (header, 4);
  gboolean unwanted
      = (header[1] == METHOD_CALL
         && ((header[2] & NO_REPLY_EXPECTED) != 0 || size > CS_WIRE_CALL_LIMIT))
        || (header[1] == SIGNAL && size > CS_WIRE_SIGNAL_LIMIT);

  *(unwanted ? &self->skip : &self->pass) = size;
}

/* Consumes what is there; returns the bytes passed on, or 0 if more must come first. */
static gsize
take (Input *self, void *bytes, gsize count)
{
  for (;;)
    {
      gsize there = self->end - self->begin;
      gsize some = MIN (self->skip, there);

      self->skip -= some;
      self->begin += some;
      there -= some;
      if (self->pass > 0 || self->skip > 0)
        {
          some = MIN (MIN (self->pass, there), count);
          memcpy (bytes, self->buffer + self->begin, some);
          self->pass -= some;
          self->begin += some;
          return some;
        }
      if (there < HEADER)
        return 0;
      begin_message (self);
    }
}

static gssize
fill (Input *self, GError **error)
{
  gssize got;

  memmove (self->buffer, self->buffer + self->begin, self->end - self->begin);
  self->end -= self->begin;
  self->begin = 0;
  got = g_socket_receive_with_blocking (self->socket, (char *)self->buffer + self->end,
                                        BUFFER_SIZE - self->end, FALSE, NULL, error);
  if (got > 0)
    self->end += got;
  return got;
}

/* After a buffer of dropped bytes, writing gets its turn. */
static gssize
input_read (GPollableInputStream *stream, void *bytes, gsize count, GError **error)
{
  Input *self = (Input *)stream;
  gsize taken = take (self, bytes, count);
  gssize got;

  if (taken > 0)
    return taken;
  got = fill (self, error);
  if (got <= 0)
    return got;
  taken = take (self, bytes, count);
  if (taken > 0)
    return taken;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing for us");
  return -1;
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  return g_socket_condition_check (((Input *)stream)->socket, G_IO_IN) != 0;
}

/* A reader that reads until it would block leaves no message behind. */
static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) source
      = g_socket_create_source (((Input *)stream)->socket, G_IO_IN, NULL);

  return g_pollable_source_new_full (stream, source, cancellable);
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = input_is_readable;
  iface->create_source = input_create_source;
  iface->read_nonblocking = input_read;
}

static void
input_finalize (GObject *object)
{
  g_object_unref (((Input *)object)->socket);
  G_OBJECT_CLASS (input_parent_class)->finalize (object);
}

static void
input_class_init (InputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = input_finalize;
}

static void
input_init (Input *self)
{
}

/* --- Writing -------------------------------------------------------------------------
 */

static gssize
output_write (GPollableOutputStream *stream,
              const void *bytes,
              gsize count,
              GError **error)
{
  return g_socket_send_with_blocking (((Output *)stream)->socket, bytes, count, FALSE,
                                      NULL, error);
}

static gboolean
output_is_writable (GPollableOutputStream *stream)
{
  return g_socket_condition_check (((Output *)stream)->socket, G_IO_OUT) != 0;
}

static GSource *
output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) source
      = g_socket_create_source (((Output *)stream)->socket, G_IO_OUT, NULL);

  return g_pollable_source_new_full (stream, source, cancellable);
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = output_is_writable;
  iface->create_source = output_create_source;
  iface->write_nonblocking = output_write;
}

static void
output_finalize (GObject *object)
{
  g_object_unref (((Output *)object)->socket);
  G_OBJECT_CLASS (output_parent_class)->finalize (object);
}

static void
output_class_init (OutputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = output_finalize;
}

static void
output_init (Output *self)
{
}

/* --- Both ----------------------------------------------------------------------------
 */

static GInputStream *
wire_get_input (GIOStream *stream)
{
  return ((Wire *)stream)->input;
}

static GOutputStream *
wire_get_output (GIOStream *stream)
{
  return ((Wire *)stream)->output;
}

static gboolean
wire_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_socket_close (((Wire *)stream)->socket, error);
}

static void
wire_finalize (GObject *object)
{
  Wire *self = (Wire *)object;

  g_object_unref (self->input);
  g_object_unref (self->output);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (wire_parent_class)->finalize (object);
}

static void
wire_class_init (WireClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wire_finalize;
  G_IO_STREAM_CLASS (class)->get_input_stream = wire_get_input;
  G_IO_STREAM_CLASS (class)->get_output_stream = wire_get_output;
  G_IO_STREAM_CLASS (class)->close_fn = wire_close;
}

static void
wire_init (Wire *self)
{
}

GIOStream *
cs_wire_new (GSocket *socket)
{
  Wire *self = g_object_new (wire_get_type (), NULL);
  Input *input = g_object_new (input_get_type (), NULL);
  Output *output = g_object_new (output_get_type (), NULL);

  self->socket = g_object_ref (socket);
  input->socket = g_object_ref (socket);
  output->socket = g_object_ref (socket);
  self->input = &input->parent;
  self->output = &output->parent;
  return &self->parent;
}

/* --- The bus -------------------------------------------------------------------------
 */

/* "OK" and the bus's id, on one line; nothing follows it before BEGIN. */
static gboolean
log_in (GSocket *socket, GError **error)
{
  g_autofree char *user = g_strdup_printf ("%u", geteuid ());
  g_autoptr (GString) words = g_string_new ("AUTH EXTERNAL ");
  char answer[256];
  gssize got;

  for (const char *digit = user; *digit != '\0'; digit++)
    g_string_append_printf (words, "%02x", *digit);
  g_string_append (words, "\r\n");
  if (g_socket_send (socket, "", 1, NULL, error) < 0
      || g_socket_send (socket, words->str, words->len, NULL, error) < 0)
    return FALSE;
  got = g_socket_receive (socket, answer, sizeof answer - 1, NULL, error);
  if (got < 0)
    return FALSE;
  answer[got] = '\0';
  if (!g_str_has_prefix (answer, "OK ") || !g_str_has_suffix (answer, "\r\n"))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "it does not let this user in");
      return FALSE;
    }
  return g_socket_send (socket, "BEGIN\r\n", 7, NULL, error) == 7;
}

GDBusConnection *
cs_wire_connect (GError **error)
{
  g_autofree char *address
      = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GIOStream) wire = NULL;
  GDBusConnection *connection;
  GSocket *socket;

  if (address != NULL)
    stream = g_dbus_address_get_stream_sync (address, NULL, NULL, error);
  if (stream == NULL)
    return NULL;
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  if (!log_in (socket, error)
      || !g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, error))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  wire = cs_wire_new (socket);
  connection = g_dbus_connection_new_sync (
      wire, NULL, G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, error);
  if (connection != NULL)
    g_dbus_connection_set_exit_on_close (connection, TRUE);
  return connection;
}
