// SPDX-License-Identifier: MIT
/*
 * The probe's own memory. fork and clear_refs take permissions from it and make it old, so that its next
 * use would cost faults that are not the story's.
 */
#include "probe.h"

#include <inttypes.h>
#include <string.h>

/** Most ranges that are looked after; a program has some thirty. */
#define MAX_RANGES 128
/** Larger ranges are no code or data of ours. */
#define MAX_BYTES (8UL << 20)

static struct {
  uintptr_t start;
  uintptr_t end;
  bool writes;
} ranges[MAX_RANGES];
static int range_count;

/** Learns where code and data lie. The stack and what the kernel maps are no part of it. */
void own_pages_find(void) {
  char line[MAX_LINE];
  FILE *maps = fopen("/proc/self/maps", "re");
  range_count = 0;
  while (maps != NULL && range_count < MAX_RANGES && fgets(line, sizeof line, maps) != NULL) {
    uintptr_t start;
    uintptr_t end;
    char perms[5];
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &start, &end, perms) != 3) continue;
    bool special = strstr(line, "[v") != NULL || strstr(line, "[stack]") != NULL;
    if (special || perms[0] != 'r' || end - start > MAX_BYTES) continue;
    ranges[range_count].start = start;
    ranges[range_count].end = end;
    ranges[range_count].writes = perms[1] == 'w';
    range_count++;
  }
  if (maps != NULL) fclose(maps);
}

/** Brings all of it in, as it is used. */
void own_pages_touch(void) {
  for (int i = 0; i < range_count; i++) {
    for (uintptr_t at = ranges[i].start; at < ranges[i].end; at += PAGE_BYTES) {
      volatile char *byte = (volatile char *)at;
      char value = *byte;
      if (ranges[i].writes) *byte = value;
    }
  }
}
