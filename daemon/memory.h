/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives back memory that the process does not need at rest. */
#pragma once

/* What was freed goes back to the kernel, and so do the pages of libraries' code, most of
 * which only start-up ran through: what is called again is mapped again from the page
 * cache. */
void cs_memory_trim (void);
