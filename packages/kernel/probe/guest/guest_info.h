// SPDX-License-Identifier: MIT
#ifndef PTELAB_GUEST_INFO_H
#define PTELAB_GUEST_INFO_H

#include <stdio.h>

/*
 * Writes what only a guest says of itself, as members of a JSON object with a comma before each: its command
 * line, how its tables and struct page are read, what sizes folios can have and which tracers there are.
 */
void guest_info(FILE *out);

#endif
