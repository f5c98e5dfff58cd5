/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each is one question and one answer, in the objects of libnftnl. */
#include "nft-table.h"

#include "nft-netlink.h"

#include "core/ifname.h"
#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <libnftnl/gen.h>
#include <libnftnl/object.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define TABLE "connshare"

typedef struct nftnl_obj CsNftObject;
static void
object_free (CsNftObject *object)
{
  nftnl_obj_free (object);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftObject, object_free)

typedef struct nftnl_table CsNftTable;
static void
table_free (CsNftTable *table)
{
  nftnl_table_free (table);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftTable, table_free)

typedef struct nftnl_gen CsNftGeneration;
static void
generation_free (CsNftGeneration *generation)
{
  nftnl_gen_free (generation);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftGeneration, generation_free)

typedef struct
{
  guint64 bytes;
  guint64 packets;
} Counter;

static int
on_counter (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftObject) object = nftnl_obj_alloc ();
  Counter *counter = user_data;

  if (object == NULL)
    g_error ("out of memory");
  if (nftnl_obj_nlmsg_parse (message, object) < 0)
    return MNL_CB_ERROR;
  counter->bytes = nftnl_obj_get_u64 (object, NFTNL_OBJ_CTR_BYTES);
  counter->packets = nftnl_obj_get_u64 (object, NFTNL_OBJ_CTR_PKTS);
  return MNL_CB_OK;
}

static gboolean
read_counter (const char *prefix, const char *lan, Counter *counter)
{
  CsNftQuestion question;
  g_autoptr (CsNftObject) object = nftnl_obj_alloc ();
  g_autofree char *escaped = cs_ifname_escape (lan);
  g_autofree char *name = g_strconcat (prefix, escaped, NULL);
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETOBJ, NFPROTO_INET, FALSE);

  if (object == NULL)
    g_error ("out of memory");
  nftnl_obj_set_str (object, NFTNL_OBJ_TABLE, TABLE);
  nftnl_obj_set_str (object, NFTNL_OBJ_NAME, name);
  nftnl_obj_set_u32 (object, NFTNL_OBJ_TYPE, NFT_OBJECT_COUNTER);
  nftnl_obj_nlmsg_build_payload (message, object);
  return cs_nft_ask (&question, on_counter, counter) == 0;
}

gboolean
cs_nft_read_counters (const char *lan, CsCounters *counters)
{
  Counter sent = { 0 }, received = { 0 };
  gboolean there
      = read_counter ("sent_", lan, &sent) && read_counter ("received_", lan, &received);

  *counters = (CsCounters){ .bytes_sent = sent.bytes,
                            .bytes_received = received.bytes,
                            .packets_sent = sent.packets,
                            .packets_received = received.packets };
  return there;
}

static int
on_generation (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftGeneration) generation = nftnl_gen_alloc ();

  if (generation == NULL)
    g_error ("out of memory");
  if (nftnl_gen_nlmsg_parse (message, generation) < 0)
    return MNL_CB_ERROR;
  *(guint32 *)user_data = nftnl_gen_get_u32 (generation, NFTNL_GEN_ID);
  return MNL_CB_OK;
}

guint32
cs_nft_read_generation (void)
{
  CsNftQuestion question;
  guint32 generation = 0;

  cs_nft_question_begin (&question, NFT_MSG_GETGEN, NFPROTO_INET, FALSE);
  return cs_nft_ask (&question, on_generation, &generation) == 0 ? generation : 0;
}

static int
on_table (const struct nlmsghdr *message, void *user_data)
{
  (*(guint *)user_data)++;
  return MNL_CB_OK;
}

guint
cs_nft_count_tables (void)
{
  CsNftQuestion question;
  guint count = 0;

  cs_nft_question_begin (&question, NFT_MSG_GETTABLE, NFPROTO_UNSPEC, TRUE);
  cs_nft_ask (&question, on_table, &count);
  return count;
}

gboolean
cs_nft_table_exists (gboolean *exists, GError **error)
{
  CsNftQuestion question;
  g_autoptr (CsNftTable) table = nftnl_table_alloc ();
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETTABLE, NFPROTO_INET, FALSE);
  guint count = 0;
  int refusal;

  if (table == NULL)
    g_error ("out of memory");
  nftnl_table_set_str (table, NFTNL_TABLE_NAME, TABLE);
  nftnl_table_nlmsg_build_payload (message, table);
  refusal = cs_nft_ask (&question, on_table, &count);
  *exists = refusal == 0;
  if (refusal == 0 || refusal == ENOENT)
    return TRUE;
  if (refusal == EPERM)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                 "The kernel does not let connshared at nf_tables: it must run as root, "
                 "with CAP_NET_ADMIN");
  else if (refusal == EMFILE || refusal == ENFILE)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "Cannot talk to nf_tables: %s",
                 cs_errno_words (refusal));
  else
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                 "This kernel has no nf_tables (%s): load the module nf_tables, or run a "
                 "kernel that is built with CONFIG_NF_TABLES_INET",
                 g_strerror (refusal));
  return FALSE;
}
