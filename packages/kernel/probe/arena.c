// SPDX-License-Identifier: MIT
/*
 * Memory of the probe that fork does not write-protect: what it uses while it counts faults. Shared
 * mappings stay as they are, so that using them costs no fault.
 */
#include "probe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_BYTES (SIGNAL_STACK_BYTES + FILE_PATTERN_BYTES)
/** What `fwrite` writes. */
#define PATTERN 0x33

/** Where signal handlers run. */
char *signal_stack;
/** Bytes for files. */
char *file_pattern;

void arena_init(void) {
  signal_stack = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (signal_stack == MAP_FAILED) abort();
  file_pattern = signal_stack + SIGNAL_STACK_BYTES;
  memset(file_pattern, PATTERN, FILE_PATTERN_BYTES);
}
