/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that can open nothing more, for a while. */
#pragma once

void descriptors_take (void);
void descriptors_give_back (void);
