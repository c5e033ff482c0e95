// SPDX-License-Identifier: MIT
/*
 * Raw page-table entries and page flags of any process, read from the kernel's own memory. Needs root,
 * /proc/kcore, BTF and addresses in /proc/kallsyms: a guest kernel has them; most hosts lock some away.
 */
#ifndef PTELAB_RAW_PTES_H
#define PTELAB_RAW_PTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Stands for an entry where there is no table to hold one: no real entry has all bits set. */
#define RAW_NONE UINT64_MAX

/* What struct page says of one page. */
struct raw_page {
  /* Whether there is a page; nothing else counts if not. */
  int known;
  uint64_t pfn;
  uint64_t flags;
  /* As the kernel stores it: -1 if the page is not mapped. */
  int32_t mapcount;
  int anon_exclusive;
};

/* Returns 0, or -1; then raw_why() says in one line what is missing. */
int raw_open(void);
const char *raw_why(void);

/*
 * Reads the entries of `pages` pages from `vaddr` on, which is page-aligned. `pte` and `page` have an
 * element per page, `pmd` one for each 2 MiB that the range touches. `page` may be NULL. Returns 0, or -1
 * if the process has no page tables or kernel memory can't be read.
 */
int raw_read(pid_t pid, uint64_t vaddr, size_t pages, uint64_t *pte, uint64_t *pmd,
             struct raw_page *page);

/*
 * Writes what was read last as members of a JSON object, with a comma before each: as recordings show it,
 * null where there is no table or no page.
 */
void raw_write(FILE *out, long pages, long pmds, const uint64_t *pte, const uint64_t *pmd,
               const struct raw_page *page);

/* Writes what the reader found out about the kernel, in the same way. */
void raw_describe(FILE *out);

#endif
