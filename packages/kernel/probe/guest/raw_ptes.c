// SPDX-License-Identifier: MIT
#include "raw_ptes.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "btf.h"
#include "kernel_image.h"
#include "../probe.h"

enum { PAGE_SHIFT = 12, ENTRIES = 512, MOST_TASKS = 100000 };

#define PFN_MASK ((1ULL << 55) - 1)
#define PAGEMAP_PRESENT (1ULL << 63)

static struct {
  struct kernel_image image;
  struct btf btf;
  uint64_t init_task, vmemmap;
  long tasks, pid, mm, pgd, page_size, pflags, mapcount;
  int levels, anon_exclusive;
  char page_flags[4096];
  char why[160];
  /* What points to the PMD table of the range that was read last. */
  uint64_t pmd_table;
} raw;

static int fail(const char *why) {
  snprintf(raw.why, sizeof(raw.why), "%s", why);
  return -1;
}

const char *raw_why(void) {
  return raw.why;
}

static void note_page_flag(const char *name, int value, void *context) {
  size_t have = strlen(raw.page_flags);

  (void)context;
  if (!strcmp(name, "PG_anon_exclusive")) raw.anon_exclusive = value;
  snprintf(raw.page_flags + have, sizeof(raw.page_flags) - have, "%s%s=%d", have ? "," : "", name,
           value);
}

/* How many levels of tables a user address goes through. */
static int find_levels(void) {
  uint64_t value;

#if defined(__aarch64__)
  /* Bits that a kernel address does not translate; the same for user addresses. */
  if (image_note(&raw.image, "NUMBER(TCR_EL1_T1SZ)", 0, &value)) return -1;
  return 64 - value > 48 ? 5 : 4;
#else
  if (image_note(&raw.image, "NUMBER(pgtable_l5_enabled)", 10, &value)) return -1;
  return value ? 5 : 4;
#endif
}

static int find_offsets(void) {
  raw.tasks = btf_member(&raw.btf, "task_struct", "tasks");
  raw.pid = btf_member(&raw.btf, "task_struct", "pid");
  raw.mm = btf_member(&raw.btf, "task_struct", "mm");
  raw.pgd = btf_member(&raw.btf, "mm_struct", "pgd");
  raw.page_size = btf_size(&raw.btf, "page");
  raw.pflags = btf_member(&raw.btf, "page", "flags");
  raw.mapcount = btf_member(&raw.btf, "page", "_mapcount");
  raw.anon_exclusive = -1;
  btf_enum(&raw.btf, "pageflags", note_page_flag, NULL);
  if (raw.tasks < 0 || raw.pid < 0 || raw.mm < 0 || raw.pgd < 0 || raw.page_size <= 0 ||
      raw.pflags < 0 || raw.mapcount < 0 || raw.anon_exclusive < 0)
    return -1;
  return 0;
}

int raw_open(void) {
  memset(&raw, 0, sizeof(raw));
  if (image_open(&raw.image))
    return fail("/proc/kcore: expected the kernel's memory, found none that is readable");
  if (btf_open(&raw.btf, "/sys/kernel/btf/vmlinux"))
    return fail("/sys/kernel/btf/vmlinux: expected the kernel's types, found none");
  if (find_offsets())
    return fail("/sys/kernel/btf/vmlinux: expected task_struct, mm_struct, page and pageflags");
  raw.init_task = kernel_symbol("init_task");
  if (!raw.init_task) return fail("/proc/kallsyms: expected the address of init_task, found none");
  if (image_note(&raw.image, "SYMBOL(vmemmap)", 16, &raw.vmemmap))
    return fail("/proc/kcore: expected SYMBOL(vmemmap) in its notes, found none");
  raw.levels = find_levels();
  if (raw.levels < 0)
    return fail("/proc/kcore: expected the number of table levels in its notes, found none");
  return 0;
}

static int read_word(uint64_t vaddr, uint64_t *to) {
  return image_read(&raw.image, vaddr, to, sizeof(*to));
}

