// SPDX-License-Identifier: MIT
/* Reads BTF: see Documentation/bpf/btf.rst of Linux for the format. */
#include "btf.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAGIC = 0xeb9f, STRUCT = 4, UNION = 5, ENUM = 6, MOST_NESTED = 8 };

/* Bytes that follow the three words of a type, by its kind: fixed, and for each of its parts. */
static const struct {
  uint8_t fixed, each;
} EXTRA[] = {
    [1] = {4, 0},  [3] = {12, 0}, [4] = {0, 12},  [5] = {0, 12}, [6] = {0, 8},
    [13] = {0, 8}, [14] = {4, 0}, [15] = {0, 12}, [17] = {4, 0}, [19] = {0, 12},
};

static uint32_t word(const uint8_t *at) {
  uint32_t value;

  memcpy(&value, at, sizeof(value));
  return value;
}

static uint32_t kind_of(const uint8_t *type) {
  return (word(type + 4) >> 24) & 0x1f;
}

static uint32_t nr_parts(const uint8_t *type) {
  return word(type + 4) & 0xffff;
}

static size_t length_of(const uint8_t *type) {
  uint32_t kind = kind_of(type);

  if (kind >= sizeof(EXTRA) / sizeof(EXTRA[0])) return 12;
  return 12 + EXTRA[kind].fixed + (size_t)EXTRA[kind].each * nr_parts(type);
}

static const char *string_at(const struct btf *btf, uint32_t offset) {
  return offset < btf->strings_len ? btf->strings + offset : "";
}

static uint8_t *read_whole(const char *path, size_t *len) {
  size_t room = 1 << 20, have = 0;
  uint8_t *data = malloc(room);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got = -1;

  while (fd >= 0 && data && (got = read(fd, data + have, room - have)) > 0) {
    uint8_t *more = data;

    have += (size_t)got;
    if (have == room && !(more = realloc(data, room *= 2))) break;
    data = more;
  }
  if (fd >= 0) close(fd);
  if (fd < 0 || got != 0) {
    free(data);
    return NULL;
  }
  *len = have;
  return data;
}

static int index_types(struct btf *btf) {
  uint32_t room = 1 << 16;
  const uint8_t *type = btf->types;

  btf->by_id = malloc(room * sizeof(*btf->by_id));
  for (btf->nr_types = 1; btf->by_id && type + 12 <= btf->types_end; type += length_of(type)) {
    if (btf->nr_types == room) {
      const uint8_t **more = realloc(btf->by_id, (room *= 2) * sizeof(*more));

      if (!more) return -1;
      btf->by_id = more;
    }
    if (type + length_of(type) > btf->types_end) return -1;
    btf->by_id[btf->nr_types++] = type;
  }
  return btf->by_id ? 0 : -1;
}

int btf_open(struct btf *btf, const char *path) {
  size_t len = 0;
  uint32_t header, type_off, type_len, str_off;

  memset(btf, 0, sizeof(*btf));
  btf->file = read_whole(path, &len);
  if (!btf->file || len < 24 || (word(btf->file) & 0xffff) != MAGIC) return -1;
  header = word(btf->file + 4);
  type_off = word(btf->file + 8);
  type_len = word(btf->file + 12);
  str_off = word(btf->file + 16);
  btf->strings_len = word(btf->file + 20);
  if ((uint64_t)header + type_off + type_len > len || btf->strings_len == 0 ||
      (uint64_t)header + str_off + btf->strings_len > len)
    return -1;
  btf->types = btf->file + header + type_off;
  btf->types_end = btf->types + type_len;
  btf->strings = (const char *)btf->file + header + str_off;
  if (btf->strings[btf->strings_len - 1] != '\0') return -1;
  return index_types(btf);
}

static const uint8_t *find(const struct btf *btf, uint32_t kind, const char *name) {
  for (uint32_t id = 1; id < btf->nr_types; id++) {
    const uint8_t *type = btf->by_id[id];

    if (kind_of(type) == kind && !strcmp(string_at(btf, word(type)), name)) return type;
  }
  return NULL;
}

static long member_in(const struct btf *btf, const uint8_t *type, const char *name, int depth) {
  int packs_bitfields = word(type + 4) >> 31;

  for (uint32_t i = 0; i < nr_parts(type); i++) {
    const uint8_t *part = type + 12 + 12 * (size_t)i;
    uint32_t bits = word(part + 8), id = word(part + 4);
    long at = (packs_bitfields ? bits & 0xffffff : bits) / 8, inner;
    const char *found = string_at(btf, word(part));

    if (!strcmp(found, name)) return at;
    if (*found || depth == MOST_NESTED || id == 0 || id >= btf->nr_types) continue;
    if (kind_of(btf->by_id[id]) != STRUCT && kind_of(btf->by_id[id]) != UNION) continue;
    inner = member_in(btf, btf->by_id[id], name, depth + 1);
    if (inner >= 0) return at + inner;
  }
  return -1;
}

long btf_member(const struct btf *btf, const char *struct_name, const char *member) {
  const uint8_t *type = find(btf, STRUCT, struct_name);

  return type ? member_in(btf, type, member, 0) : -1;
}

long btf_size(const struct btf *btf, const char *struct_name) {
  const uint8_t *type = find(btf, STRUCT, struct_name);

  return type ? (long)word(type + 8) : -1;
}

int btf_enum(const struct btf *btf, const char *enum_name,
             void (*visit)(const char *name, int value, void *context), void *context) {
  const uint8_t *type = find(btf, ENUM, enum_name);

  if (!type) return -1;
  for (uint32_t i = 0; i < nr_parts(type); i++) {
    const uint8_t *part = type + 12 + 8 * (size_t)i;

    visit(string_at(btf, word(part)), (int)word(part + 4), context);
  }
  return (int)nr_parts(type);
}
