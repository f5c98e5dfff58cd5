/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which messages of the bus GDBus gets to see, however they are cut into pieces. */
#include "bus/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  const char *name;
  GDBusMessageType type;
  GDBusMessageFlags flags;
  gsize size;
  gboolean passes;
} Row;

static const Row rows[] = {
  { "call", G_DBUS_MESSAGE_TYPE_METHOD_CALL, G_DBUS_MESSAGE_FLAGS_NONE, 10, TRUE },
  { "no reply", G_DBUS_MESSAGE_TYPE_METHOD_CALL, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED,
    10, FALSE },
  { "no reply, no dialog", G_DBUS_MESSAGE_TYPE_METHOD_CALL,
    G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED
        | G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
    10, FALSE },
  { "dialog", G_DBUS_MESSAGE_TYPE_METHOD_CALL,
    G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, 7000, TRUE },
  { "large call", G_DBUS_MESSAGE_TYPE_METHOD_CALL, G_DBUS_MESSAGE_FLAGS_NONE,
    CS_WIRE_CALL_LIMIT, FALSE },
  { "large reply", G_DBUS_MESSAGE_TYPE_METHOD_RETURN, G_DBUS_MESSAGE_FLAGS_NONE,
    2 * CS_WIRE_SIGNAL_LIMIT, TRUE },
  { "reply", G_DBUS_MESSAGE_TYPE_METHOD_RETURN, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED, 0,
    TRUE },
  { "error", G_DBUS_MESSAGE_TYPE_ERROR, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED, 10,
    TRUE },
  { "signal", G_DBUS_MESSAGE_TYPE_SIGNAL, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED,
    CS_WIRE_SIGNAL_LIMIT - 1000, TRUE },
  { "large signal", G_DBUS_MESSAGE_TYPE_SIGNAL, G_DBUS_MESSAGE_FLAGS_NONE,
    CS_WIRE_SIGNAL_LIMIT, FALSE },
};

static void
append (GByteArray *bytes, const Row *row, GDBusMessageByteOrder order)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new ();
  g_autofree char *text = g_strnfill (row->size, 'x');
  g_autofree guchar *blob = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_dbus_message_set_byte_order (message, order);
  g_dbus_message_set_message_type (message, row->type);
  g_dbus_message_set_flags (message, row->flags);
  g_dbus_message_set_serial (message, 1);
  g_dbus_message_set_path (message, "/org/connshare1");
  g_dbus_message_set_interface (message, "a.b");
  g_dbus_message_set_member (message, "c");
  g_dbus_message_set_error_name (message, "a.b.c");
  g_dbus_message_set_reply_serial (message, 1);
  g_dbus_message_set_body (message, g_variant_new ("(s)", text));
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_byte_array_append (bytes, blob, size);
}

/* All that can be read now. */
static void
drain (GIOStream *wire, GByteArray *bytes)
{
  GPollableInputStream *input
      = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (wire));
  g_autoptr (GError) error = NULL;
  guint8 buffer[1000];
  gssize got;

  do
    {
      got = g_pollable_input_stream_read_nonblocking (input, buffer, sizeof buffer, NULL,
                                                      &error);
      if (got > 0)
        g_byte_array_append (bytes, buffer, got);
      else if (g_pollable_input_stream_is_readable (input))
        g_clear_error (&error); /* only what is left out */
    }
  while (error == NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
check_passage (gsize piece, GDBusMessageByteOrder order)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GIOStream) wire = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  socket = g_socket_new_from_fd (ends[0], NULL);
  wire = cs_wire_new (socket);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      append (sent, &rows[i], order);
      if (rows[i].passes)
        append (expected, &rows[i], order);
    }
  for (gsize i = 0; i < sent->len; i += piece)
    {
      gsize some = MIN (piece, sent->len - i);

      g_assert_cmpint (send (ends[1], sent->data + i, some, 0), ==, some);
      drain (wire, got);
    }
  g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
  close (ends[1]);
}

static void
test_pieces (void)
{
  check_passage (101, G_DBUS_MESSAGE_BYTE_ORDER_LITTLE_ENDIAN);
  check_passage (40000, G_DBUS_MESSAGE_BYTE_ORDER_LITTLE_ENDIAN);
}

static void
test_big_endian (void)
{
  check_passage (4096, G_DBUS_MESSAGE_BYTE_ORDER_BIG_ENDIAN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/pieces", test_pieces);
  g_test_add_func ("/wire/big-endian", test_big_endian);
  return g_test_run ();
}
