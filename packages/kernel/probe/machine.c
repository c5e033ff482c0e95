// SPDX-License-Identifier: MIT
/* Says on which machine the recordings are made. */
#include "probe.h"

#ifdef PTELAB_RAW
#include "guest/guest_info.h"
#endif

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PAGEMAP_SOFT_DIRTY (1UL << 55)

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

/** Whether the kernel tracks which pages were written: new memory counts as written. */
static bool tracks_soft_dirty(void) {
  uint64_t value = 0;
  char *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  touch(page, ACCESS_WRITE, 1);
  int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  off_t place = (off_t)((uintptr_t)page / PAGE_BYTES * sizeof value);
  if (pread(fd, &value, sizeof value, place) != sizeof value) value = 0;
  close(fd);
  munmap(page, PAGE_BYTES);
  return (value & PAGEMAP_SOFT_DIRTY) != 0;
}

/** A line of its own that describes the machine; see also machine_fields. */
void machine_info(FILE *out) {
  struct utsname name;
  uname(&name);
  text_read("/proc/cpuinfo", cpuinfo, sizeof cpuinfo);
  fputs("{\"t\":\"info\",\"release\":", out);
  json_string(out, name.release);
  fputs(",\"version\":", out);
  json_string(out, name.version);
  fputs(",\"machine\":", out);
  json_string(out, name.machine);
  fputs(",\"cpuinfo\":", out);
  /* One CPU is enough: the others are like it. */
  char *second = strstr(cpuinfo, "\n\n");
  if (second != NULL) *second = 0;
  json_string(out, cpuinfo);
#ifdef PTELAB_RAW
  guest_info(out);
#endif
  fprintf(out, ",\"ext4\":%s}\n", root_has_ext4() ? "true" : "false");
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
  static int soft_dirty = -1;
  if (soft_dirty < 0) soft_dirty = tracks_soft_dirty();
  fprintf(out, "],\"config\":{\"CONFIG_MEM_SOFT_DIRTY\":\"%s\"}", soft_dirty ? "y" : "n");
  fprintf(out, ",\"page_size\":%lu,\"base\":\"0x%lx\"", PAGE_BYTES, BASE_ADDRESS);
}
