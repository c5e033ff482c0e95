// SPDX-License-Identifier: MIT
#include "kernel_image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SEGMENTS = 4096, MOST_NOTES = 1 << 20 };

static int read_at(int fd, void *to, size_t len, uint64_t offset) {
  size_t done = 0;

  while (done < len) {
    ssize_t got = pread(fd, (char *)to + done, len - done, (off_t)(offset + done));

    if (got <= 0) return -1;
    done += (size_t)got;
  }
  return 0;
}

/* Finds the note VMCOREINFO among the notes of the core file. */
static char *find_vmcoreinfo(const uint8_t *notes, size_t len) {
  size_t at = 0;

  while (at + sizeof(Elf64_Nhdr) <= len) {
    Elf64_Nhdr note;
    size_t name = at + sizeof(note), text;

    memcpy(&note, notes + at, sizeof(note));
    text = name + ((note.n_namesz + 3u) & ~3u);
    if (note.n_namesz > len || note.n_descsz > len || text + note.n_descsz > len) return NULL;
    if (note.n_namesz >= 10 && !memcmp(notes + name, "VMCOREINFO", 10))
      return strndup((const char *)notes + text, note.n_descsz);
    at = text + ((note.n_descsz + 3u) & ~3u);
  }
  return NULL;
}

static int read_notes(struct kernel_image *image, const Elf64_Phdr *segment) {
  uint8_t *notes;

  if (segment->p_filesz == 0 || segment->p_filesz > MOST_NOTES) return -1;
  notes = malloc(segment->p_filesz);
  if (notes && !read_at(image->fd, notes, segment->p_filesz, segment->p_offset))
    image->vmcoreinfo = find_vmcoreinfo(notes, segment->p_filesz);
  free(notes);
  return image->vmcoreinfo ? 0 : -1;
}

int image_open(struct kernel_image *image) {
  Elf64_Ehdr header;

  memset(image, 0, sizeof(*image));
  image->fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
  if (image->fd < 0 || read_at(image->fd, &header, sizeof(header), 0)) return -1;
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum > MOST_SEGMENTS)
    return -1;
  image->nr_segments = header.e_phnum;
  image->segments = calloc(header.e_phnum, sizeof(Elf64_Phdr));
  if (!image->segments ||
      read_at(image->fd, image->segments, header.e_phnum * sizeof(Elf64_Phdr), header.e_phoff))
    return -1;
  for (int i = 0; i < image->nr_segments; i++)
    if (image->segments[i].p_type == PT_NOTE) return read_notes(image, &image->segments[i]);
  return -1;
}

int image_read(const struct kernel_image *image, uint64_t vaddr, void *to, size_t len) {
  for (int i = 0; i < image->nr_segments; i++) {
    const Elf64_Phdr *s = &image->segments[i];

    if (s->p_type != PT_LOAD || vaddr < s->p_vaddr || vaddr - s->p_vaddr >= s->p_filesz) continue;
    return read_at(image->fd, to, len, s->p_offset + (vaddr - s->p_vaddr));
  }
  return -1;
}

uint64_t image_virtual(const struct kernel_image *image, uint64_t physical) {
  for (int i = 0; i < image->nr_segments; i++) {
    const Elf64_Phdr *s = &image->segments[i];

    /* Memory that is not of one piece physically has an address of all ones. */
    if (s->p_type != PT_LOAD || s->p_paddr == UINT64_MAX || physical < s->p_paddr ||
        physical - s->p_paddr >= s->p_filesz)
      continue;
    return s->p_vaddr + (physical - s->p_paddr);
  }
  return 0;
}

int image_note(const struct kernel_image *image, const char *name, int base, uint64_t *value) {
  size_t len = strlen(name);
  const char *line = image->vmcoreinfo;

  while (line && *line) {
    const char *end = strchr(line, '\n');

    if (!strncmp(line, name, len) && line[len] == '=') {
      *value = strtoull(line + len + 1, NULL, base);
      return 0;
    }
    line = end ? end + 1 : NULL;
  }
  return -1;
}

uint64_t kernel_symbol(const char *name) {
  FILE *file = fopen("/proc/kallsyms", "re");
  char line[512], type, found[256];
  unsigned long long address;
  uint64_t result = 0;

  while (file && !result && fgets(line, sizeof(line), file))
    if (sscanf(line, "%llx %c %255s", &address, &type, found) == 3 && !strcmp(found, name))
      result = address;
  if (file) fclose(file);
  return result;
}
