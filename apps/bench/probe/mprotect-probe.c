// SPDX-License-Identifier: MIT
/*
 * Times mprotect on the running kernel, one call at a time, for `pnpm run bench --suite kernel`.
 *
 *   mprotect-probe LAYOUT MIB
 *
 * Maps private anonymous memory in one of three layouts, writes all of it, says what it got, and then
 * waits: each line `cycle` on standard input makes the memory read-only and writable again and
 * answers with the time of both calls, so that whoever asks can measure something else in between.
 * Ends at the end of its input. Every answer is one line of JSON.
 *
 *   pte-mapped-huge  folios of 2 MiB, mapped by single entries
 *   64k              folios of 64 KiB; the caller sees to hugepages-64kB/enabled
 *   4k               single pages
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define HUGE_BYTES (2UL << 20)
#define PIECE_BYTES (1UL << 20)

/* Documentation/admin-guide/mm/pagemap.rst: bits of /proc/self/pagemap and of /proc/kpageflags. */
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_SOFT_DIRTY (1ULL << 55)
#define PAGEMAP_PFN ((1ULL << 55) - 1)
#define KPF_COMPOUND_HEAD (1ULL << 15)
#define KPF_COMPOUND_TAIL (1ULL << 16)

static size_t page_bytes;

static void fail(const char *what)
{
	printf("{\"error\":\"%s: %s\"}\n", what, strerror(errno));
	exit(1);
}

static void advise(void *at, size_t bytes, int advice, const char *name)
{
	if (madvise(at, bytes, advice) != 0)
		fail(name);
}

