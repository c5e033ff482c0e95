// SPDX-License-Identifier: MIT
/* Dumps what the kernel shows of a range of pages. */
#include "probe.h"

#ifdef PTELAB_RAW
#include "guest/raw_ptes.h"
#endif

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/** Pages that a PMD covers. */
#define PMD_PAGES 512
#define PAGEMAP_PRESENT (1UL << 63)
#define PAGEMAP_FRAME ((1UL << 55) - 1)

/** All that a dump says, an element a page. */
struct dump {
  long at;
  long pages;
  uint64_t *pagemap;
  uint64_t *kpageflags;
  uint64_t *kpagecount;
  bool *has_frame;
  /** Whether /proc/PID/pagemap could be read. */
  bool shown;
  /** Whether the page tables themselves could be read. */
  bool raw;
#ifdef PTELAB_RAW
  uint64_t *pte;
  uint64_t *pmd;
  struct raw_page *page;
#endif
};

/** True if the page tables of this kernel can be read. */
bool dump_has_raw(void) {
#ifdef PTELAB_RAW
  static int state = -1;
  if (state < 0) state = raw_open() == 0;
  return state == 1;
#else
  return false;
#endif
}

static void *array(long count, size_t element) {
  void *made = calloc((size_t)(count > 0 ? count : 1), element);
  if (made == NULL) abort();
  return made;
}

static void read_pages(struct dump *dump, pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/pagemap", (int)pid);
  int pagemap = open(path, O_RDONLY | O_CLOEXEC);
  int flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  int counts = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
  size_t bytes = (size_t)dump->pages * sizeof(uint64_t);
  off_t from = (off_t)((BASE_ADDRESS / PAGE_BYTES + (unsigned long)dump->at) * sizeof(uint64_t));
  dump->shown = pread(pagemap, dump->pagemap, bytes, from) == (ssize_t)bytes;
  for (long i = 0; i < dump->pages && dump->shown; i++) {
    uint64_t frame = dump->pagemap[i] & PAGEMAP_FRAME;
    if ((dump->pagemap[i] & PAGEMAP_PRESENT) == 0 || frame == 0) continue;
    off_t place = (off_t)(frame * sizeof(uint64_t));
    dump->has_frame[i] = pread(flags, &dump->kpageflags[i], 8, place) == 8 &&
                         pread(counts, &dump->kpagecount[i], 8, place) == 8;
  }
  close(pagemap);
  close(flags);
  close(counts);
}

static void read_tables(struct dump *dump, pid_t pid) {
#ifdef PTELAB_RAW
  if (!dump_has_raw()) return;
  uint64_t from = BASE_ADDRESS + (uint64_t)dump->at * PAGE_BYTES;
  dump->raw = raw_read(pid, from, (size_t)dump->pages, dump->pte, dump->pmd, dump->page) == 0;
#else
  (void)dump;
  (void)pid;
#endif
}

static void write_words(FILE *out, const char *key, const uint64_t *words, const bool *there,
                        long count) {
  fprintf(out, ",\"%s\":[", key);
  for (long i = 0; i < count; i++) {
    if (i > 0) fputc(',', out);
    json_hex(out, words != NULL && (there == NULL || there[i]), words == NULL ? 0 : words[i]);
  }
  fputc(']', out);
}

static void write_nulls(FILE *out, const char *key, long count) {
  fprintf(out, ",\"%s\":[", key);
  for (long i = 0; i < count; i++) fputs(i > 0 ? ",null" : "null", out);
  fputc(']', out);
}

static void write_counts(FILE *out, const struct dump *dump) {
  fputs(",\"kpagecount\":[", out);
  for (long i = 0; i < dump->pages; i++) {
    if (i > 0) fputc(',', out);
    if (dump->has_frame[i]) fprintf(out, "%lu", (unsigned long)dump->kpagecount[i]);
    else fputs("null", out);
  }
  fputc(']', out);
}

static long pmd_count(const struct dump *dump) {
  if (dump->pages == 0) return 0;
  return (dump->at + dump->pages - 1) / PMD_PAGES - dump->at / PMD_PAGES + 1;
}

/** Entries and struct pages; nulls where the page tables can't be read. */
static void write_tables(FILE *out, const struct dump *dump) {
#ifdef PTELAB_RAW
  if (dump->raw) {
    raw_write(out, dump->pages, pmd_count(dump), dump->pte, dump->pmd, dump->page);
    return;
  }
#endif
  write_nulls(out, "pmd", pmd_count(dump));
  for (size_t i = 0; i < 4; i++) {
    static const char *const KEYS[] = {"pte", "pgflags", "mapcount", "anon_excl"};
    write_nulls(out, KEYS[i], dump->pages);
  }
}

/** `dump LABEL [OFF [N [CHILDID]]]` */
void dump_step(const struct words *words, FILE *out) {
  struct dump dump = {.at = word_number(words, 2, 0), .pages = word_number(words, 3, 512)};
  const char *child = word_text(words, 4, "self");
  pid_t pid = words->count > 4 ? child_pid(child) : getpid();
  if (dump.pages > MAX_PAGES) dump.pages = MAX_PAGES;
  dump.pagemap = array(dump.pages, sizeof(uint64_t));
  dump.kpageflags = array(dump.pages, sizeof(uint64_t));
  dump.kpagecount = array(dump.pages, sizeof(uint64_t));
  dump.has_frame = array(dump.pages, sizeof(bool));
#ifdef PTELAB_RAW
  dump.pte = array(dump.pages, sizeof(uint64_t));
  dump.pmd = array(pmd_count(&dump), sizeof(uint64_t));
  dump.page = array(dump.pages, sizeof(struct raw_page));
#endif
  read_pages(&dump, pid);
  read_tables(&dump, pid);
  fputs("{\"t\":\"dump\",\"label\":", out);
  json_string(out, word_text(words, 1, ""));
  fputs(",\"mm\":", out);
  json_string(out, child);
  fprintf(out, ",\"off\":%ld,\"n\":%ld,\"pgd_ok\":%d", dump.at, dump.pages, dump.raw);
  write_tables(out, &dump);
  write_words(out, "pagemap", dump.shown ? dump.pagemap : NULL, NULL, dump.pages);
  write_words(out, "kpageflags", dump.kpageflags, dump.has_frame, dump.pages);
  write_counts(out, &dump);
  fputc('}', out);
  free(dump.pagemap);
  free(dump.kpageflags);
  free(dump.kpagecount);
  free(dump.has_frame);
#ifdef PTELAB_RAW
  free(dump.pte);
  free(dump.pmd);
  free(dump.page);
#endif
}
