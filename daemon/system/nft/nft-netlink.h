/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the kernel's nf_tables, from any thread, over one socket that stays open:
 * before closing one, the kernel finishes the cleanup that earlier commits left behind
 * (nft_rcv_nl_event ()), which can take ten milliseconds. */
#pragma once

#include "system/netlink/netlink.h"

#include <libnftnl/chain.h>
#include <libnftnl/gen.h>
#include <libnftnl/object.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>

typedef struct nftnl_chain CsNftChain;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftChain, nftnl_chain_free)
typedef struct nftnl_gen CsNftGeneration;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftGeneration, nftnl_gen_free)
typedef struct nftnl_obj CsNftObject;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftObject, nftnl_obj_free)
typedef struct nftnl_rule CsNftRule;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftRule, nftnl_rule_free)
typedef struct nftnl_set CsNftSet;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftSet, nftnl_set_free)
typedef struct nftnl_table CsNftTable;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftTable, nftnl_table_free)

/* Returns @object, which a function of libnftnl has just allocated; aborts if there was
 * no memory for it, as GLib does. */
gpointer cs_nft_made (gpointer object);

/* Begins an NFT_MSG_GET* request; with @dump it asks for all objects of that kind. */
struct nlmsghdr *cs_nft_question_begin (CsNetlinkRequest *question,
                                        uint16_t type,
                                        uint16_t family,
                                        gboolean dump);
/* Calls @on_message, which returns MNL_CB_OK or MNL_CB_ERROR, for each message of the
 * reply. Returns 0 or an errno: EINTR if something changed during a dump. */
int cs_nft_ask (CsNetlinkRequest *question, mnl_cb_t on_message, void *user_data);
