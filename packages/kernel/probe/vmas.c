// SPDX-License-Identifier: MIT
/* The VMAs of the story's window, with what smaps counts in each. */
#include "probe.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/** A line like "Rss:  64 kB": its name, and the number; false if it is another. */
static bool figure(const char *line, char *name, size_t bytes, unsigned long *value) {
  size_t length = strcspn(line, ":");
  if (line[length] != ':' || length == 0 || length >= bytes) return false;
  if (sscanf(line + length + 1, " %lu kB", value) != 1) return false;
  if (strstr(line + length, " kB") == NULL) return false;
  snprintf(name, bytes, "%.*s", (int)length, line);
  return true;
}

/** `vmas LABEL` */
void vmas_step(const struct words *words, FILE *out) {
  char line[MAX_LINE];
  bool inside = false;
  int count = 0;
  int figures = 0;
  fputs("{\"t\":\"vmas\",\"label\":", out);
  json_string(out, word_text(words, 1, ""));
  fputs(",\"vmas\":[", out);
  FILE *smaps = fopen("/proc/self/smaps", "re");
  while (smaps != NULL && fgets(line, sizeof line, smaps) != NULL) {
    uint64_t start;
    uint64_t end;
    char perms[5];
    char name[32];
    unsigned long value;
    line[strcspn(line, "\n")] = 0;
    bool head = isxdigit((unsigned char)line[0]) &&
                sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, perms) == 3;
    if (head) {
      inside = start >= BASE_ADDRESS && start < BASE_ADDRESS + WINDOW_BYTES;
      if (!inside) continue;
      fprintf(out, "%s{\"off\":%" PRIu64 ",\"n\":%" PRIu64 ",\"perms\":\"%s\",\"kb\":{",
              count++ > 0 ? "," : "", (start - BASE_ADDRESS) / PAGE_BYTES,
              (end - start) / PAGE_BYTES, perms);
      figures = 0;
    } else if (inside && figure(line, name, sizeof name, &value)) {
      fprintf(out, "%s\"%s\":%lu", figures++ > 0 ? "," : "", name, value);
    } else if (inside && strncmp(line, "VmFlags: ", 9) == 0) {
      fputs("},\"vmflags\":", out);
      json_string(out, line + 9);
      fputc('}', out);
    }
  }
  if (smaps != NULL) fclose(smaps);
  fputs("]}", out);
}
