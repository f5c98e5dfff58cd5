/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpng writes the picture; see qr.h. */
#include "qr.h"

#include <png.h>

/* The size of a module in the picture. */
#define PIXELS 8

GBytes *
cs_qr_to_png (const CsQr *qr, GError **error)
{
  guint side = cs_qr_get_width (qr) * PIXELS;
  g_autofree guint8 *pixels = g_malloc (side * side);
  png_image image = {
    .version = PNG_IMAGE_VERSION, .width = side, .height = side, .format = PNG_FORMAT_GRAY
  };
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX (image);
  guint8 *png = g_malloc (size);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      pixels[y * side + x]
          = cs_qr_is_light (qr, (int)(y / PIXELS), (int)(x / PIXELS)) ? 255 : 0;
  if (!png_image_write_to_memory (&image, png, &size, 0, pixels, 0, NULL))
    g_error ("libpng: %s", image.message);
  return g_bytes_new_take (png, size);
}
