// SPDX-License-Identifier: MIT
/* Small files of /proc and /sys, read and written at once. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/** Writes a text; returns the bytes written, or -1 with errno. */
long text_write(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0) return -1;
  long written = write(fd, text, strlen(text));
  int error = errno;
  close(fd);
  errno = error;
  return written;
}

/** Reads up to `bytes` - 1 bytes and ends them with a 0; returns their number, or -1 with errno. */
long text_read(const char *path, char *buffer, size_t bytes) {
  buffer[0] = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t done = 0;
  while (done < bytes - 1) {
    long got = read(fd, buffer + done, bytes - 1 - done);
    if (got <= 0) break;
    done += (size_t)got;
  }
  buffer[done] = 0;
  close(fd);
  return (long)done;
}
