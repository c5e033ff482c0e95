// SPDX-License-Identifier: MIT
/*
 * What the parts of the probe share. The probe carries out scenarios, each in a process of its own, and
 * writes what the kernel did as recordings of schema 1 (recordings/README.md), one a line.
 */
#ifndef PTELAB_PROBE_H
#define PTELAB_PROBE_H

/* mremap, memfd, CPU sets. This header comes first everywhere. */
#define _GNU_SOURCE

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/** Page size that stories count in. */
#define PAGE_BYTES 4096UL
/** Where a scenario's page 0 lies. */
#define BASE_ADDRESS 0x100000000000UL
/** Bytes above it that belong to the scenario. */
#define WINDOW_BYTES (1UL << 40)
/** Most pages of one dump, and of one touch. */
#define MAX_PAGES 32768L
/** Most words of a line. */
#define MAX_WORDS 12
/** Longest line, with its end. */
#define MAX_LINE 1024

/** What the command line says. */
struct options {
  /** Scenario text; "-" for standard input. */
  const char *scenarios;
  /** Where recordings go; "-" for standard output. */
  const char *out;
  /** Folder below which the paths of `file` operations lie; NULL: the root. */
  const char *root;
  /** Name of the CPU; NULL: what the kernel calls it. */
  const char *cpu;
  /** Longest that one scenario may take, in seconds. */
  int seconds;
};

/** A scenario as it was read. Owned by the reader. */
struct scenario {
  char *name;
  char **lines;
  size_t count;
};

/** An operation line, cut into words. */
struct words {
  char text[MAX_LINE];
  char *at[MAX_WORDS];
  int count;
};

/* scenario.c */
int scenario_read(FILE *from, struct scenario *into);
void scenario_free(struct scenario *scenario);
void words_split(struct words *words, const char *line);
const char *word_text(const struct words *words, int i, const char *absent);
long word_number(const struct words *words, int i, long absent);

/* run_scenario.c */
void run_scenario(const struct options *options, const struct scenario *scenario, FILE *out);
void stop_scenario(void);

/* operation.c */
void run_operation(const char *line, FILE *out);

/* touch.c */
enum access { ACCESS_READ, ACCESS_WRITE };
void touch_init(void);
void settle(void);
int touch(void *address, enum access access, char byte);
long touch_range(long at, long pages, long step, enum access access, long offset);
long fault_count(void);
long minor_fault_count(void);
void fill_pages(long at, long pages, int byte);
void faults_step(const struct words *words, enum access access, FILE *out);

/* arena.c */
extern char *signal_stack;
extern char *file_pattern;
#define SIGNAL_STACK_BYTES (8 * PAGE_BYTES)
#define FILE_PATTERN_BYTES (64 * PAGE_BYTES)
void arena_init(void);

/* own_pages.c */
void own_pages_find(void);
void own_pages_touch(void);

/* memory.c */
char *page_address(long at);
long op_mmap(const struct words *words);
long op_munmap(const struct words *words);
long op_mprotect(const struct words *words);
long op_madvise(const struct words *words);
long op_mlock(const struct words *words);
long op_mremap(const struct words *words);
long op_clear_refs(const struct words *words);
long op_flushtlb(void);

/* root.c */
void root_init(const char *given);
bool root_has_ext4(void);
void root_clean(void);

/* files.c */
void files_init(const char *root);
int file_descriptor(const char *id);
long op_file(const struct words *words);
long op_fwrite(const struct words *words);
long op_fsync(const struct words *words);

/* children.c */
long op_fork(const struct words *words, bool exits, FILE *out);
long op_child(const struct words *words);
pid_t child_pid(const char *id);
void children_end(void);

/* userfault.c */
long op_uffd(const struct words *words);
long op_uffd_reg(const struct words *words);
long op_uffd_unreg(const struct words *words);
long op_uffd_wp(const struct words *words);

/* ksm.c */
long op_ksm(const struct words *words);

/* swap.c */
long op_zram(void);
long op_swapoff(void);
void swap_begin(void);
void swap_end(void);

/* thp.c */
void thp_save(void);
void thp_defaults(void);
void thp_restore(void);
long op_thp(const struct words *words);

/* khugepaged.c */
void khugepaged_park(void);
void khugepaged_end(void);

/* dump.c */
bool dump_has_raw(void);
void dump_step(const struct words *words, FILE *out);

/* vmas.c */
void vmas_step(const struct words *words, FILE *out);

/* tlb_trace.c; in guests guest/call_trace.c */
void tlb_trace_open(void);
void tlb_trace_follow(void);
void tlb_trace_begin(void);
void tlb_trace_end(void);
void tlb_trace_write(FILE *out);
bool tlb_trace_ready(void);
void tlb_trace_names(FILE *out);
void tlb_trace_close(void);

/* machine.c */
void machine_info(FILE *out);
void machine_fields(const struct options *options, FILE *out);

/* text_file.c */
long text_write(const char *path, const char *text);
long text_read(const char *path, char *buffer, size_t bytes);

/* json.c */
void json_string(FILE *out, const char *text);
void json_hex(FILE *out, bool there, uint64_t value);

#endif
