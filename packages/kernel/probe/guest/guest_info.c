// SPDX-License-Identifier: MIT
#include "guest_info.h"

#include <dirent.h>
#include <string.h>

#include "../probe.h"
#include "raw_ptes.h"

#define THP "/sys/kernel/mm/transparent_hugepage"
#define SIZE "hugepages-"
#define TRACERS "/sys/kernel/tracing/available_tracers"

static void write_text_of(FILE *out, const char *key, const char *path) {
  char text[4096] = "";
  text_read(path, text, sizeof text);
  fprintf(out, ",\"%s\":", key);
  json_string(out, text);
}

static void write_sizes(FILE *out) {
  DIR *folder = opendir(THP);
  struct dirent *entry;
  const char *comma = "";
  fputs(",\"thp_sizes\":[", out);
  while (folder != NULL && (entry = readdir(folder)) != NULL) {
    if (strncmp(entry->d_name, SIZE, strlen(SIZE)) != 0) continue;
    fputs(comma, out);
    json_string(out, entry->d_name + strlen(SIZE));
    comma = ",";
  }
  fputc(']', out);
  if (folder != NULL) closedir(folder);
}

void guest_info(FILE *out) {
  write_text_of(out, "cmdline", "/proc/cmdline");
  if (dump_has_raw()) raw_describe(out);
  else fprintf(stderr, "rig: note raw entries: %s\n", raw_why());
  write_sizes(out);
  write_text_of(out, "tracers", TRACERS);
}
