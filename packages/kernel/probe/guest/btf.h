// SPDX-License-Identifier: MIT
/*
 * Offsets of kernel structures and values of kernel enums, from the type information (BTF) that the
 * running kernel shows in /sys/kernel/btf/vmlinux.
 */
#ifndef PTELAB_BTF_H
#define PTELAB_BTF_H

#include <stddef.h>
#include <stdint.h>

struct btf {
  uint8_t *file;
  const uint8_t *types, *types_end;
  const char *strings;
  uint32_t strings_len;
  /* Where each type starts, by its number; 0 is void. */
  const uint8_t **by_id;
  uint32_t nr_types;
};

/* Reads a BTF file as a whole. Returns 0, or -1 if it is missing or not sound. */
int btf_open(struct btf *btf, const char *path);

/*
 * Offset of a member in bytes, or -1 if there is none. Members of unnamed structs and unions inside
 * count as members.
 */
long btf_member(const struct btf *btf, const char *struct_name, const char *member);

/* Size of a struct in bytes, or -1 if there is none. */
long btf_size(const struct btf *btf, const char *struct_name);

/* Calls visit for each name and value of an enum. Returns how many there are, -1 if no such enum. */
int btf_enum(const struct btf *btf, const char *enum_name,
             void (*visit)(const char *name, int value, void *context), void *context);

#endif
