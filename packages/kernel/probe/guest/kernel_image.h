// SPDX-License-Identifier: MIT
/*
 * The kernel's own memory, read through /proc/kcore: an ELF file whose program headers say which
 * virtual addresses there are, and which of them are memory at a known physical address.
 */
#ifndef PTELAB_KERNEL_IMAGE_H
#define PTELAB_KERNEL_IMAGE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_image {
  int fd;
  Elf64_Phdr *segments;
  int nr_segments;
  /* The kernel's notes for those who read its dumps: lines NAME(what)=value, as text. */
  char *vmcoreinfo;
};

/* Returns 0, or -1 if there is no /proc/kcore or it can't be understood. */
int image_open(struct kernel_image *image);

/* Reads kernel memory at a virtual address. Returns 0, or -1 if it is not readable there. */
int image_read(const struct kernel_image *image, uint64_t vaddr, void *to, size_t len);

/* Kernel virtual address of physical memory, or 0 if the kernel does not map it. */
uint64_t image_virtual(const struct kernel_image *image, uint64_t physical);

/* Value of a line of vmcoreinfo, such as "SYMBOL(vmemmap)". Returns 0, or -1 if it is not there. */
int image_note(const struct kernel_image *image, const char *name, int base, uint64_t *value);

/* Address of a kernel symbol, from /proc/kallsyms, or 0. */
uint64_t kernel_symbol(const char *name);

#endif
