// SPDX-License-Identifier: MIT
/* Says on which machine the recordings are made. */
#include "probe.h"

#ifdef PTELAB_RAW
#include "raw_ptes.h"
#endif

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

static char cpuinfo[1 << 20];

/** The value of the first line of /proc/cpuinfo that begins so; "" if there is none. */
static void cpu_field(const char *key, char *value, size_t bytes) {
  value[0] = 0;
  const char *line = strstr(cpuinfo, key);
  if (line == NULL) return;
  const char *colon = strchr(line, ':');
  if (colon == NULL) return;
  colon += strspn(colon, ": \t");
  snprintf(value, bytes, "%.*s", (int)strcspn(colon, "\n"), colon);
}

static bool has_flag(const char *flag) {
  char flags[4096];
  char word[64];
  cpu_field("\nflags", flags, sizeof flags - 2);
  strcat(flags, " ");
  snprintf(word, sizeof word, " %s ", flag);
  return strstr(flags, word) != NULL;
}

/** Whether the CPU sets the accessed bit itself: a page that clear_refs made old then does not fault. */
static bool hardware_access_flag(void) {
  char *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return true;
  touch(page, ACCESS_WRITE, 1);
  text_write("/proc/self/clear_refs", "1");
  op_flushtlb();
  settle();
  long before = fault_count();
  touch(page, ACCESS_READ, 0);
  long faults = fault_count() - before;
  munmap(page, PAGE_BYTES);
  return faults == 0;
}

/** A line of its own that describes the machine; see also machine_fields. */
void machine_info(const struct options *options, FILE *out) {
  struct utsname name;
  char line[4096];
  (void)options;
  uname(&name);
  text_read("/proc/cpuinfo", cpuinfo, sizeof cpuinfo);
  text_read("/proc/cmdline", line, sizeof line);
  fputs("{\"t\":\"info\",\"release\":", out);
  json_string(out, name.release);
  fputs(",\"version\":", out);
  json_string(out, name.version);
  fputs(",\"machine\":", out);
  json_string(out, name.machine);
  fputs(",\"cmdline\":", out);
  json_string(out, line);
  fputs(",\"cpuinfo\":", out);
  /* One CPU is enough: the others are like it. */
  char *second = strstr(cpuinfo, "\n\n");
  if (second != NULL) *second = 0;
  json_string(out, cpuinfo);
#ifdef PTELAB_RAW
  if (dump_has_raw()) raw_describe(out);
  else fprintf(stderr, "probe: %s\n", raw_why());
#endif
  fputs("}\n", out);
}

/** What every recording says of the machine, as fields. */
void machine_fields(const struct options *options, FILE *out) {
  struct utsname name;
  char model[256];
  uname(&name);
  bool arm = strcmp(name.machine, "aarch64") == 0;
  cpu_field("model name", model, sizeof model);
  fputs(",\"kernel\":", out);
  json_string(out, name.release);
  fputs(",\"kernel_version\":", out);
  json_string(out, name.version);
  fprintf(out, ",\"arch\":\"%s\",\"cpu\":", arm ? "arm64" : "amd64");
  json_string(out, options->cpu != NULL ? options->cpu : model);
  fputs(",\"program\":\"ptelab-probe\"", out);
  if (arm) {
    static int access_flag = -1;
    if (access_flag < 0) access_flag = hardware_access_flag();
    fprintf(out, ",\"cpu_features\":{\"hw_access_flag\":%s}", access_flag ? "true" : "false");
  } else {
    fprintf(out, ",\"cpu_features\":{\"pku\":%s,\"levels\":%d}", has_flag("ospke") ? "true" : "false",
            has_flag("la57") ? 5 : 4);
  }
  fputs(",\"probes\":[", out);
  tlb_trace_names(out);
  fprintf(out, "],\"config\":{},\"page_size\":%lu,\"base\":\"0x%lx\"", PAGE_BYTES, BASE_ADDRESS);
}