/* Starts at a multiple of a huge page, so that the whole of it can be huge. */
static char *map_aligned(size_t bytes)
{
	char *got = mmap(NULL, bytes + HUGE_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (got == MAP_FAILED)
		fail("mmap");
	char *start = (char *)(((uintptr_t)got + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
	if (start > got)
		munmap(got, start - got);
	munmap(start + bytes, got + HUGE_BYTES - start);
	return start;
}

static void make_pte_mapped_huge(char *start, size_t bytes)
{
	advise(start, bytes, MADV_HUGEPAGE, "MADV_HUGEPAGE");
	memset(start, 1, bytes);
	/* Nobody is to collapse what is split below. */
	advise(start, bytes, MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE");
	/* Another VMA for the first page splits the huge mapping; the VMAs merge again. */
	for (char *at = start; at < start + bytes; at += HUGE_BYTES) {
		advise(at, page_bytes, MADV_DONTFORK, "MADV_DONTFORK");
		advise(at, page_bytes, MADV_DOFORK, "MADV_DOFORK");
	}
}

/*
 * A VMA of 1 MiB has no room for a huge page, so the next smaller enabled size is taken whatever the
 * settings of the huge one are. A page written beforehand gives all pieces one anon_vma: without it
 * they could not merge again.
 */
static void make_64k(char *start, size_t bytes)
{
	char *spare = start + bytes;
	*spare = 1;
	for (char *at = start; at < start + bytes; at += PIECE_BYTES) {
		advise(at, PIECE_BYTES, MADV_HUGEPAGE, "MADV_HUGEPAGE");
		memset(at, 1, PIECE_BYTES);
		advise(at, PIECE_BYTES, MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE");
	}
	advise(start, bytes + page_bytes, MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE");
}

static void make_4k(char *start, size_t bytes)
{
	advise(start, bytes, MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE");
	memset(start, 1, bytes);
}

/* Entries of /proc/self/pagemap or /proc/kpageflags; how many could be read. */
static size_t read_words(int fd, uint64_t first, uint64_t *words, size_t nr)
{
	ssize_t got = pread(fd, words, nr * sizeof(*words), first * sizeof(*words));
	return got < 0 ? 0 : got / sizeof(*words);
}

/* True if `nr` entries map one folio of `nr` pages from its first page on. */
static int is_folio(int kpageflags, const uint64_t *entries, size_t nr)
{
	uint64_t flags[HUGE_BYTES / 4096 + 1];
	uint64_t pfn = entries[0] & PAGEMAP_PFN;
	/* One more: the page behind the folio must not be part of it. */
	size_t known = read_words(kpageflags, pfn, flags, nr + 1);
	if (known < nr)
		return 0;
	for (size_t i = 0; i < nr; i++) {
		if (!(entries[i] & PAGEMAP_PRESENT) || (entries[i] & PAGEMAP_PFN) != pfn + i)
			return 0;
		uint64_t compound = flags[i] & (KPF_COMPOUND_HEAD | KPF_COMPOUND_TAIL);
		uint64_t wanted = nr == 1 ? 0 : i == 0 ? KPF_COMPOUND_HEAD : KPF_COMPOUND_TAIL;
		if (compound != wanted)
			return 0;
	}
	return nr == 1 || known == nr || !(flags[nr] & KPF_COMPOUND_TAIL);
}

/* Pages in folios of exactly `folio_pages`; -1 if page frames can't be seen (they take privileges). */
static long pages_in_shape(const char *start, size_t bytes, size_t folio_pages, int *soft_dirty)
{
	uint64_t entries[HUGE_BYTES / 4096];
	long pages = 0;
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	int kpageflags = open("/proc/kpageflags", O_RDONLY);
	if (pagemap < 0)
		return -1;
	size_t first = (uintptr_t)start / page_bytes;
	for (size_t at = 0; at < bytes / page_bytes; at += folio_pages) {
		if (read_words(pagemap, first + at, entries, folio_pages) != folio_pages)
			return -1;
		if (at == 0)
			*soft_dirty = (entries[0] & PAGEMAP_SOFT_DIRTY) != 0;
		if (kpageflags < 0 || (entries[0] & PAGEMAP_PFN) == 0)
			return -1;
		if (is_folio(kpageflags, entries, folio_pages))
			pages += folio_pages;
	}
	close(pagemap);
	close(kpageflags);
	return pages;
}

/* KiB of this process that huge entries map; -1 if the kernel does not say. */
static long huge_mapped_kib(void)
{
	char line[256];
	long kib = -1;
	FILE *smaps = fopen("/proc/self/smaps_rollup", "r");
	if (smaps == NULL)
		return -1;
	while (kib < 0 && fgets(line, sizeof(line), smaps) != NULL)
		sscanf(line, "AnonHugePages: %ld", &kib);
	fclose(smaps);
	return kib;
}

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static uint64_t time_mprotect(char *start, size_t bytes, int prot)
{
	uint64_t begin = now_ns();
	int error = mprotect(start, bytes, prot);
	uint64_t end = now_ns();
	if (error != 0)
		fail("mprotect");
	return end - begin;
}

static void serve_cycles(char *start, size_t bytes)
{
	char line[16];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (strcmp(line, "cycle\n") != 0) {
			errno = EINVAL;
			fail("unknown command");
		}
		uint64_t ro = time_mprotect(start, bytes, PROT_READ);
		uint64_t rw = time_mprotect(start, bytes, PROT_READ | PROT_WRITE);
		printf("{\"readOnlyNs\":%llu,\"readWriteNs\":%llu}\n", (unsigned long long)ro,
		       (unsigned long long)rw);
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: mprotect-probe pte-mapped-huge|64k|4k MIB\n");
	return 2;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	page_bytes = sysconf(_SC_PAGESIZE);
	unsigned long mib = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	if (mib == 0 || mib > 1UL << 20)
		return usage();
	size_t bytes = mib << 20;
	size_t folio_bytes = page_bytes;
	/* With room for a spare page. */
	char *start = map_aligned(bytes + HUGE_BYTES);
	if (strcmp(argv[1], "pte-mapped-huge") == 0) {
		folio_bytes = HUGE_BYTES;
		make_pte_mapped_huge(start, bytes);
	} else if (strcmp(argv[1], "64k") == 0) {
		folio_bytes = 64 << 10;
		make_64k(start, bytes);
	} else if (strcmp(argv[1], "4k") == 0) {
		make_4k(start, bytes);
	} else {
		return usage();
	}
	munmap(start + bytes, HUGE_BYTES);
	int soft_dirty = -1;
	long pages = pages_in_shape(start, bytes, folio_bytes / page_bytes, &soft_dirty);
	printf("{\"pageBytes\":%zu,\"pages\":%zu,\"folioBytes\":%zu,\"pagesInShape\":%ld,"
	       "\"hugeMappedKib\":%ld,\"softDirty\":%d}\n",
	       page_bytes, bytes / page_bytes, folio_bytes, pages, huge_mapped_kib(), soft_dirty);
	serve_cycles(start, bytes);
	return 0;
}
