/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those found are kept, so that the list is only read for makers that are not known yet.
 * It is mapped meanwhile, and takes no memory afterwards; packages replace such files by
 * rename, so that one that is mapped never shrinks. */
#include "vendors.h"

#include "core/value/vendor.h"

#define MOST_VENDORS 4096

static const char *const files[]
    = { "/usr/share/ieee-data/oui.txt", "/usr/share/hwdata/oui.txt" };

struct _CsVendors
{
  GHashTable *known; /* (owned) key of core/value/vendor.h -> char (owned, nullable) */
};

CsVendors *
cs_vendors_new (void)
{
  CsVendors *self = g_new0 (CsVendors, 1);

  self->known = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
cs_vendors_free (CsVendors *self)
{
  g_hash_table_unref (self->known);
  g_free (self);
}

/* cs_vendors_find () in the list; where there is none, nothing is found. */
static void
look_up (GHashTable *vendors)
{
  g_autoptr (GMappedFile) file = NULL;

  for (gsize i = 0; file == NULL && i < G_N_ELEMENTS (files); i++)
    file = g_mapped_file_new (files[i], FALSE, NULL);
  if (file != NULL)
    cs_vendors_find (g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                     vendors);
}

static void
learn (CsVendors *self, const GPtrArray *clients)
{
  g_autoptr (GHashTable) new = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key, vendor;

  for (guint i = 0; i < clients->len; i++)
    {
      const CsClient *client = g_ptr_array_index (clients, i);
      gpointer of_client = GUINT_TO_POINTER (cs_vendor_key (client->mac.bytes));

      if (!cs_mac_is_private (client->mac.bytes)
          && !g_hash_table_contains (self->known, of_client))
        g_hash_table_insert (new, of_client, NULL);
    }
  if (g_hash_table_size (new) > 0)
    look_up (new);
  if (g_hash_table_size (self->known) > MOST_VENDORS)
    g_hash_table_remove_all (self->known);
  g_hash_table_iter_init (&iter, new);
  while (g_hash_table_iter_next (&iter, &key, &vendor))
    g_hash_table_insert (self->known, key, vendor);
}

void
cs_vendors_fill (CsVendors *self, CsClientList *list)
{
  g_autoptr (GPtrArray) clients = cs_client_list_get_all (list);

  learn (self, clients);
  for (guint i = 0; i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);

      client->vendor = g_hash_table_lookup (
          self->known, GUINT_TO_POINTER (cs_vendor_key (client->mac.bytes)));
    }
}
