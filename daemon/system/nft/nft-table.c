/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each is one request and one reply, in objects of libnftnl. */
#include "nft-table.h"

#include "nft-netlink.h"

#include "base/errno-words.h"
#include "core/render/ruleset.h"
#include "core/value/ifname.h"
#include "dbus/errors.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

typedef struct
{
  guint64 bytes;
  guint64 packets;
} Counter;

static int
on_counter (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftObject) object = cs_nft_made (nftnl_obj_alloc ());
  Counter *counter = user_data;

  if (nftnl_obj_nlmsg_parse (message, object) < 0)
    return MNL_CB_ERROR;
  counter->bytes = nftnl_obj_get_u64 (object, NFTNL_OBJ_CTR_BYTES);
  counter->packets = nftnl_obj_get_u64 (object, NFTNL_OBJ_CTR_PKTS);
  return MNL_CB_OK;
}

/* 0 or errno. */
static int
read_counter (const char *prefix, const char *lan, Counter *counter)
{
  CsNetlinkRequest question;
  g_autoptr (CsNftObject) object = cs_nft_made (nftnl_obj_alloc ());
  g_autofree char *escaped = cs_ifname_escape (lan);
  g_autofree char *name = g_strconcat (prefix, escaped, NULL);
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETOBJ, NFPROTO_INET, FALSE);

  nftnl_obj_set_str (object, NFTNL_OBJ_TABLE, CS_NFT_TABLE);
  nftnl_obj_set_str (object, NFTNL_OBJ_NAME, name);
  nftnl_obj_set_u32 (object, NFTNL_OBJ_TYPE, NFT_OBJECT_COUNTER);
  nftnl_obj_nlmsg_build_payload (message, object);
  return cs_nft_ask (&question, on_counter, counter);
}

int
cs_nft_find_counters (const char *lan, CsCounters *counters)
{
  Counter sent = { 0 }, received = { 0 };
  int failure = read_counter ("sent_", lan, &sent);

  if (failure == 0)
    failure = read_counter ("received_", lan, &received);

  *counters = (CsCounters){ .bytes_sent = sent.bytes,
                            .bytes_received = received.bytes,
                            .packets_sent = sent.packets,
                            .packets_received = received.packets };
  return failure;
}

gboolean
cs_nft_read_counters (const char *lan, CsCounters *counters)
{
  return cs_nft_find_counters (lan, counters) == 0;
}

static int
on_quota (const struct nlmsghdr *message, void *user_data)
{
  return MNL_CB_OK;
}

void
cs_nft_renew_quota (const char *name)
{
  CsNetlinkRequest question;
  g_autoptr (CsNftObject) object = cs_nft_made (nftnl_obj_alloc ());
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETOBJ_RESET, NFPROTO_INET, FALSE);

  nftnl_obj_set_str (object, NFTNL_OBJ_TABLE, CS_NFT_TABLE);
  nftnl_obj_set_str (object, NFTNL_OBJ_NAME, name);
  nftnl_obj_set_u32 (object, NFTNL_OBJ_TYPE, NFT_OBJECT_QUOTA);
  nftnl_obj_nlmsg_build_payload (message, object);
  cs_nft_ask (&question, on_quota, NULL);
}

static int
on_generation (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftGeneration) generation = cs_nft_made (nftnl_gen_alloc ());

  if (nftnl_gen_nlmsg_parse (message, generation) < 0)
    return MNL_CB_ERROR;
  *(guint32 *)user_data = nftnl_gen_get_u32 (generation, NFTNL_GEN_ID);
  return MNL_CB_OK;
}

guint32
cs_nft_read_generation (void)
{
  CsNetlinkRequest question;
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
  CsNetlinkRequest question;
  guint count = 0;

  cs_nft_question_begin (&question, NFT_MSG_GETTABLE, NFPROTO_UNSPEC, TRUE);
  cs_nft_ask (&question, on_table, &count);
  return count;
}

static int
on_owner (const struct nlmsghdr *message, void *user_data)
{
  g_autoptr (CsNftTable) table = cs_nft_made (nftnl_table_alloc ());

  if (nftnl_table_nlmsg_parse (message, table) < 0)
    return MNL_CB_ERROR;
  *(gboolean *)user_data = nftnl_table_is_set (table, NFTNL_TABLE_OWNER);
  return MNL_CB_OK;
}

/* 0 or errno. @owned: another process owns the table, so it is not ours. */
static int
ask_for_table (guint16 family, const char *name, gboolean *owned)
{
  CsNetlinkRequest question;
  g_autoptr (CsNftTable) table = cs_nft_made (nftnl_table_alloc ());
  struct nlmsghdr *message
      = cs_nft_question_begin (&question, NFT_MSG_GETTABLE, family, FALSE);

  nftnl_table_set_str (table, NFTNL_TABLE_NAME, name);
  nftnl_table_nlmsg_build_payload (message, table);
  return cs_nft_ask (&question, on_owner, owned);
}

/* The kernel lacks nf_tables, or this family of tables: its errno depends on how much is
 * missing (see its nfnetlink_rcv_msg () and nf_tables_gettable ()). */
static gboolean
is_missing (int failure)
{
  return failure == EPROTONOSUPPORT || failure == EINVAL || failure == EAFNOSUPPORT
         || failure == EOPNOTSUPP;
}

gboolean
cs_nft_may_have_reject_table (const char *lan)
{
  g_autofree char *id = cs_ifname_escape (lan);
  g_autofree char *name = g_strconcat (CS_NFT_TABLE "_", id, NULL);
  gboolean owned = FALSE;
  int failure = ask_for_table (NFPROTO_NETDEV, name, &owned);

  return failure != ENOENT && !is_missing (failure);
}

gboolean
cs_nft_table_exists (gboolean *exists, GError **error)
{
  gboolean owned = FALSE;
  int failure = ask_for_table (NFPROTO_INET, CS_NFT_TABLE, &owned);

  *exists = failure == 0 && !owned;
  if (failure == 0 || failure == ENOENT)
    return TRUE;
  if (failure == EPERM)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                 "the kernel denies connshared access to nf_tables: it must run as root, "
                 "with CAP_NET_ADMIN");
  else if (is_missing (failure))
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                 "this kernel has no nf_tables (%s): load the module nf_tables, or use a "
                 "kernel built with CONFIG_NF_TABLES_INET",
                 g_strerror (failure));
  else
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot talk to nf_tables: %s",
                 cs_errno_words (failure));
  return FALSE;
}