/* The top-level table of a process, or 0. */
static uint64_t pgd_of(pid_t pid) {
  uint64_t task = raw.init_task, mm = 0, pgd = 0, next;

  for (int i = 0; i < MOST_TASKS; i++) {
    int32_t found;

    if (read_word(task + (uint64_t)raw.tasks, &next)) return 0;
    task = next - (uint64_t)raw.tasks;
    if (task == raw.init_task) return 0;
    if (image_read(&raw.image, task + (uint64_t)raw.pid, &found, sizeof(found))) return 0;
    if (found != pid) continue;
    if (read_word(task + (uint64_t)raw.mm, &mm) || !mm || read_word(mm + (uint64_t)raw.pgd, &pgd))
      return 0;
    return pgd;
  }
  return 0;
}

static int is_table(uint64_t entry) {
#if defined(__aarch64__)
  return (entry & 3) == 3;
#else
  return (entry & 1) && !(entry & 0x80);
#endif
}

/* Kernel virtual address of the table that an entry points to, or 0. */
static uint64_t table_of(uint64_t entry) {
  uint64_t physical;

  if (!is_table(entry)) return 0;
#if defined(__aarch64__)
  physical = entry & 0x0000fffffffff000ULL;
  /* With 52-bit addresses and 4 KiB pages bits 49:48 are address bits, and 9:8 hold 51:50. */
  if (raw.levels == 5) physical = (entry & 0x0003fffffffff000ULL) | ((entry & 0x300) << 42);
#else
  physical = entry & 0x000ffffffffff000ULL;
#endif
  return image_virtual(&raw.image, physical);
}

/* Follows the tables down to the entry of the PMD table. `pud` is what points to that table. */
static int walk(uint64_t pgd, uint64_t vaddr, uint64_t *pud, uint64_t *pmd) {
  uint64_t table = pgd;

  *pud = RAW_NONE;
  *pmd = RAW_NONE;
  for (int level = raw.levels; level > 1; level--) {
    int shift = PAGE_SHIFT + 9 * (level - 1);
    uint64_t entry;

    if (read_word(table + 8 * ((vaddr >> shift) % ENTRIES), &entry)) return -1;
    if (level == 3) *pud = entry;
    if (level == 2) {
      *pmd = entry;
      return 0;
    }
    table = table_of(entry);
    if (!table) return 0;
  }
  return -1;
}

static int read_page(uint64_t pagemap, struct raw_page *page) {
  uint64_t at;

  memset(page, 0, sizeof(*page));
  page->pfn = pagemap & PFN_MASK;
  if (!(pagemap & PAGEMAP_PRESENT) || page->pfn == 0) return 0;
  at = raw.vmemmap + page->pfn * (uint64_t)raw.page_size;
  if (read_word(at + (uint64_t)raw.pflags, &page->flags) ||
      image_read(&raw.image, at + (uint64_t)raw.mapcount, &page->mapcount, 4))
    return -1;
  page->anon_exclusive = (int)((page->flags >> raw.anon_exclusive) & 1);
  page->known = 1;
  return 0;
}

static int read_pages(pid_t pid, uint64_t vaddr, size_t pages, struct raw_page *page) {
  char path[64];
  uint64_t *pagemap = calloc(pages, sizeof(*pagemap));
  ssize_t size = (ssize_t)(pages * sizeof(*pagemap));
  int fd, result = -1;

  snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (pagemap && fd >= 0 &&
      pread(fd, pagemap, (size_t)size, (off_t)(vaddr >> PAGE_SHIFT) * 8) == size) {
    result = 0;
    for (size_t i = 0; i < pages && !result; i++) result = read_page(pagemap[i], &page[i]);
  }
  if (fd >= 0) close(fd);
  free(pagemap);
  return result;
}

int raw_read(pid_t pid, uint64_t vaddr, size_t pages, uint64_t *pte, uint64_t *pmd,
             struct raw_page *page) {
  uint64_t pgd = pgd_of(pid), pud, table[ENTRIES];
  size_t done = 0, nr_pmd = 0;

  if (!pgd) return -1;
  while (done < pages) {
    uint64_t at = vaddr + ((uint64_t)done << PAGE_SHIFT), from;
    size_t first = (at >> PAGE_SHIFT) % ENTRIES, n = ENTRIES - first;

    if (n > pages - done) n = pages - done;
    if (walk(pgd, at, &pud, &pmd[nr_pmd])) return -1;
    if (nr_pmd == 0) raw.pmd_table = pud;
    from = pmd[nr_pmd] == RAW_NONE ? 0 : table_of(pmd[nr_pmd]);
    if (from && image_read(&raw.image, from, table, sizeof(table))) return -1;
    for (size_t i = 0; i < n; i++) pte[done + i] = from ? table[first + i] : RAW_NONE;
    done += n;
    nr_pmd++;
  }
  return page ? read_pages(pid, vaddr, pages, page) : 0;
}

static void write_entries(FILE *out, const char *key, const uint64_t *entries, long count) {
  fprintf(out, ",\"%s\":[", key);
  for (long i = 0; i < count; i++) {
    if (i > 0) fputc(',', out);
    json_hex(out, entries[i] != RAW_NONE, entries[i]);
  }
  fputc(']', out);
}

static void write_number(FILE *out, bool there, int number) {
  if (there)
    fprintf(out, "%d", number);
  else
    fputs("null", out);
}

void raw_write(FILE *out, long pages, long pmds, const uint64_t *pte, const uint64_t *pmd,
               const struct raw_page *page) {
  if (raw.pmd_table != RAW_NONE) fprintf(out, ",\"pmd_table\":\"%" PRIx64 "\"", raw.pmd_table);
  write_entries(out, "pmd", pmd, pmds);
  write_entries(out, "pte", pte, pages);
  fputs(",\"pgflags\":[", out);
  for (long i = 0; i < pages; i++) {
    if (i > 0) fputc(',', out);
    json_hex(out, page[i].known != 0, page[i].flags);
  }
  fputs("],\"mapcount\":[", out);
  for (long i = 0; i < pages; i++) {
    if (i > 0) fputc(',', out);
    write_number(out, page[i].known != 0, page[i].mapcount);
  }
  fputs("],\"anon_excl\":[", out);
  for (long i = 0; i < pages; i++) {
    if (i > 0) fputc(',', out);
    write_number(out, page[i].known != 0, page[i].anon_exclusive);
  }
  fputc(']', out);
}

void raw_describe(FILE *out) {
  fprintf(out,
          ",\"levels\":%d,\"btf_ok\":1,\"off\":{\"tasks\":%ld,\"pid\":%ld,\"mm\":%ld,\"pgd\":%ld,"
          "\"page_size\":%ld,\"pflags\":%ld,\"mapcount\":%ld},\"PG_anon_exclusive\":%d",
          raw.levels, raw.tasks, raw.pid, raw.mm, raw.pgd, raw.page_size, raw.pflags, raw.mapcount,
          raw.anon_exclusive);
  fprintf(out, ",\"init_task\":\"%" PRIx64 "\",\"vmemmap_pfn0\":\"%" PRIx64 "\",\"pageflags\":",
          raw.init_task, raw.vmemmap);
  json_string(out, raw.page_flags);
  fputs(",\"vmcoreinfo\":", out);
  json_string(out, raw.image.vmcoreinfo);
  fputs(",\"kcore\":[", out);
  for (int i = 0; i < raw.image.nr_segments; i++) {
    const Elf64_Phdr *s = &raw.image.segments[i];
    fprintf(out, "%s[%u,\"%" PRIx64 "\",\"%" PRIx64 "\",\"%" PRIx64 "\"]", i > 0 ? "," : "",
            s->p_type, (uint64_t)s->p_vaddr, (uint64_t)s->p_paddr, (uint64_t)s->p_filesz);
  }
  fputc(']', out);
}
